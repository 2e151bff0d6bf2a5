#include "tests/crypto/tls_pair.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::crypto;
using namespace ks::test;

namespace {

TlsFailure refusal_of(const TlsServerSpec& spec)
{
    TlsPair pair{spec};
    pair.run();
    CHECK(pair.client.state() == TlsState::closed);
    CHECK_FALSE(pair.server.open());
    return pair.client.failure();
}

/// Why the post refuses a broker with this certificate.
TlsFailure refusal_of(const Issued& certificate)
{
    auto spec = site().good_broker();
    spec.identity = &certificate;
    return refusal_of(spec);
}

TlsFailure refusal_of_one(const CertificateSpec& spec)
{
    return refusal_of(issue(site().authority, spec));
}

struct ClientRefusal {
    TlsFailure seen_by_post;
    std::string said_by_broker;
};

/// What happens to a post that comes with this certificate.
ClientRefusal refusal_of_post(const Issued& certificate)
{
    const auto der = certificate.der();
    const auto credentials = site().credentials_of(certificate, der);
    TlsPair pair{
        site().good_broker(), credentials, {.server_name = "localhost", .time = exactly(test_now)}};
    pair.run();
    CHECK(pair.client.state() == TlsState::closed);
    return {pair.client.failure(), pair.server.complaint()};
}

constexpr auto yesterday = test_now + Millis{-86'400'000};
constexpr auto tomorrow = test_now + Millis{86'400'000};
constexpr auto a_second_ago = test_now + Millis{-1000};
constexpr auto in_a_second = test_now + Millis{1000};

}  // namespace

TEST_CASE("S-10: a broker of another authority is refused", "[crypto][tls][unit]")
{
    const auto stranger = self_signed(authority_spec("Another CA"));
    CHECK(refusal_of(issue(stranger, {})) == TlsFailure::unknown_ca);

    // One that has taken our authority's name has not got its key.
    const auto impostor = self_signed(authority_spec("Site CA"));
    CHECK(refusal_of(issue(impostor, {})) == TlsFailure::forged);

    auto with_root = site().good_broker();
    const auto theirs = issue(stranger, {});
    with_root.identity = &theirs;
    with_root.more_chain = {&stranger};
    CHECK(refusal_of(with_root) == TlsFailure::unknown_ca);

    // Expired and unknown is unknown: nothing a stranger says is worth telling apart.
    CHECK(refusal_of(issue(stranger, {.not_after = yesterday})) == TlsFailure::unknown_ca);
}

TEST_CASE("S-10: a broker that vouches for itself is refused", "[crypto][tls][unit]")
{
    CHECK(refusal_of(self_signed(CertificateSpec{})) == TlsFailure::self_signed);
    auto authority = authority_spec("localhost");
    authority.usage = "critical,keyCertSign,digitalSignature";
    CHECK(refusal_of(self_signed(authority)) == TlsFailure::self_signed);
}

TEST_CASE("S-10: the right authority with the wrong name is refused", "[crypto][tls][unit]")
{
    CHECK(refusal_of_one({.alternative_names = "DNS:other"}) == TlsFailure::wrong_name);
    CHECK(refusal_of_one({.alternative_names = "DNS:localhost.evil.example"}) ==
          TlsFailure::wrong_name);
    CHECK(refusal_of_one({.alternative_names = "DNS:*.localhost"}) == TlsFailure::wrong_name);
    CHECK(refusal_of_one({.alternative_names = "IP:127.0.0.1"}) == TlsFailure::wrong_name);
    CHECK(refusal_of_one({.common_name = "other", .alternative_names = ""}) ==
          TlsFailure::wrong_name);
}

TEST_CASE("S-10, F-080: expired and not yet valid are told apart, to the second",
          "[crypto][tls][unit]")
{
    CHECK(refusal_of_one({.not_after = a_second_ago}) == TlsFailure::expired);
    CHECK(refusal_of_one({.not_before = in_a_second}) == TlsFailure::not_yet_valid);

    const auto edge = issue(site().authority, {.not_before = test_now, .not_after = test_now});
    auto spec = site().good_broker();
    spec.identity = &edge;
    TlsPair pair{spec};
    pair.run();
    CHECK(pair.client.state() == TlsState::open);
}

TEST_CASE("S-10: a certificate for another use is refused", "[crypto][tls][unit]")
{
    CHECK(refusal_of_one({.extended_usage = "clientAuth"}) == TlsFailure::wrong_usage);
    CHECK(refusal_of_one({.extended_usage = "codeSigning,emailProtection"}) ==
          TlsFailure::wrong_usage);
    CHECK(refusal_of_one({.extended_usage = "anyExtendedKeyUsage"}) == TlsFailure::wrong_usage);
    CHECK(refusal_of_one({.extended_usage = ""}) == TlsFailure::wrong_usage);
}

