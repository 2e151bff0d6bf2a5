#pragma once

#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// Something is plugged in and draws power: from here on the outlet charges.
[[nodiscard]] constexpr bool draws(Milliwatts power, const protocol::Limits& limits)
{
    return power >= limits.unplugged_below;
}

/// A start that nothing answers is given back: nobody pays for an empty socket that stays live.
[[nodiscard]] constexpr bool nothing_came(Millis since_closing, const protocol::Limits& limits)
{
    return since_closing >= limits.no_load_wait;
}

static_assert(draws(Milliwatts{500}, protocol::factory<protocol::Limits>));
static_assert(!draws(Milliwatts{499}, protocol::factory<protocol::Limits>));
static_assert(nothing_came(Millis{120'000}, protocol::factory<protocol::Limits>));
static_assert(!nothing_came(Millis{119'999}, protocol::factory<protocol::Limits>));

}  // namespace ks::core
