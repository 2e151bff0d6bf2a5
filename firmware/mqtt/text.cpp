#include "firmware/mqtt/text.hpp"

#include <cstdint>

namespace ks::mqtt {
namespace {

/// MQTT strings carry a length of 16 bits.
constexpr std::size_t string_max = 65'535;

struct Form {
    std::uint8_t mask;
    std::uint8_t lead;
    unsigned followers;
    /// The smallest code point that needs this form; anything less is over-long.
    std::uint32_t smallest;
};

constexpr Form forms[] = {
    {0x80, 0x00, 0, 0x0},
    {0xE0, 0xC0, 1, 0x80},
    {0xF0, 0xE0, 2, 0x800},
    {0xF8, 0xF0, 3, 0x10000},
};

constexpr bool is_allowed(std::uint32_t code_point)
{
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    const bool arabic_non_character = code_point >= 0xFDD0 && code_point <= 0xFDEF;
    const bool plane_non_character = (code_point & 0xFFFE) == 0xFFFE;
    return !control && !surrogate && !arabic_non_character && !plane_non_character &&
           code_point <= 0x10FFFF;
}

static_assert(!is_allowed(0) && !is_allowed(0x1F) && is_allowed(0x20) && !is_allowed(0x7F));
static_assert(is_allowed(0xD7FF) && !is_allowed(0xD800) && !is_allowed(0xDFFF));
static_assert(is_allowed(0x10FFFD) && !is_allowed(0x10FFFE) && !is_allowed(0x110000));

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i)
{
    return static_cast<std::uint8_t>(text[i]);
}

/// How many bytes the character at `at` takes, or zero when there is none that we allow.
constexpr std::size_t character_at(std::string_view text, std::size_t at)
{
    const auto first = byte_at(text, at);
    for (const auto& form : forms) {
        if ((first & form.mask) != form.lead) continue;
        if (text.size() - at <= form.followers) return 0;

        auto code_point = static_cast<std::uint32_t>(first & static_cast<std::uint8_t>(~form.mask));
        for (unsigned i = 1; i <= form.followers; ++i) {
            const auto next = byte_at(text, at + i);
            if ((next & 0xC0) != 0x80) return 0;
            code_point = code_point << 6 | (next & 0x3Fu);
        }
        return code_point >= form.smallest && is_allowed(code_point) ? form.followers + 1 : 0;
    }
    return 0;
}

}  // namespace

bool is_text(std::string_view text)
{
    if (text.size() > string_max) return false;
    for (std::size_t at = 0; at < text.size();) {
        const auto taken = character_at(text, at);
        if (taken == 0) return false;
        at += taken;
    }
    return true;
}

bool is_topic_name(std::string_view topic)
{
    return !topic.empty() && !has_wildcard(topic) && is_text(topic);
}

bool is_topic_filter(std::string_view filter)
{
    if (filter.empty() || !is_text(filter)) return false;
    for (std::size_t at = 0; at < filter.size(); ++at) {
        if (!has_wildcard(filter.substr(at, 1))) continue;
        const bool starts_level = at == 0 || filter[at - 1] == '/';
        const bool last = at + 1 == filter.size();
        const bool ends_level = last || (filter[at] == '+' && filter[at + 1] == '/');
        if (!starts_level || !ends_level) return false;
    }
    return true;
}

}  // namespace ks::mqtt
