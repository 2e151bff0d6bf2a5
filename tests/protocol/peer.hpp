#pragma once

#include "firmware/base/bytes.hpp"

#include <optional>
#include <string>
#include <vector>

// The other CBOR library: libcbor, which knows nothing of ours. What it makes of our bytes and what
// it writes for the same structure is compared with ours. Structures are written in the diagnostic
// notation of RFC 8949 section 8, as far as the contract goes: integers, h'..', "..", null, [..].
namespace ks::peer {

/// What libcbor writes for this notation; nothing when the notation is not understood.
[[nodiscard]] std::optional<std::vector<std::byte>> bytes_of_notation(std::string_view notation);

/// The notation of what libcbor reads; nothing when it is not one item, whole and well-formed, of
/// the types above.
[[nodiscard]] std::optional<std::string> notation_of_bytes(Bytes bytes);

[[nodiscard]] std::string hex(Bytes bytes);
/// Blanks are skipped; nothing when it is not pairs of hexadecimal digits.
[[nodiscard]] std::optional<std::vector<std::byte>> from_hex(std::string_view text);

}  // namespace ks::peer
