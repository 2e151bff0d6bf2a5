#pragma once

#include "firmware/base/result.hpp"
#include "firmware/crypto/sha256.hpp"

namespace ks::crypto {

/// A secret number of the curve P-256, big-endian. Any 32 bytes have this type; whether they are
/// a key (1 to the curve's order − 1) is found out by using them.
struct PrivateKey {
    std::array<std::byte, 32> bytes;
};

/// A point of P-256, uncompressed (SEC 1, 2.3.3): 0x04, then both coordinates, big-endian.
struct PublicKey {
    std::array<std::byte, 65> bytes;

    bool operator==(const PublicKey&) const = default;
};

/// r then s, each 32 bytes, big-endian.
struct Signature {
    std::array<std::byte, 64> bytes;

    bool operator==(const Signature&) const = default;
};

enum class KeyFault { out_of_range };

/// The point that belongs to a private key.
[[nodiscard]] Result<PublicKey, KeyFault> public_key_of(const PrivateKey& key);

/// ECDSA over a SHA-256 digest. Deterministic (RFC 6979), so that a weak random source cannot give
/// the key away and the same record has the same signature everywhere.
[[nodiscard]] Result<Signature, KeyFault> sign(const PrivateKey& key, const Digest& digest);

/// Whether the owner of the key signed this digest. A point off the curve, and r or s outside
/// 1 to the order − 1, are no signature.
[[nodiscard]] bool verify(const PublicKey& key, const Digest& digest, const Signature& signature);

}  // namespace ks::crypto
