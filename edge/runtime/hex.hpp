#pragma once

#include "firmware/base/bytes.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace ks::edge {

/// Two lower-case digits a byte.
[[nodiscard]] std::string hex_of(Bytes bytes);

/// Fills `into` from twice as many digits of either case; false, with `into` unspecified, when the
/// text has another length or another character.
[[nodiscard]] bool read_hex(std::string_view text, std::span<std::byte> into);

template <std::size_t Size>
[[nodiscard]] std::optional<std::array<std::byte, Size>> bytes_from_hex(std::string_view text)
{
    std::array<std::byte, Size> bytes{};
    if (!read_hex(text, bytes)) return std::nullopt;
    return bytes;
}

}  // namespace ks::edge
