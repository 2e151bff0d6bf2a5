#pragma once

#include "sim/fleet/mishap_words.hpp"

namespace ks::sim {

/// A word and what it does.
struct MishapRow {
    MishapWord word;
    Action (*action)(std::optional<double> value);
};

[[nodiscard]] std::span<const MishapRow> outlet_mishaps();
[[nodiscard]] std::span<const MishapRow> post_mishaps();
[[nodiscard]] std::span<const MishapRow> place_mishaps();

}  // namespace ks::sim
