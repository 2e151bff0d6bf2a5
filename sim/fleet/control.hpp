#pragma once

#include "sim/fleet/fleet.hpp"

#include <string>
#include <string_view>

namespace ks::sim {

/// Longest line of the control channel, either way but for the answer about a whole fleet.
inline constexpr std::size_t control_line_most = 4'096;

/// Answers one line of the control channel, a JSON object, with one line of JSON without its end:
/// `{"ok":true,"at_ms":…}`, with what was asked for, or `{"error":"…"}` when nothing was done.
///
/// `do` (or `fault`) has the word: those of `mishap_words`; `plug` with `charger`, `capacity` and
/// `charge`; `tap` with `card`; `tag` with `place` and `tag`; `look`, which gives the plant's truth
/// about an outlet; `fleet`, which lists the posts. Quantities are written as in scenario files.
/// Unknown keys are refused.
[[nodiscard]] std::string answer_to(std::string_view line, Fleet& fleet);

}  // namespace ks::sim