TEST_CASE("S-10: a post's own certificate does not make a broker", "[crypto][tls][unit]")
{
    auto names_broker = post_spec("POST-0002");
    names_broker.alternative_names = "DNS:localhost";
    CHECK(refusal_of_one(names_broker) == TlsFailure::wrong_usage);
    CHECK(refusal_of_one(post_spec("localhost")) == TlsFailure::wrong_usage);
}

TEST_CASE("S-10: what a post or broker has signed is nobody's certificate", "[crypto][tls][unit]")
{
    const auto child = issue(site().post, {});
    auto spec = site().good_broker();
    spec.identity = &child;
    spec.more_chain = {&site().post};
    CHECK(refusal_of(spec) == TlsFailure::unknown_ca);
}

TEST_CASE("S-02: a line intermediate between authority and broker is accepted, expired it is not",
          "[crypto][tls][unit]")
{
    const auto line = issue(site().authority, authority_spec("Line 1"));
    const auto broker = issue(line, {});
    auto spec = site().good_broker();
    spec.identity = &broker;
    spec.more_chain = {&line};
    TlsPair pair{spec};
    pair.run();
    CHECK(pair.client.state() == TlsState::open);

    auto old_spec = authority_spec("Line 2");
    old_spec.not_after = yesterday;
    const auto old_line = issue(site().authority, old_spec);
    const auto under_old = issue(old_line, {});
    spec.identity = &under_old;
    spec.more_chain = {&old_line};
    CHECK(refusal_of(spec) == TlsFailure::expired);
}

TEST_CASE("S-09: weak keys and hashes in a certificate are refused", "[crypto][tls][unit]")
{
    CHECK(refusal_of_one({.hash = "SHA1"}) == TlsFailure::weak_certificate);
    CHECK(refusal_of_one({.hash = "SHA512"}) == TlsFailure::weak_certificate);

    auto spec = site().good_broker();
    const auto p384 = issue(site().authority, {.key = KeyKind::p384});
    spec.identity = &p384;
    spec.groups = "P-256:P-384";
    const auto failure = refusal_of(spec);
    CHECK((failure == TlsFailure::no_common_suite || failure == TlsFailure::weak_certificate));
}

TEST_CASE(
    "S-09: RSA key transport, RSA signatures, old versions and other groups find no agreement",
    "[crypto][tls][unit]")
{
    const auto rsa = issue(site().authority, {.usage = "critical,digitalSignature,keyEncipherment",
                                              .key = KeyKind::rsa2048});
    auto spec = site().good_broker();
    spec.identity = &rsa;
    spec.suites = "kRSA";
    CHECK(refusal_of(spec) == TlsFailure::no_common_suite);
    spec.suites = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305";
    CHECK(refusal_of(spec) == TlsFailure::no_common_suite);

    spec = site().good_broker();
    spec.suites = "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:NULL:aNULL";
    CHECK(refusal_of(spec) == TlsFailure::no_common_suite);

    spec = site().good_broker();
    spec.groups = "P-384:X25519";
    CHECK(refusal_of(spec) == TlsFailure::no_common_suite);

    spec = site().good_broker();
    spec.signatures = "ECDSA+SHA1";
    CHECK(refusal_of(spec) == TlsFailure::no_common_suite);
}

TEST_CASE("S-09: a broker that speaks TLS 1.1 at most, or 1.3 alone, is refused",
          "[crypto][tls][unit]")
{
    auto spec = site().good_broker();
    spec.version_least = TLS1_VERSION;
    spec.version_most = TLS1_1_VERSION;
    spec.suites = "ALL:@SECLEVEL=0";
    // All that we offer came with TLS 1.2, so an older server finds no suite first.
    CHECK(refusal_of(spec) == TlsFailure::no_common_suite);

    spec = site().good_broker();
    spec.version_least = spec.version_most = TLS1_3_VERSION;
    CHECK(refusal_of(spec) == TlsFailure::old_version);
}

TEST_CASE(
    "S-09: a server that answers in an older version, or with what was not offered, is refused",
    "[crypto][tls][unit]")
{
    // A ServerHello by hand (RFC 5246, 7.4.1.3): version, 32 random bytes, no session, suite,
    // compression.
    const auto answer = [](std::string_view version, std::string_view suite,
                           std::string_view packed) {
        const auto hello =
            unhex("16 0303 002A 02 000026" + std::string{version} + std::string(64, '7') + "00" +
                  std::string{suite} + std::string{packed});
        TlsPair pair{site().good_broker()};
        pair.client.wire_sent(pair.client.wire_out().size());
        CHECK(pair.client.feed_wire(hello) == hello.size());
        return pair.client.failure();
    };
    CHECK(answer("0302", "CCA9", "00") == TlsFailure::old_version);
    CHECK(answer("0301", "CCA9", "00") == TlsFailure::old_version);
    CHECK(answer("0300", "CCA9", "00") == TlsFailure::old_version);
    CHECK(answer("0303", "C02C", "00") == TlsFailure::weak_agreement);  // AES-256
    CHECK(answer("0303", "009C", "00") == TlsFailure::weak_agreement);  // RSA key transport
    CHECK(answer("0303", "0000", "00") == TlsFailure::weak_agreement);  // no cipher at all
    CHECK(answer("0303", "CCA9", "01") == TlsFailure::weak_agreement);  // compression
    CHECK(answer("0303", "CCA9", "00") == TlsFailure::none);
}

