#include "firmware/crypto/der.hpp"
#include "firmware/crypto/tls_credentials.hpp"
#include "tests/crypto/tls_pair.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::crypto;
using namespace ks::test;

namespace {

/// Replaces the one place where `from` occurs by `to` of the same length.
std::vector<std::byte> with(std::vector<std::byte> der, std::string_view from, std::string_view to)
{
    const auto what = unhex(from);
    const auto other = unhex(to);
    const auto at = std::search(der.begin(), der.end(), what.begin(), what.end());
    REQUIRE(at != der.end());
    REQUIRE(what.size() == other.size());
    std::copy(other.begin(), other.end(), at);
    return der;
}

std::string hex_of(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const auto byte : bytes_of(text)) {
        hex += digits[std::to_integer<std::size_t>(byte >> 4)];
        hex += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return hex;
}

}  // namespace

TEST_CASE("a certificate tells who it is for, how long and what for", "[crypto][certificate][unit]")
{
    const auto post = *read_certificate(site().post_der);
    CHECK(post.common_name == "POST-0001");
    CHECK(post.not_before == test_not_before);
    CHECK(post.not_after == test_not_after);  // 2096: the one with a year in four digits
    CHECK(post.for_client);
    CHECK_FALSE(post.for_server);
    CHECK_FALSE(post.self_issued);

    const auto ca_der = site().authority.der();
    const auto ca = *read_certificate(ca_der);
    CHECK(ca.self_issued);
    CHECK_FALSE(ca.for_client);
    CHECK_FALSE(ca.for_server);

    auto both = post_spec("POST-0002");
    both.extended_usage = "serverAuth,clientAuth";
    const auto both_der = issue(site().authority, both).der();
    CHECK(read_certificate(both_der)->for_client);
    CHECK(read_certificate(both_der)->for_server);
}

