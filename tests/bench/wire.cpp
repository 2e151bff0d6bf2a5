#include "tests/bench/wire.hpp"

#include "tests/support/process.hpp"
#include "tests/support/tls_wire.hpp"

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::bench {

using namespace crypto;

namespace {

int connected(int port)
{
    const int socket = test::connect_to(port);
    if (socket < 0) throw std::runtime_error{"nobody listens on port " + std::to_string(port)};
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
    return socket;
}

/// How many bytes the socket took.
std::size_t sent(int socket, Bytes bytes)
{
    const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN || errno == EINTR) return 0;
    throw std::runtime_error{"the broker has closed a connection"};
}

}  // namespace

Wire::Wire(int port) : socket_{connected(port)}, in_(65'536) {}

Wire::Wire(int port, const TlsCredentials& credentials, UnixMillis now)
    : socket_{connected(port)}, in_(16'384), tls_{std::make_unique<Tls>()}
{
    const TlsClient::Target target{.server_name = "localhost",
                                   .time = {.at = now, .known = TimeKnowledge::exact}};
    if (!tls_->client.start(credentials, target, test::fresh_seed()).ok())
        throw std::runtime_error{"these credentials cannot be used"};
    flush();
}

Wire::Wire(Wire&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)},
      out_{std::move(other.out_)},
      in_{std::move(other.in_)},
      tls_{std::move(other.tls_)}
{}

Wire::~Wire()
{
    if (socket_ >= 0) ::close(socket_);
}

bool Wire::open() const { return !tls_ || tls_->client.state() == TlsState::open; }

void Wire::write(Bytes plain) { out_.insert(out_.end(), plain.begin(), plain.end()); }

void Wire::flush()
{
    if (tls_)
        flush_tls();
    else if (!out_.empty())
        flush_plain();
}

void Wire::flush_plain()
{
    const auto count = sent(socket_, out_);
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Wire::flush_tls()
{
    auto& client = tls_->client;
    for (;;) {
        if (const auto cipher = client.wire_out(); !cipher.empty()) {
            const auto count = sent(socket_, cipher);
            if (count == 0) return;
            client.wire_sent(count);
            continue;
        }
        const auto accepted = client.write(out_);
        if (accepted == 0) return;
        out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(accepted));
    }
}

Bytes Wire::receive()
{
    const auto count = ::recv(socket_, in_.data(), in_.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (count <= 0) throw std::runtime_error{"the broker has closed a connection"};
    const Bytes came{in_.data(), static_cast<std::size_t>(count)};
    if (!tls_) return came;

    std::vector<std::byte> plain;
    for (Bytes left = came; !left.empty();) {
        left = left.subspan(tls_->client.feed_wire(left));
        const auto part = tls_->client.plain_in();
        plain.insert(plain.end(), part.begin(), part.end());
        tls_->client.plain_taken(part.size());
    }
    if (tls_->client.state() == TlsState::closed)
        throw std::runtime_error{"the broker refused the connection"};
    std::copy(plain.begin(), plain.end(), in_.begin());
    return Bytes{in_}.first(plain.size());
}

}  // namespace ks::bench
