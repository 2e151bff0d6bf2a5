#pragma once

#include "firmware/crypto/sha256.hpp"

#include <initializer_list>

namespace ks::crypto {

/// HMAC-SHA-256 (RFC 2104) under a key of any length.
[[nodiscard]] Digest hmac_sha256(Bytes key, Bytes message);

/// The same over parts, one behind the other, as if they were one message.
[[nodiscard]] Digest hmac_sha256(Bytes key, std::initializer_list<Bytes> parts);

/// Whether both hold the same bytes, in a time that depends on their length alone: how much of a
/// forged code was right must not be measurable. Of different length is different.
[[nodiscard]] bool equal_in_constant_time(Bytes a, Bytes b);

}  // namespace ks::crypto