TEST_CASE("a certificate's dates are read at both ends of the calendar",
          "[crypto][certificate][unit]")
{
    const auto read = [](UnixMillis from, UnixMillis until) {
        auto spec = post_spec("POST-0002");
        spec.not_before = from;
        spec.not_after = until;
        const auto der = issue(site().authority, spec).der();
        const auto facts = read_certificate(der);
        REQUIRE(facts.ok());
        CHECK(facts->not_before == from);
        CHECK(facts->not_after == until);
    };
    read(UnixMillis{0}, UnixMillis{2'524'607'999'000});                // until 2049-12-31
    read(UnixMillis{951'782'400'000}, UnixMillis{2'524'608'000'000});  // 2000-02-29 to 2050-01-01
    read(UnixMillis{-631'152'000'000}, UnixMillis{253'402'300'799'000});  // 1950 to the end of 9999
}

TEST_CASE("a date that is none makes a certificate malformed", "[crypto][certificate][unit]")
{
    auto spec = post_spec("POST-0002");
    spec.not_before = UnixMillis{1'700'000'000'000};  // 231114221320Z
    const auto der = issue(site().authority, spec).der();
    REQUIRE(read_certificate(der).ok());

    const auto good = hex_of("231114221320Z");
    for (const auto* bad :
         {"230229221320Z", "231314221320Z", "230014221320Z", "231100221320Z", "231114241320Z",
          "231114226020Z", "231114221360Z", "2311142213200", "23111422132 Z", "-31114221320Z"}) {
        INFO(bad);
        CHECK(read_certificate(with(der, good, hex_of(bad))).reason() ==
              CertificateFault::malformed);
    }
    CHECK(read_certificate(with(der, good, hex_of("230228235959Z"))).ok());
}

TEST_CASE("a certificate cut anywhere, or with a byte behind it, is malformed",
          "[crypto][certificate][unit]")
{
    auto der = site().post_der;
    for (std::size_t size = 0; size < der.size(); ++size)
        CHECK(read_certificate(Bytes{der}.first(size)).reason() == CertificateFault::malformed);
    der.push_back(std::byte{0});
    CHECK(read_certificate(der).reason() == CertificateFault::malformed);
    CHECK(read_certificate(std::vector<std::byte>(certificate_limit + 1)).reason() ==
          CertificateFault::too_large);
}

TEST_CASE("a certificate has one reading: other encodings of the same are refused",
          "[crypto][certificate][unit]")
{
    for (const auto* bad : {
             "",
             "30",
             "3080",             // a length without end
             "30 84 00000000",   // four bytes of length
             "30 81 03 020101",  // a long form where the short one fits
             "30 82 0003 020101",
             "3f 02 0500",  // a tag of many bytes
             "31 00",
             "0500",
         }) {
        INFO(bad);
        CHECK(read_certificate(unhex(bad)).reason() == CertificateFault::malformed);
    }
}

TEST_CASE("each length of DER has one form", "[crypto][certificate][unit]")
{
    const auto content_of = [](const std::string& hex, std::size_t size) {
        auto bytes = unhex(hex);
        bytes.resize(bytes.size() + size);
        DerReader reader{bytes};
        const auto content = reader.take(DerTag::octet_string);
        CHECK(content.size() == (reader.ok() ? size : 0));
        return reader.ok();
    };
    CHECK(content_of("04 00", 0));
    CHECK(content_of("04 7F", 127));
    CHECK(content_of("04 81 80", 128));
    CHECK(content_of("04 81 FF", 255));
    CHECK(content_of("04 82 0100", 256));
    CHECK(content_of("04 82 FFFF", 65'535));
    CHECK_FALSE(content_of("04 81 7F", 127));
    CHECK_FALSE(content_of("04 82 00FF", 255));
    CHECK_FALSE(content_of("04 82 0003", 3));
    CHECK_FALSE(content_of("04 83 000100", 256));
    CHECK_FALSE(content_of("04 80", 0));
    CHECK_FALSE(content_of("04 02", 1));  // more than there is
    CHECK_FALSE(content_of("05 00", 0));  // another tag
}

TEST_CASE("usage lists that are twisted make a certificate malformed",
          "[crypto][certificate][unit]")
{
    // Extended key usage with one purpose: id, then a string with a list with one id.
    const auto& der = site().post_der;
    const std::string usage = "0603551d25 040c 300a 0608 2b06010505070302";
    CHECK(
        read_certificate(with(der, usage, "0603551d25 040c 300b 0608 2b06010505070302")).reason() ==
        CertificateFault::malformed);
    CHECK(
        read_certificate(with(der, usage, "0603551d25 040c 300a 0609 2b06010505070302")).reason() ==
        CertificateFault::malformed);
    CHECK(
        read_certificate(with(der, usage, "0603551d25 040c 300a 0408 2b06010505070302")).reason() ==
        CertificateFault::malformed);
    CHECK(
        read_certificate(with(der, usage, "0603551d25 040c 310a 0608 2b06010505070302")).reason() ==
        CertificateFault::malformed);

    // The basic constraints made into a second list of usages.
    CHECK(read_certificate(with(der, "0603551d13", "0603551d25")).reason() ==
          CertificateFault::malformed);

    // Another purpose altogether is well-formed, and neither of ours.
    const auto other = with(der, usage, "0603551d25 040c 300a 0608 2b06010505070303");
    CHECK_FALSE(read_certificate(other)->for_client);
}

TEST_CASE("an anchor comes from an authority's certificate and from no other",
          "[crypto][certificate][unit]")
{
    const auto anchor = anchor_from(site().authority.der());
    REQUIRE(anchor.ok());
    CHECK(anchor->not_after == test_not_after);

    CHECK(anchor_from(site().broker.der()).reason() == CertificateFault::not_a_ca);
    CHECK(anchor_from({}).reason() == CertificateFault::malformed);
    auto p384 = authority_spec("Another CA");
    p384.key = KeyKind::p384;
    CHECK(anchor_from(self_signed(p384).der()).reason() == CertificateFault::not_p256);
    p384.key = KeyKind::rsa2048;
    CHECK(anchor_from(self_signed(p384).der()).reason() == CertificateFault::not_p256);
}

TEST_CASE("S-02: a post finds out at boot that its identity is of no use",
          "[crypto][certificate][unit]")
{
    CHECK(examine_identity(site().credentials).ok());

    auto credentials = site().credentials;
    credentials.chain.clear();
    CHECK(examine_identity(credentials).reason() == IdentityFault::no_certificate);

    const auto broker = site().broker.der();
    CHECK(examine_identity(site().credentials_of(site().broker, broker)).reason() ==
          IdentityFault::not_for_client);

    const std::vector<std::byte> cut(site().post_der.begin(), site().post_der.end() - 1);
    CHECK(examine_identity(site().credentials_of(site().post, cut)).reason() ==
          IdentityFault::bad_certificate);

    credentials = site().credentials;
    credentials.key = {};
    CHECK(examine_identity(credentials).reason() == IdentityFault::other_key);
}
