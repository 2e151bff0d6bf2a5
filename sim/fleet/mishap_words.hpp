#pragma once

#include "sim/fleet/action.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace ks::sim {

/// The one extra word that some mishaps take.
enum class MishapParameter : std::uint8_t { none, current, factor };

/// Whether a mishap concerns one outlet or the whole post.
enum class MishapPlace : std::uint8_t { outlet, post };

/// What can go wrong at a post, by the word that scenario files and the control channel use.
struct MishapWord {
    std::string_view word;
    MishapPlace place;
    MishapParameter parameter;
};

[[nodiscard]] std::span<const MishapWord> mishap_words();
[[nodiscard]] std::optional<MishapWord> mishap_word(std::string_view word);

/// What the word does. `value` is the current in amperes or the factor; without one the mishap's
/// own default counts.
[[nodiscard]] Action mishap(const MishapWord& word, std::optional<double> value);

}  // namespace ks::sim
