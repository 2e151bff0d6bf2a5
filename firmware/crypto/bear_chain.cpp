#include "firmware/crypto/bear_chain.hpp"

#include <algorithm>

namespace ks::crypto {
namespace {

constexpr std::uint32_t chain_limit = 4;  // our choice: anchor's child, two between, one to spare
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t days_before_1970 = 719'528;  // from year 0, as BearSSL counts

BearChain& whole(const br_x509_class** vtable) { return *reinterpret_cast<BearChain*>(vtable); }

void note(BearChain& chain, TlsFailure finding)
{
    if (chain.own_finding == TlsFailure::none) chain.own_finding = finding;
}

TlsFailure meaning_of(unsigned error, const BearChain& chain)
{
    switch (error) {
    case BR_ERR_X509_OK:
    case 0: return TlsFailure::none;
    case BR_ERR_X509_NOT_TRUSTED:
        return chain.leaf_self_issued ? TlsFailure::self_signed : TlsFailure::unknown_ca;
    case BR_ERR_X509_DN_MISMATCH:
    case BR_ERR_X509_NOT_CA: return TlsFailure::unknown_ca;
    case BR_ERR_X509_BAD_SIGNATURE: return TlsFailure::forged;
    case BR_ERR_X509_BAD_SERVER_NAME: return TlsFailure::wrong_name;
    case BR_ERR_X509_FORBIDDEN_KEY_USAGE: return TlsFailure::wrong_usage;
    case BR_ERR_X509_UNSUPPORTED:
    case BR_ERR_X509_LIMIT_EXCEEDED:
    case BR_ERR_X509_WRONG_KEY_TYPE:
    case BR_ERR_X509_WEAK_PUBLIC_KEY: return TlsFailure::weak_certificate;
    }
    return TlsFailure::malformed_certificate;
}

void start_chain(const br_x509_class** ctx, const char* server_name)
{
    auto& chain = whole(ctx);
    chain.own_finding = chain.verdict = TlsFailure::none;
    chain.count = 0;
    br_x509_minimal_vtable.start_chain(&chain.inner.vtable, server_name);
}

void start_certificate(const br_x509_class** ctx, std::uint32_t)
{
    auto& chain = whole(ctx);
    chain.size = 0;
    chain.overflowed = false;
}

void append(const br_x509_class** ctx, const unsigned char* bytes, std::size_t count)
{
    auto& chain = whole(ctx);
    if (count > chain.certificate.size() - chain.size) {
        chain.overflowed = true;
        return;
    }
    std::memcpy(chain.certificate.data() + chain.size, bytes, count);
    chain.size += count;
}

/// Hands the certificate to BearSSL's engine at a time at which it is valid, because the time was
/// judged here already: so a stranger's expired certificate is called a stranger's.
void forward(BearChain& chain, const CertificateFacts& facts)
{
    const auto at = std::clamp(chain.time.at, facts.not_before, facts.not_after).count();
    br_x509_minimal_set_time(&chain.inner,
                             static_cast<std::uint32_t>(at / day_ms + days_before_1970),
                             static_cast<std::uint32_t>(at % day_ms / 1000));
    const auto** inner = &chain.inner.vtable;
    br_x509_minimal_vtable.start_cert(inner, static_cast<std::uint32_t>(chain.size));
    br_x509_minimal_vtable.append(
        inner, reinterpret_cast<const unsigned char*>(chain.certificate.data()), chain.size);
    br_x509_minimal_vtable.end_cert(inner);
}

void end_certificate(const br_x509_class** ctx)
{
    auto& chain = whole(ctx);
    const bool is_leaf = chain.count++ == 0;
    if (chain.overflowed || chain.count > chain_limit)
        return note(chain, TlsFailure::malformed_certificate);

    const auto facts = read_certificate(Bytes{chain.certificate}.first(chain.size));
    // A span before 1970 or the wrong way round cannot be handed on, and no honest one is so.
    if (!facts || facts->not_before < UnixMillis{0} || facts->not_after < facts->not_before)
        return note(chain, TlsFailure::malformed_certificate);

    if (is_leaf) {
        chain.leaf_self_issued = facts->self_issued;
        if (!facts->for_server) note(chain, TlsFailure::wrong_usage);
    }
    chain.not_before = std::max(chain.not_before, facts->not_before);
    chain.not_after = std::min(chain.not_after, facts->not_after);
    note(chain, judge_time(chain.time, chain.not_before, chain.not_after));
    forward(chain, *facts);
}

unsigned end_chain(const br_x509_class** ctx)
{
    auto& chain = whole(ctx);
    const auto error = br_x509_minimal_vtable.end_chain(&chain.inner.vtable);
    const auto theirs = meaning_of(error, chain);
    const bool stranger = theirs == TlsFailure::unknown_ca || theirs == TlsFailure::self_signed;
    chain.verdict = stranger || chain.own_finding == TlsFailure::none ? theirs : chain.own_finding;
    if (chain.verdict == TlsFailure::none) return 0;
    return error != 0 ? error : BR_ERR_X509_UNSUPPORTED;
}

const br_x509_pkey* server_key(const br_x509_class* const* ctx, unsigned* usages)
{
    const auto& chain = *reinterpret_cast<const BearChain*>(ctx);
    return br_x509_minimal_vtable.get_pkey(&chain.inner.vtable, usages);
}

constexpr br_x509_class vtable_of_chain{
    .context_size = sizeof(BearChain),
    .start_chain = start_chain,
    .start_cert = start_certificate,
    .append = append,
    .end_cert = end_certificate,
    .end_chain = end_chain,
    .get_pkey = server_key,
};

unsigned char* unwritten(Bytes bytes)
{
    return reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
}

}  // namespace

void BearChain::make(const TrustAnchor& trusted, CertificateTime when)
{
    static_assert(offsetof(BearChain, vtable) == 0);
    vtable = &vtable_of_chain;
    time = when;
    not_before = trusted.not_before;
    not_after = trusted.not_after;
    anchor = {.dn = {.data = unwritten(trusted.name.view()), .len = trusted.name.size()},
              .flags = BR_X509_TA_CA,
              .pkey = {.key_type = BR_KEYTYPE_EC,
                       .key = {.ec = {.curve = BR_EC_secp256r1,
                                      .q = unwritten(trusted.key.bytes),
                                      .qlen = trusted.key.bytes.size()}}}};
    br_x509_minimal_init(&inner, &br_sha256_vtable, &anchor, 1);
    // Only what is set here is accepted: no RSA, no SHA-1, no other curve.
    br_x509_minimal_set_hash(&inner, br_sha256_ID, &br_sha256_vtable);
    br_x509_minimal_set_ecdsa(&inner, &br_ec_p256_m31, br_ecdsa_i31_vrfy_asn1);
}

TlsFailure judge_time(CertificateTime time, UnixMillis not_before, UnixMillis not_after)
{
    // The last second counts in whole (RFC 5280, 4.1.2.5).
    if (time.at >= not_after + Millis{1000}) return TlsFailure::expired;
    switch (time.known) {
    case TimeKnowledge::at_least: return TlsFailure::none;
    case TimeKnowledge::exact:
        return time.at < not_before ? TlsFailure::not_yet_valid : TlsFailure::none;
    }
    return TlsFailure::expired;
}

}  // namespace ks::crypto
