#include "tests/crypto/tls_pair.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/mosquitto.hpp"
#include "tests/support/tls_wire.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace ks;
using namespace ks::crypto;
using namespace ks::test;

namespace {

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

}  // namespace

TEST_CASE("a post shakes hands with the real broker and is heard", "[crypto][tls][system]")
{
    const TlsBroker broker;
    TlsWire wire{
        broker.port(), site().credentials, {.server_name = "localhost", .time = exactly(test_now)}};
    wire.until([&] { return wire.client().state() == TlsState::open; });
    REQUIRE(wire.client().state() == TlsState::open);

    // CONNECT of MQTT 3.1.1 with a clean session and an empty id; CONNACK accepts it.
    wire.write(unhex("10 0C 0004 4D515454 04 02 003C 0000"));
    std::string answer;
    wire.until([&] { return (answer += wire.take_received()).size() >= 4; });
    CHECK(equal(bytes_of(answer), unhex("20 02 00 00")));
}

TEST_CASE("S-10, S-12: the real broker refuses a post of another authority, one that is expired, "
          "and a broker's certificate in a post's place",
          "[crypto][tls][system]")
{
    const TlsBroker broker;
    const auto failure_of = [&](const Issued& certificate) {
        const auto der = certificate.der();
        const auto credentials = site().credentials_of(certificate, der);
        TlsWire wire{
            broker.port(), credentials, {.server_name = "localhost", .time = exactly(test_now)}};
        wire.until([&] { return wire.client().state() == TlsState::open; });
        return wire.client().failure();
    };
    auto expired = post_spec("POST-0002");
    expired.not_after = UnixMillis{1'650'000'000'000};  // 2022, and the broker has a wall clock
    const auto stranger = self_signed(authority_spec("Another CA"));

    CHECK(failure_of(issue(stranger, post_spec("POST-0002"))) == TlsFailure::refused_us);
    CHECK(failure_of(issue(site().authority, expired)) == TlsFailure::refused_us);
    CHECK(failure_of(issue(site().authority, {})) == TlsFailure::refused_us);
    CHECK(failure_of(issue(site().authority, post_spec("POST-0002"))) == TlsFailure::none);
}
