#include "edge/console/server.hpp"

#include "edge/console/connection.hpp"
#include "edge/runtime/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <openssl/ssl.h>

#include <stdexcept>

namespace ks::edge {

namespace net = boost::asio;
using net::ip::tcp;

namespace {

/// S-09: TLS 1.2 with these, or 1.3 with its own.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305";

/// How long to rest when the system has no socket left for us.
constexpr Millis accept_rest{200};

std::optional<net::ssl::context> context_of(const ConsoleSetup::Certificate& certificate)
{
    net::ssl::context context{net::ssl::context::tls_server};
    boost::system::error_code error;
    context.set_options(net::ssl::context::default_workarounds | net::ssl::context::no_compression,
                        error);
    if (!error) context.use_certificate_chain_file(certificate.chain.string(), error);
    if (!error)
        context.use_private_key_file(certificate.key.string(), net::ssl::context::pem, error);
    if (error) return std::nullopt;
    auto* handle = context.native_handle();
    SSL_CTX_set_options(handle, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    if (SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(handle, ciphers) != 1 || SSL_CTX_check_private_key(handle) != 1)
        return std::nullopt;
    return context;
}

/// One household has one IPv6 network of 64 bits and as many addresses as it likes.
std::string source_of(const net::ip::address& address)
{
    if (address.is_v4()) return address.to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return net::ip::make_address_v6(bytes).to_string() + "/64";
}

Console::Setup console_setup_of(const ConsoleSetup& setup)
{
    auto assets = Assets::read(setup.web);
    if (!assets) throw std::runtime_error{"the web app is missing: " + setup.web.string()};
    const UsersFile file{setup.state};
    auto loaded = file.load();
    if (loaded && !loaded->ok()) {
        throw std::runtime_error{"the users file is " + std::string{name_of(loaded->reason())} +
                                 ": " + setup.state.string()};
    }
    return {.assets = std::move(*assets),
            .users = loaded ? loaded->value() : file.make_first(setup.cost),
            .file = file,
            .cost = setup.cost};
}

}  // namespace

std::string_view key_of(SetupFault fault)
{
    switch (fault) {
    case SetupFault::not_an_address:
    case SetupFault::plain_beyond_loopback: return "console.address";
    case SetupFault::certificate_unusable: return "console.certificate_file";
    case SetupFault::web_app_missing: return "console.web_folder";
    case SetupFault::users_unusable: return "console.state_folder";
    }
    return {};
}

std::string_view explained(SetupFault fault)
{
    switch (fault) {
    case SetupFault::not_an_address: return "is not an IP address";
    case SetupFault::plain_beyond_loopback:
        return "is not a loopback address: without certificate and key it must be one";
    case SetupFault::certificate_unusable:
        return "and key_file are not a certificate chain and its private key";
    case SetupFault::web_app_missing: return "holds no built browser app (index.html)";
    case SetupFault::users_unusable: return "holds a users file that cannot be read whole";
    }
    return {};
}

std::vector<SetupFault> faults_of(const ConsoleSetup& setup)
{
    std::vector<SetupFault> faults;
    boost::system::error_code error;
    const auto address = net::ip::make_address(setup.address, error);
    if (error) faults.push_back(SetupFault::not_an_address);
    if (!error && !setup.certificate && !address.is_loopback())
        faults.push_back(SetupFault::plain_beyond_loopback);
    if (setup.certificate && !context_of(*setup.certificate))
        faults.push_back(SetupFault::certificate_unusable);
    if (!Assets::read(setup.web)) faults.push_back(SetupFault::web_app_missing);
    const auto users = UsersFile{setup.state}.load();
    if (users && !users->ok()) faults.push_back(SetupFault::users_unusable);
    return faults;
}

ConsoleServer::ConsoleServer(const net::any_io_executor& executor, const ConsoleSetup& setup,
                             const ConsoleParts& parts, const ConsoleLimits& limits)
    : executor_{executor},
      limits_{limits},
      console_{console_setup_of(setup), parts},
      first_login_{UsersFile{setup.state}.first_login()},
      acceptor_{executor}
{
    for (const auto fault : faults_of(setup))
        throw std::runtime_error{std::string{key_of(fault)} + " " + std::string{explained(fault)}};
    if (setup.certificate) tls_ = context_of(*setup.certificate);

    const tcp::endpoint at{net::ip::make_address(setup.address), setup.port};
    acceptor_.open(at.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address{true});
    acceptor_.bind(at);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
}

ConsoleServer::~ConsoleServer() { stop(); }

std::string ConsoleServer::url() const
{
    auto address = acceptor_.local_endpoint().address();
    if (address.is_unspecified()) address = net::ip::address_v4::loopback();
    const auto host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_) + "/";
}

void ConsoleServer::start()
{
    net::co_spawn(executor_, accept_all(), [](std::exception_ptr failure) {
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log_error("console.listener_failed", {Field{"error", error.what()}});
        }
    });
}

net::awaitable<void> ConsoleServer::accept_all()
{
    while (acceptor_.is_open()) {
        auto [error, socket] =
            co_await acceptor_.async_accept(net::experimental::as_tuple(net::use_awaitable));
        if (error == net::error::operation_aborted) co_return;
        if (error) {
            log_warning("console.accept_failed", {Field{"error", error.message()}});
            net::steady_timer rest{
                executor_, console_.parts().clock.at(console_.parts().clock.mono() + accept_rest)};
            co_await rest.async_wait(net::experimental::as_tuple(net::use_awaitable));
            continue;
        }
        const auto peer = socket.remote_endpoint(error);
        if (error) continue;
        ++figures_.accepted;
        auto source = source_of(peer.address());
        if (connections_.size() >= limits_.connections ||
            per_source_[source] >= limits_.connections_per_source) {
            ++figures_.turned_away;
            continue;
        }
        socket.set_option(tcp::no_delay{true}, error);
        serve(std::move(socket), std::move(source));
    }
}

void ConsoleServer::serve(tcp::socket socket, std::string source)
{
    const auto place = connections_.emplace(connections_.end());
    ++per_source_[source];
    Connection at{*this, source, tls_ ? Channel::tls : Channel::plain};
    auto served = tls_ ? serve_tls(std::move(socket), std::move(at), *tls_)
                       : serve_plain(std::move(socket), std::move(at));
    const auto gone = [this, place, source](std::exception_ptr failure) {
        connections_.erase(place);
        if (--per_source_[source] == 0) per_source_.erase(source);
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const boost::system::system_error& error) {
            if (error.code() != net::error::operation_aborted)
                log_warning("console.connection_failed", {Field{"error", error.what()}});
        } catch (const std::exception& error) {
            log_error("console.connection_failed", {Field{"error", error.what()}});
        }
    };
    net::co_spawn(executor_, std::move(served), net::bind_cancellation_slot(place->slot(), gone));
}

void ConsoleServer::stop()
{
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (auto& connection : connections_)
        connection.emit(net::cancellation_type::terminal);
}

}  // namespace ks::edge
