#include "tests/crypto/tls_pair.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/mosquitto.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace ks;
using namespace ks::crypto;
using namespace ks::test;

namespace {

constexpr int patience_ms = 5'000;

/// The real broker with the test site's certificates, asking every client for its own.
class TlsBroker {
public:
    TlsBroker() : broker_{config()} {}

    [[nodiscard]] int port() const { return broker_.port(); }
    [[nodiscard]] std::string log() const { return broker_.log(); }

private:
    std::string config()
    {
        const auto save = [this](const char* name, const std::string& text) {
            std::ofstream{files_.path() / name} << text;
            return (files_.path() / name).string();
        };
        return "listener {port} 127.0.0.1\nallow_anonymous true\nrequire_certificate true\n"
               "use_identity_as_username true\ntls_version tlsv1.2\n"
               "cafile " +
               save("ca.crt", site().authority.certificate_pem()) +
               "\n"
               "certfile " +
               save("broker.crt", site().broker.certificate_pem()) +
               "\n"
               "keyfile " +
               save("broker.key", site().broker.key_pem()) + "\n";
    }

    TempDir files_;
    Mosquitto broker_;
};

/// Our client on a real socket.
class Wire {
public:
    Wire(int port, const TlsCredentials& credentials, std::span<std::byte> in,
         std::span<std::byte> out)
        : client{in, out}, socket_{connect_to(port)}
    {
        REQUIRE(socket_ >= 0);
        REQUIRE(client
                    .start(credentials, {.server_name = "localhost", .time = exactly(test_now)},
                           sha256(bytes_of("a seed for tests")))
                    .ok());
    }
    ~Wire() { ::close(socket_); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// Goes on until `done` holds or the connection is over.
    template <class Done>
    void until(Done done)
    {
        while (!done() && client.state() != TlsState::closed) {
            const auto out = client.wire_out();
            if (!out.empty()) {
                const auto sent = ::send(socket_, out.data(), out.size(), MSG_NOSIGNAL);
                // A broker that refused us has closed; its reason still lies here to be read.
                if (sent >= 0) {
                    client.wire_sent(static_cast<std::size_t>(sent));
                    continue;
                }
            }
            receive();
        }
    }

    TlsClient client;
    std::string received;

private:
    void receive()
    {
        pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&waiting, 1, patience_ms) == 1);
        std::byte buffer[700];
        const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
        if (count <= 0) return client.wire_lost();
        Bytes left{buffer, static_cast<std::size_t>(count)};
        while (!left.empty()) {
            left = left.subspan(client.feed_wire(left));
            const auto plain = client.plain_in();
            received += text_of(plain);
            client.plain_taken(plain.size());
        }
    }

    int socket_;
};

}  // namespace

TEST_CASE("a post shakes hands with the real broker, in small buffers and in large ones",
          "[crypto][tls][system]")
{
    const TlsBroker broker;
    const auto greet = [&](std::span<std::byte> in, std::span<std::byte> out) {
        Wire wire{broker.port(), site().credentials, in, out};
        wire.until([&] { return wire.client.state() == TlsState::open; });
        REQUIRE(wire.client.state() == TlsState::open);

        // CONNECT of MQTT 3.1.1 with a clean session and an empty id; CONNACK accepts it.
        const auto connect = unhex("10 0C 0004 4D515454 04 02 003C 0000");
        CHECK(wire.client.write(connect) == connect.size());
        wire.until([&] { return wire.received.size() >= 4; });
        CHECK(equal(bytes_of(wire.received), unhex("20 02 00 00")));
    };
    SmallTlsBuffers small{};
    AnyBrokerTlsBuffers large{};
    greet(small.in, small.out);
    greet(large.in, large.out);
}

TEST_CASE("S-10, S-12: the real broker refuses a post of another authority, one that is expired, "
          "and a broker's certificate in a post's place",
          "[crypto][tls][system]")
{
    const TlsBroker broker;
    AnyBrokerTlsBuffers buffers{};
    const auto failure_of = [&](const Issued& certificate) {
        const auto der = certificate.der();
        const auto credentials = site().credentials_of(certificate, der);
        Wire wire{broker.port(), credentials, buffers.in, buffers.out};
        wire.until([&] { return wire.client.state() == TlsState::open; });
        return wire.client.failure();
    };
    auto expired = post_spec("POST-0002");
    expired.not_after = UnixMillis{1'650'000'000'000};  // 2022, and the broker has a wall clock
    const auto stranger = self_signed(authority_spec("Another CA"));

    CHECK(failure_of(issue(stranger, post_spec("POST-0002"))) == TlsFailure::refused_us);
    CHECK(failure_of(issue(site().authority, expired)) == TlsFailure::refused_us);
    CHECK(failure_of(issue(site().authority, {})) == TlsFailure::refused_us);
    CHECK(failure_of(issue(site().authority, post_spec("POST-0002"))) == TlsFailure::none);
}
