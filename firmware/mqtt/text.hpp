#pragma once

#include <string_view>

namespace ks::mqtt {

/// UTF-8 as MQTT 3.1.1 allows it in a string (1.5.3): well-formed, no surrogates, no NUL. Control
/// characters and non-characters, which a receiver may refuse there, are refused here: no name of
/// ours holds one, and a log line that does is an attack on its reader.
[[nodiscard]] bool is_text(std::string_view text);

/// A name that one message can be published under: text, not empty, without wildcards.
[[nodiscard]] bool is_topic_name(std::string_view topic);

/// A filter to subscribe to: `+` fills a level alone, `#` only the last one (4.7.1).
[[nodiscard]] bool is_topic_filter(std::string_view filter);

[[nodiscard]] constexpr bool has_wildcard(std::string_view topic)
{
    return topic.find_first_of("+#") != std::string_view::npos;
}

static_assert(has_wildcard("ks/+/up") && has_wildcard("#") && !has_wildcard("ks/1/up"));

}  // namespace ks::mqtt
