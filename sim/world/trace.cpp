#include "sim/world/trace.hpp"

namespace ks::sim {

void Trace::note(Instant now, const std::string& words) { note(now, words, {}); }

void Trace::note(Instant now, const std::string& words, Bytes bytes)
{
    auto line = std::to_string(now.since_boot().count()) + ' ' + words + '\n';
    hash_.update(bytes_of(line));
    hash_.update(bytes);
    ++events_;
    line.pop_back();
    newest_.push_back(std::move(line));
    if (newest_.size() > kept) newest_.pop_front();
}

std::string short_hex(Bytes bytes)
{
    constexpr std::size_t shown = 4;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes.first(std::min(shown, bytes.size()))) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{0x0F})];
    }
    return text;
}

}  // namespace ks::sim
