#pragma once

#include "sim/fleet/action.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ks::sim {

/// The one extra word that some mishaps take.
enum class MishapParameter : std::uint8_t {
    none,
    current,
    leak,  // a current as well, but a small one
    factor,
    voltage,
    power,
    input,    // one of `post_input_words`; it must be given
    circuit,  // of residual current, from 1
    place,    // which bay, zone, barrier or detector, from 1
    address,  // of a slave on the post's bus
};

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

/// A parameter that is a number with its unit: its key, how it is read, its range and an example.
struct MishapMeasure {
    std::string_view key;
    std::optional<double> (*from)(std::string_view text);
    double least;
    double most;
    std::string_view example;
};
/// Nothing for a parameter of another kind.
[[nodiscard]] std::optional<MishapMeasure> measure_of(MishapParameter parameter);

inline constexpr double mishap_factor_least = 0.01;
inline constexpr double mishap_factor_most = 100.0;

/// The supervised inputs by name, in the order of `hal::PostInput`.
[[nodiscard]] std::span<const std::string_view> post_input_words();
/// All of them, for whoever wrote another one.
[[nodiscard]] std::string post_input_names();
[[nodiscard]] std::optional<hal::PostInput> post_input(std::string_view word);

/// What the word does. `value` is in SI units, the factor, the circuit from 1 or the input's
/// number; without one the mishap's own default counts.
[[nodiscard]] Action mishap(const MishapWord& word, std::optional<double> value);

}  // namespace ks::sim
