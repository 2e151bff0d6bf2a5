#pragma once

#include "firmware/base/bytes.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ks::test {

/// Bytes from hexadecimal text; spaces are for the eye. A slip in a test's own text is a bug.
inline std::vector<std::byte> unhex(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::vector<std::byte> bytes;
    std::size_t nibbles = 0;
    for (const char c : text) {
        if (c == ' ') continue;
        const auto value = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
        check(value != std::string_view::npos);
        if (nibbles++ % 2 == 0)
            bytes.push_back(static_cast<std::byte>(value << 4));
        else
            bytes.back() |= static_cast<std::byte>(value);
    }
    check(nibbles % 2 == 0);
    return bytes;
}

/// Bytes as data sheets print them: «58 AA».
inline std::string spaced_hex(Bytes bytes)
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

/// A fixed run of bytes from hexadecimal text of exactly its length.
template <class Array>
Array unhex_as(std::string_view text)
{
    const auto bytes = unhex(text);
    Array array{};
    check(bytes.size() == array.size());
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

}  // namespace ks::test
