#include "firmware/crypto/tls_credentials.hpp"

#include <bearssl.h>

namespace ks::crypto {
namespace {

struct Name {
    ByteWriter writer;
};

void append_name(void* name, const void* bytes, std::size_t size)
{
    static_cast<Name*>(name)->writer.put({static_cast<const std::byte*>(bytes), size});
}

Result<PublicKey, CertificateFault> key_in(br_x509_decoder_context& decoder)
{
    if (br_x509_decoder_last_error(&decoder) != 0) return Failure{CertificateFault::malformed};
    const auto* key = br_x509_decoder_get_pkey(&decoder);
    PublicKey point{};
    const bool on_curve = key->key_type == BR_KEYTYPE_EC && key->key.ec.curve == BR_EC_secp256r1 &&
                          key->key.ec.qlen == point.bytes.size();
    if (!on_curve) return Failure{CertificateFault::not_p256};
    std::memcpy(point.bytes.data(), key->key.ec.q, point.bytes.size());
    return point;
}

}  // namespace

Result<TrustAnchor, CertificateFault> anchor_from(Bytes ca_certificate)
{
    const auto facts = read_certificate(ca_certificate);
    if (!facts) return Failure{facts.reason()};

    TrustAnchor anchor{};
    Name name{ByteWriter{anchor.name.raw()}};
    br_x509_decoder_context decoder{};
    br_x509_decoder_init(&decoder, append_name, &name);
    br_x509_decoder_push(&decoder, ca_certificate.data(), ca_certificate.size());

    const auto key = key_in(decoder);
    if (!key) return Failure{key.reason()};
    if (br_x509_decoder_isCA(&decoder) == 0) return Failure{CertificateFault::not_a_ca};
    if (!name.writer.ok()) return Failure{CertificateFault::too_large};

    anchor.name.resize(name.writer.size());
    anchor.key = *key;
    anchor.not_before = facts->not_before;
    anchor.not_after = facts->not_after;
    return anchor;
}

Result<Done, IdentityFault> examine_identity(const TlsCredentials& credentials)
{
    if (credentials.chain.empty()) return Failure{IdentityFault::no_certificate};
    const auto own = credentials.chain[0];
    const auto facts = read_certificate(own);
    if (!facts) return Failure{IdentityFault::bad_certificate};
    if (!facts->for_client) return Failure{IdentityFault::not_for_client};

    br_x509_decoder_context decoder{};
    br_x509_decoder_init(&decoder, nullptr, nullptr);
    br_x509_decoder_push(&decoder, own.data(), own.size());
    const auto certified = key_in(decoder);
    if (!certified) return Failure{IdentityFault::bad_certificate};

    const auto ours = public_key_of(credentials.key);
    if (!ours || *ours != *certified) return Failure{IdentityFault::other_key};
    return Done{};
}

}  // namespace ks::crypto
