#include "tests/support/tls_wire.hpp"

#include "tests/support/process.hpp"

#include <poll.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace ks::test {

using namespace crypto;

Digest fresh_seed()
{
    std::random_device device;
    std::array<std::uint32_t, 8> words{};
    for (auto& word : words)
        word = device();
    return sha256(Bytes{std::as_bytes(std::span{words})});
}

TlsWire::TlsWire(int port, const TlsCredentials& credentials, const TlsClient::Target& target)
    : buffers_{std::make_unique<AnyBrokerTlsBuffers>()},
      client_{buffers_->in, buffers_->out},
      socket_{connect_to(port)}
{
    if (socket_ < 0) throw std::runtime_error{"nobody listens on the port"};
    check(client_.start(credentials, target, fresh_seed()).ok());
}

TlsWire::~TlsWire() { ::close(socket_); }

bool TlsWire::send()
{
    for (auto out = client_.wire_out(); !out.empty(); out = client_.wire_out()) {
        const auto sent = ::send(socket_, out.data(), out.size(), MSG_NOSIGNAL);
        // A broker that refused us has closed; its reason still lies here to be read.
        if (sent < 0) return false;
        client_.wire_sent(static_cast<std::size_t>(sent));
    }
    return true;
}

void TlsWire::receive()
{
    std::byte buffer[700];
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0) return client_.wire_lost();
    Bytes left{buffer, static_cast<std::size_t>(count)};
    while (!left.empty()) {
        left = left.subspan(client_.feed_wire(left));
        const auto plain = client_.plain_in();
        received_ += text_of(plain);
        client_.plain_taken(plain.size());
    }
}

bool TlsWire::step(int limit_ms)
{
    const bool sent = send();
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, limit_ms) == 1)
        receive();
    else if (!sent)
        client_.wire_lost();
    return client_.state() != TlsState::closed;
}

void TlsWire::write(Bytes plain)
{
    while (!plain.empty()) {
        const auto accepted = client_.write(plain);
        plain = plain.subspan(accepted);
        if (!send() || (accepted == 0 && !plain.empty())) return;
    }
}

}  // namespace ks::test
