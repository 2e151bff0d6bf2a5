#include "edge/runtime/hex.hpp"

#include <boost/algorithm/hex.hpp>

#include <algorithm>
#include <iterator>

namespace ks::edge {

std::string hex_of(Bytes bytes)
{
    std::string text;
    text.reserve(bytes.size() * 2);
    const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
    boost::algorithm::hex_lower(begin, begin + bytes.size(), std::back_inserter(text));
    return text;
}

bool read_hex(std::string_view text, std::span<std::byte> into)
{
    const auto is_digit = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    if (text.size() != into.size() * 2 || !std::all_of(text.begin(), text.end(), is_digit))
        return false;
    boost::algorithm::unhex(text.begin(), text.end(),
                            reinterpret_cast<unsigned char*>(into.data()));
    return true;
}

}  // namespace ks::edge
