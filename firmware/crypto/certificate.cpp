#include "firmware/crypto/certificate.hpp"

#include "firmware/crypto/der.hpp"

#include <array>
#include <chrono>
#include <optional>

namespace ks::crypto {
namespace {

template <std::size_t size>
constexpr std::array<std::byte, size> oid(const unsigned char (&bytes)[size])
{
    std::array<std::byte, size> out{};
    for (std::size_t i = 0; i < size; ++i)
        out[i] = std::byte{bytes[i]};
    return out;
}

constexpr auto common_name_id = oid({0x55, 0x04, 0x03});         // 2.5.4.3
constexpr auto extended_key_usage_id = oid({0x55, 0x1D, 0x25});  // 2.5.29.37, RFC 5280, 4.2.1.12
constexpr auto server_auth_id = oid({0x2B, 6, 1, 5, 5, 7, 3, 1});
constexpr auto client_auth_id = oid({0x2B, 6, 1, 5, 5, 7, 3, 2});

std::optional<int> number(std::string_view digits)
{
    int value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// YYYYMMDDHHMMSSZ, the one form that RFC 5280, 4.1.2.5 leaves for certificates.
std::optional<UnixMillis> moment(int year, std::string_view rest)
{
    if (rest.size() != 11 || rest[10] != 'Z') return std::nullopt;
    std::array<int, 5> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto part = number(rest.substr(2 * i, 2));
        if (!part) return std::nullopt;
        parts[i] = *part;
    }
    const auto [month, day, hour, minute, second] = parts;
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;

    const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
    return UnixMillis{(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000};
}

std::optional<UnixMillis> take_time(DerReader& reader)
{
    const bool two_digits = reader.next_is(DerTag::utc_time);
    const auto text =
        text_of(reader.take(two_digits ? DerTag::utc_time : DerTag::generalized_time));
    const std::size_t width = two_digits ? 2 : 4;
    if (!reader.ok() || text.size() < width) return std::nullopt;

    const auto year = number(text.substr(0, width));
    if (!year) return std::nullopt;
    // RFC 5280, 4.1.2.5.1: 50 to 99 lie in the last century.
    const int century = !two_digits ? 0 : *year >= 50 ? 1900 : 2000;
    return moment(century + *year, text.substr(width));
}

/// The last common name in a distinguished name; empty when there is none.
bool read_name(Bytes name, CertificateFacts& facts)
{
    DerReader sets{name};
    while (sets.ok() && !sets.at_end()) {
        DerReader pairs{sets.take(DerTag::set)};
        while (pairs.ok() && !pairs.at_end()) {
            DerReader pair{pairs.take(DerTag::sequence)};
            const bool is_common_name = equal(pair.take(DerTag::object_id), common_name_id);
            if (is_common_name && pair.next_is(DerTag::utf8_string))
                facts.common_name = text_of(pair.take(DerTag::utf8_string));
            else if (is_common_name && pair.next_is(DerTag::printable_string))
                facts.common_name = text_of(pair.take(DerTag::printable_string));
            else
                pair.take_whole();
            if (!pair.ok() || !pair.at_end()) return false;
        }
        if (!pairs.ok()) return false;
    }
    return sets.ok();
}

bool read_purposes(Bytes value, CertificateFacts& facts)
{
    DerReader outer{value};
    DerReader purposes{outer.take(DerTag::sequence)};
    if (!outer.ok() || !outer.at_end()) return false;
    while (purposes.ok() && !purposes.at_end()) {
        const auto purpose = purposes.take(DerTag::object_id);
        if (equal(purpose, server_auth_id)) facts.for_server = true;
        if (equal(purpose, client_auth_id)) facts.for_client = true;
    }
    return purposes.ok();
}

bool read_extensions(Bytes wrapped, CertificateFacts& facts)
{
    DerReader outer{wrapped};
    DerReader extensions{outer.take(DerTag::sequence)};
    if (!outer.ok() || !outer.at_end()) return false;

    bool purposes_seen = false;
    while (extensions.ok() && !extensions.at_end()) {
        DerReader extension{extensions.take(DerTag::sequence)};
        const auto id = extension.take(DerTag::object_id);
        extension.skip_if(DerTag::boolean);
        const auto value = extension.take(DerTag::octet_string);
        if (!extension.ok() || !extension.at_end()) return false;
        if (!equal(id, extended_key_usage_id)) continue;
        if (purposes_seen || !read_purposes(value, facts)) return false;
        purposes_seen = true;
    }
    return extensions.ok();
}

/// TBSCertificate, RFC 5280, 4.1.
bool read_body(DerReader body, CertificateFacts& facts)
{
    body.take(DerTag::version);
    body.take(DerTag::integer);   // serial number
    body.take(DerTag::sequence);  // algorithm of the signature
    const auto issuer = body.take(DerTag::sequence);
    DerReader validity{body.take(DerTag::sequence)};
    const auto subject = body.take(DerTag::sequence);
    body.take(DerTag::sequence);  // public key
    if (!body.ok() || !read_name(subject, facts)) return false;
    facts.self_issued = equal(issuer, subject);

    const auto not_before = take_time(validity);
    const auto not_after = take_time(validity);
    if (!not_before || !not_after || !validity.at_end()) return false;
    facts.not_before = *not_before;
    facts.not_after = *not_after;

    // Unique identifiers, [1] and [2], are from version 2 and used by nobody.
    if (body.next_is(DerTag::extensions) && !read_extensions(body.take(DerTag::extensions), facts))
        return false;
    return body.ok() && body.at_end();
}

}  // namespace

Result<CertificateFacts, CertificateFault> read_certificate(Bytes der)
{
    if (der.size() > certificate_limit) return Failure{CertificateFault::too_large};

    DerReader outer{der};
    DerReader certificate{outer.take(DerTag::sequence)};
    const DerReader body{certificate.take(DerTag::sequence)};
    certificate.take(DerTag::sequence);    // algorithm of the signature, again
    certificate.take(DerTag::bit_string);  // the signature
    const bool framed = outer.ok() && outer.at_end() && certificate.ok() && certificate.at_end();

    CertificateFacts facts{};
    if (!framed || !read_body(body, facts)) return Failure{CertificateFault::malformed};
    return facts;
}

}  // namespace ks::crypto
