#pragma once

#include "firmware/protocol/record.hpp"

namespace ks::protocol {

/// A record ends in its digest: the head of a byte string of 16, then the 16.
inline constexpr std::size_t chain_digest_size = std::tuple_size_v<ChainDigest>;
inline constexpr std::size_t digest_item = 1 + chain_digest_size;

/// `[version, boot, seq, mono, wall, kind, body, digest]`
inline constexpr std::size_t record_items = 8;

/// What follows `before` when a record's bytes up to its digest are these.
[[nodiscard]] ChainDigest chain_digest(const ChainDigest& before, Bytes record_without_digest);

}  // namespace ks::protocol
