#pragma once

#include "firmware/core/vault/post_state.hpp"

#include <algorithm>

namespace ks::core {

/// How much of a relay's life is left. Ours is the smaller of two: a fresh HF115F-I closes onto a
/// charger's inrush 75,000 times, and a HF115F-L breaks 16 A 50,000 times ([Cx], docs/sources.md,
/// Posts in the field); between no current and the rated one we take wear to grow in proportion,
/// because an arc's energy does. An estimate for whoever plans a visit, never a protection.
class RelayLife {
public:
    static constexpr std::uint32_t closings_most{75'000};
    static constexpr std::uint32_t hot_openings_most{50'000};
    static constexpr Milliamps rated{16'000};
    /// Told once a day, and at once when a tenth is left.
    static constexpr Millis tell_every{24 * 3'600'000};
    static constexpr std::uint32_t replace_below_permille{100};

    static constexpr void closed(RelayCount& count) { ++count.closings; }
    static constexpr void opened(RelayCount& count, Milliamps current)
    {
        const auto share = std::clamp<std::int64_t>(current.count(), 0, rated.count() * 2);
        count.hot_permille += static_cast<std::uint32_t>(share * 1'000 / rated.count());
    }
    [[nodiscard]] static constexpr std::uint32_t left_permille(const RelayCount& count)
    {
        const auto used = [](std::uint64_t times, std::uint64_t most) {
            return static_cast<std::uint32_t>(std::min<std::uint64_t>(1'000, times * 1'000 / most));
        };
        return 1'000 - std::max(used(count.closings, closings_most),
                                used(count.hot_permille, std::uint64_t{hot_openings_most} * 1'000));
    }
};

static_assert([] {
    RelayCount count{};
    RelayLife::closed(count);
    RelayLife::opened(count, Milliamps{8'000});
    return count.closings == 1 && count.hot_permille == 500 &&
           RelayLife::left_permille(count) == 1'000 &&
           RelayLife::left_permille({.closings = 37'500, .hot_permille = 0}) == 500 &&
           RelayLife::left_permille({.closings = 0, .hot_permille = 45'000'000}) == 100 &&
           RelayLife::left_permille({.closings = 90'000, .hot_permille = 0}) == 0;
}());

}  // namespace ks::core
