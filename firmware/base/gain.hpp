#pragma once

#include "firmware/base/quantity.hpp"

namespace ks {

/// By how much a meter's reading is multiplied to be true, in ten-thousandths: fine enough for a
/// class 1 meter, and 10,000 changes nothing.
struct Gain {
    std::uint16_t ten_thousandths;

    constexpr auto operator<=>(const Gain&) const = default;
};

inline constexpr Gain unity_gain{10'000};
inline constexpr std::int64_t gain_scale{10'000};

/// Rounded to the nearest, halves away from zero.
template <class Unit, class Rep>
[[nodiscard]] constexpr Quantity<Unit, Rep> times(Quantity<Unit, Rep> shown, Gain gain)
{
    const auto product = std::int64_t{shown.count()} * gain.ten_thousandths;
    const auto half = product < 0 ? -gain_scale / 2 : gain_scale / 2;
    return Quantity<Unit, Rep>{static_cast<Rep>((product + half) / gain_scale)};
}

static_assert(times(Millivolts{230'000}, unity_gain) == Millivolts{230'000});
static_assert(times(Millivolts{229'100}, Gain{10'044}) == Millivolts{230'108});
static_assert(times(Milliamps{1}, Gain{14'999}) == Milliamps{1} &&
              times(Milliamps{1}, Gain{15'000}) == Milliamps{2} &&
              times(Milliamps{-1}, Gain{15'000}) == Milliamps{-2});

}  // namespace ks
