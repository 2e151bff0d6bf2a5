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

// The order of the group, SEC 2, 2.4.2.
constexpr std::array<unsigned char, 32> order{
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

/// Whether the key lies from 1 to the order − 1. Every byte is looked at in the same way, as the
/// time this takes must not tell what the key is.
bool is_in_range(const PrivateKey& key)
{
    unsigned any = 0;
    unsigned borrow = 0;
    for (std::size_t i = key.bytes.size(); i-- > 0;) {
        const auto byte = std::to_integer<unsigned>(key.bytes[i]);
        any |= byte;
        borrow = (byte - order[i] - borrow) >> 31;
    }
    return (any != 0) & (borrow == 1);
}

bool all_zero(Bytes bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{}; });
}

}  // namespace

Result<PublicKey, KeyFault> public_key_of(const PrivateKey& key)
{
    // Computing a point takes any scalar modulo the order, so the range is asked for first.
    if (!is_in_range(key)) return Failure{KeyFault::out_of_range};

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
