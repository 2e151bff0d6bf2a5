#pragma once

#include "firmware/protocol/settings.hpp"

namespace ks::core {

/// Something is plugged in and draws power: from here on the outlet charges.
[[nodiscard]] constexpr bool draws(Milliwatts power, const protocol::Settings& settings)
{
    return power >= settings.unplugged_below && power > Milliwatts{};
}

/// A start that nothing answers is given back: nobody pays for an empty socket that stays live.
[[nodiscard]] constexpr bool nothing_came(Millis since_closing, const protocol::Settings& settings)
{
    return since_closing >= settings.no_load_wait;
}

static_assert(draws(Milliwatts{500}, protocol::factory_settings));
static_assert(!draws(Milliwatts{499}, protocol::factory_settings));
static_assert(nothing_came(Millis{120'000}, protocol::factory_settings));
static_assert(!nothing_came(Millis{119'999}, protocol::factory_settings));

}  // namespace ks::core
