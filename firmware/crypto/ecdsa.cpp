#include "firmware/crypto/ecdsa.hpp"

#include <algorithm>
#include <bearssl.h>

namespace ks::crypto {
namespace {

// The fastest pair on a Cortex-M4 that BearSSL has, and constant-time on both sides of the link.
constexpr const br_ec_impl* curve = &br_ec_p256_m31;

/// BearSSL asks for a pointer to bytes that it will not write to.
template <std::size_t size>
unsigned char* unwritten(const std::array<std::byte, size>& bytes)
{
    return reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data()));
}

br_ec_private_key as_bear(const PrivateKey& key)
{
    return {.curve = BR_EC_secp256r1, .x = unwritten(key.bytes), .xlen = key.bytes.size()};
}

bool all_zero(Bytes bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{}; });
}

}  // namespace

Result<PublicKey, KeyFault> public_key_of(const PrivateKey& key)
{
    // Computing a point takes any scalar modulo the order; signing does not. So the range is
    // learnt from a signature: a key that cannot sign is no key.
    if (!sign(key, Digest{}).ok()) return Failure{KeyFault::out_of_range};

    PublicKey point{};
    const auto secret = as_bear(key);
    const auto size = br_ec_compute_pub(curve, nullptr, point.bytes.data(), &secret);
    check(size == point.bytes.size());
    return point;
}

Result<Signature, KeyFault> sign(const PrivateKey& key, const Digest& digest)
{
    Signature signature{};
    const auto secret = as_bear(key);
    const auto size = br_ecdsa_i31_sign_raw(curve, &br_sha256_vtable, digest.data(), &secret,
                                            signature.bytes.data());
    if (size == 0) return Failure{KeyFault::out_of_range};
    check(size == signature.bytes.size());
    return signature;
}

bool verify(const PublicKey& key, const Digest& digest, const Signature& signature)
{
    const Bytes raw{signature.bytes};
    if (all_zero(raw.first(32)) || all_zero(raw.last(32))) return false;

    const br_ec_public_key point{
        .curve = BR_EC_secp256r1, .q = unwritten(key.bytes), .qlen = key.bytes.size()};
    return br_ecdsa_i31_vrfy_raw(curve, digest.data(), digest.size(), &point, raw.data(),
                                 raw.size()) == 1;
}

}  // namespace ks::crypto