TEST_CASE("S-12: a broker that does not ask who is there is refused", "[crypto][tls][unit]")
{
    auto spec = site().good_broker();
    spec.asks = TlsServerSpec::AsksClient::no;
    TlsPair pair{spec};
    pair.run();
    CHECK(pair.client.state() == TlsState::closed);
    CHECK(pair.client.failure() == TlsFailure::no_client_auth);
    CHECK(pair.client.write(bytes_of("secret")) == 0);
    CHECK(pair.server.received().empty());
}

TEST_CASE("S-10, S-12: a post without a right to the link is refused by the broker's own check",
          "[crypto][tls][unit]")
{
    const auto stranger = self_signed(authority_spec("Another CA"));
    auto expired = post_spec("POST-0002");
    expired.not_after = yesterday;
    auto future = post_spec("POST-0002");
    future.not_before = tomorrow;

    const auto refused_as = [](const Issued& certificate) {
        const auto refusal = refusal_of_post(certificate);
        CHECK(refusal.seen_by_post == TlsFailure::refused_us);
        CHECK(refusal.said_by_broker == "certificate verify failed");
    };
    refused_as(issue(stranger, post_spec("POST-0002")));
    refused_as(self_signed(post_spec("POST-0002")));
    refused_as(issue(site().authority, expired));
    refused_as(issue(site().authority, future));
    refused_as(issue(site().post, post_spec("POST-0002")));
    // A broker's certificate does not make a post.
    refused_as(issue(site().authority, {}));
}

TEST_CASE("S-10: a certificate with another's key is refused", "[crypto][tls][unit]")
{
    auto credentials = site().credentials;
    const auto other = issue(site().authority, post_spec("POST-0002"));
    const auto key = other.raw_key();
    std::copy(key.begin(), key.end(), credentials.key.bytes.begin());

    TlsPair pair{
        site().good_broker(), credentials, {.server_name = "localhost", .time = exactly(test_now)}};
    pair.run();
    CHECK(pair.client.failure() == TlsFailure::refused_us);
    CHECK(examine_identity(credentials).reason() == IdentityFault::other_key);
}

TEST_CASE("S-11: without a trusted clock a certificate may be young, but not expired",
          "[crypto][tls][unit]")
{
    const auto young = issue(site().authority, {.not_before = tomorrow});
    auto spec = site().good_broker();
    spec.identity = &young;
    const auto at = [&](CertificateTime time) {
        auto pair = std::make_unique<TlsPair>(
            spec, site().credentials, TlsClient::Target{.server_name = "localhost", .time = time});
        pair->run();
        return pair;
    };

    // Built yesterday, never told the time: the broker was renewed since, and that must work.
    const auto opened = at(time_at_least(test_now, UnixMillis{0}));
    REQUIRE(opened->client.state() == TlsState::open);
    CHECK(at(exactly(test_now))->client.failure() == TlsFailure::not_yet_valid);

    // Then the time becomes trusted.
    CHECK(opened->client.recheck(tomorrow).ok());
    CHECK(opened->client.recheck(test_now).reason() == TlsFailure::not_yet_valid);
    CHECK(opened->client.state() == TlsState::closed);
    CHECK(opened->client.failure() == TlsFailure::not_yet_valid);

    const auto late = time_at_least(test_now, test_not_after + Millis{1000});
    CHECK(at(late)->client.failure() == TlsFailure::expired);
}

TEST_CASE("S-11: a connection made with an old clock ends when the clock says expired",
          "[crypto][tls][unit]")
{
    const auto brief = issue(site().authority, {.not_after = tomorrow});
    auto spec = site().good_broker();
    spec.identity = &brief;
    TlsPair pair{spec,
                 site().credentials,
                 {.server_name = "localhost", .time = time_at_least(test_now, UnixMillis{0})}};
    pair.run();
    REQUIRE(pair.client.state() == TlsState::open);

    CHECK(pair.client.recheck(tomorrow).ok());
    CHECK(pair.client.recheck(tomorrow + Millis{1000}).reason() == TlsFailure::expired);
    CHECK(pair.client.state() == TlsState::closed);
    pair.run();
    CHECK((SSL_get_shutdown(pair.server.raw()) & SSL_RECEIVED_SHUTDOWN) != 0);
}

TEST_CASE("S-11: the authority grows old as well", "[crypto][tls][unit]")
{
    auto credentials = site().credentials;
    credentials.anchor.not_after = a_second_ago;
    TlsPair pair{
        site().good_broker(), credentials, {.server_name = "localhost", .time = exactly(test_now)}};
    pair.run();
    CHECK(pair.client.failure() == TlsFailure::expired);
}
