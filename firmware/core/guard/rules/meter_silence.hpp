#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/hal/inputs.hpp"

#include <optional>

namespace ks::core {

/// Whoever does not know the power must not deliver it (F-021). Several polls must be missed in a
/// row before a second has gone.
inline constexpr Millis meter_silence_limit{1'000};

[[nodiscard]] constexpr bool silent(std::optional<Instant> heard_at, Instant now)
{
    return !heard_at || now - *heard_at > meter_silence_limit;
}

/// `heard_at` is the time of the last good sample, or of the closing before there was any. A meter
/// that gives none because its set-up does not hold has lost its calibration (F-027).
[[nodiscard]] constexpr std::optional<Cut> meter_silence(Instant heard_at, Instant now,
                                                         hal::MeterSetUp set_up)
{
    if (!silent(heard_at, now)) return std::nullopt;
    const auto time = now - heard_at;
    return Cut{.cause = set_up == hal::MeterSetUp::lost ? protocol::TripCause::calibration_lost
                                                        : protocol::TripCause::meter_silent,
               .measured = time.count(),
               .limit = meter_silence_limit.count(),
               .held_for = time};
}

static_assert(!meter_silence(Instant{}, Instant{Millis{1'000}}, hal::MeterSetUp::held));
static_assert(meter_silence(Instant{}, Instant{Millis{1'001}}, hal::MeterSetUp::held));
static_assert(silent(std::nullopt, Instant{}), "a meter never heard is silent");

}  // namespace ks::core
