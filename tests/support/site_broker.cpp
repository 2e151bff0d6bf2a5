#include "tests/support/site_broker.hpp"

#include "edge/ctl/certify.hpp"
#include "edge/ctl/site_folder.hpp"
#include "edge/runtime/clock.hpp"

#include <algorithm>
#include <poll.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::test {

using namespace crypto;

namespace {

CertificateTime now_by_the_wall()
{
    return {.at = edge::Clock{}.wall(), .known = TimeKnowledge::exact};
}

/// Whether an alert comes back for a handshake record with nonsense in it. That a connection is
/// made says less: the port is open before the broker has looked at its certificates.
bool speaks_tls(int port)
{
    const int file = connect_to(port);
    if (file < 0) return false;
    constexpr unsigned char nonsense[] = {22, 3, 1, 0, 4, 0xFF, 0, 0, 0};
    unsigned char answer = 0;
    const bool said = ::send(file, nonsense, sizeof nonsense, MSG_NOSIGNAL) > 0;
    const bool heard = said && ::recv(file, &answer, 1, 0) == 1;
    ::close(file);
    return heard && answer == 21;
}

std::unique_ptr<StoredIdentity> stored(std::vector<std::byte> certificate,
                                       const std::vector<std::byte>& key,
                                       const std::vector<std::byte>& authority)
{
    auto identity = std::make_unique<StoredIdentity>();
    identity->certificate = std::move(certificate);
    identity->credentials.anchor = anchor_from(authority).value();
    identity->credentials.chain.push_back(identity->certificate);
    std::copy(key.begin(), key.end(), identity->credentials.key.bytes.begin());
    return identity;
}

}  // namespace

SiteBroker::SiteBroker(int posts)
{
    constexpr int attempts = 5;  // another program may take the port before the broker does
    for (int attempt = 0; attempt < attempts; ++attempt) {
        port_ = free_port();
        static_cast<void>(edge::init_site({.folder = folder_,
                                           .site = std::string{site},
                                           .post_count = posts,
                                           .named_posts = {},
                                           .hosts = {},
                                           .broker_port = port_,
                                           .broker_user = ::getpwuid(::geteuid())->pw_name},
                                          edge::Clock{}.wall()));
        if (start()) return;
    }
    throw std::runtime_error{"mosquitto does not start:\n" + log()};
}

bool SiteBroker::start()
{
    process_.reset();  // the old one lets go of the port first
    ++starts_;
    process_ = std::make_unique<Process>(
        std::vector<std::string>{"mosquitto", "-c", (folder_ / "broker/mosquitto.conf").string()},
        log_file());
    constexpr int patience = 1'000;
    for (int i = 0; i < patience && process_->running(); ++i) {
        if (speaks_tls(port_)) return true;
        ::poll(nullptr, 0, 5);
    }
    return false;
}

std::filesystem::path SiteBroker::log_file() const
{
    return home_.path() / ("broker." + std::to_string(starts_) + ".log");
}

std::string SiteBroker::log() const
{
    // The process opens it, a moment after it was started.
    return std::filesystem::exists(log_file()) ? edge::read_text(log_file()) : "";
}

std::unique_ptr<StoredIdentity> post_identity(const std::filesystem::path& site,
                                              const std::string& post)
{
    const auto folder = site / "posts" / post;
    return stored(edge::read_bytes(folder / "post.crt.der"), edge::read_bytes(folder / "post.key"),
                  edge::read_bytes(folder / "ca.crt.der"));
}

std::unique_ptr<StoredIdentity> edge_identity(const std::filesystem::path& site,
                                              const std::string& name)
{
    const auto certificate =
        edge::certificate_from_pem(edge::read_text(site / "edge" / (name + ".crt")));
    const auto key = edge::key_from_pem(edge::read_text(site / "edge" / (name + ".key")));
    const auto authority = edge::certificate_from_pem(edge::read_text(site / "ca/ca.crt"));
    return stored(edge::der_of(certificate.get()), edge::raw_of(key.get()),
                  edge::der_of(authority.get()));
}

std::vector<std::string> mosquitto_pub(const std::filesystem::path& site, int port,
                                       const std::vector<std::string>& more)
{
    std::vector<std::string> command{"mosquitto_pub",
                                     "-h",
                                     "localhost",
                                     "-p",
                                     std::to_string(port),
                                     "--cafile",
                                     site / "ca/ca.crt",
                                     "-V",
                                     "mqttv311",
                                     "-q",
                                     "1"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
}

std::vector<std::string> mosquitto_pub_as_edge(const std::filesystem::path& site, int port,
                                               const std::vector<std::string>& more)
{
    auto command = mosquitto_pub(site, port, more);
    const std::vector<std::string> identity{
        "-i", "EDGE-0001", "--cert", site / "edge/edge.crt", "--key", site / "edge/edge.key"};
    command.insert(command.end(), identity.begin(), identity.end());
    return command;
}

SiteCaller::SiteCaller(int port, std::unique_ptr<StoredIdentity> identity, Names names)
    : identity_{std::move(identity)},
      wire_{port, identity_->credentials, {.server_name = "localhost", .time = now_by_the_wall()}},
      names_{std::move(names)}
{
    wire_.until([&] { return wire_.client().state() == TlsState::open; });
    if (wire_.client().state() != TlsState::open) return;
    check(client_
              .open(Instant{}, {.client_id = names_.client_id,
                                .user_name = names_.user_name,
                                .will = std::nullopt,
                                .keep_alive = Millis{60'000},
                                .session = mqtt::Session::clean})
              .ok());
    until([&] { return connected(); });
}

void SiteCaller::publish(const std::string& topic, const std::string& payload)
{
    acknowledged_ = false;
    check(client_.publish(topic, bytes_of(payload), mqtt::Qos::at_least_once).ok());
    check(until([&] { return acknowledged_; }));
}

void SiteCaller::subscribe(const std::string& filter)
{
    subscribed_ = false;
    check(client_.subscribe(filter, mqtt::Qos::at_least_once).ok());
    check(until([&] { return subscribed_; }));
}

bool SiteCaller::has_delivered(std::string_view payload) const
{
    return std::any_of(delivered.begin(), delivered.end(),
                       [&](const Delivered& message) { return message.payload == payload; });
}

bool SiteCaller::step()
{
    run();
    const bool alive = wire_.step(50);
    const auto received = wire_.take_received();
    Bytes left = bytes_of(received);
    while (!left.empty()) {
        left = left.subspan(client_.feed(left));
        run();
    }
    if (!alive) client_.cut();
    return alive;
}

void SiteCaller::run()
{
    for (;;) {
        const auto action = client_.next(Instant{});
        if (std::holds_alternative<mqtt::Client::Wait>(action)) return;
        note(action);
    }
}

void SiteCaller::note(const mqtt::Client::Action& action)
{
    if (const auto* send = std::get_if<mqtt::Client::Send>(&action))
        wire_.write(send->bytes);
    else if (std::holds_alternative<mqtt::Client::Subscribed>(action))
        subscribed_ = true;
    else if (std::holds_alternative<mqtt::Client::Acknowledged>(action))
        acknowledged_ = true;
    else if (const auto* message = std::get_if<mqtt::Client::Deliver>(&action))
        delivered.push_back({std::string{message->topic}, std::string{text_of(message->payload)}});
}

}  // namespace ks::test
