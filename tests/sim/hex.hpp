#pragma once

#include "firmware/base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ks::sim {

/// «58 AA» as bytes; blanks do not count.
inline std::vector<std::byte> from_hex(std::string_view text)
{
    std::vector<std::byte> bytes;
    unsigned value = 0;
    int digits = 0;
    for (const char c : text) {
        if (c == ' ') continue;
        const auto digit = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'A' + 10);
        value = value << 4 | digit;
        if (++digits % 2 == 0) bytes.push_back(static_cast<std::byte>(value & 0xFFU));
    }
    return bytes;
}

inline std::string to_hex(Bytes bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const auto byte : bytes) {
        const auto value = std::to_integer<unsigned>(byte);
        if (!text.empty()) text += ' ';
        text += digits[value >> 4];
        text += digits[value & 15U];
    }
    return text;
}

}  // namespace ks::sim
