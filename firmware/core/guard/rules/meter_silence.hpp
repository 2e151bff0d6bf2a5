#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/core/guard/rules/cut.hpp"

#include <optional>

namespace ks::core {

/// Whoever does not know the power must not deliver it (F-021). Several polls must be missed in a
/// row before a second has gone.
inline constexpr Millis meter_silence_limit{1'000};

[[nodiscard]] constexpr bool silent(std::optional<Instant> heard_at, Instant now)
{
    return !heard_at || now - *heard_at > meter_silence_limit;
}

/// `heard_at` is the time of the last good sample, or of the closing before there was any.
[[nodiscard]] constexpr std::optional<Cut> meter_silence(Instant heard_at, Instant now)
{
    if (!silent(heard_at, now)) return std::nullopt;
    const auto time = now - heard_at;
    return Cut{.cause = protocol::TripCause::meter_silent,
               .measured = time.count(),
               .limit = meter_silence_limit.count(),
               .held_for = time};
}

static_assert(!meter_silence(Instant{}, Instant{Millis{1'000}}));
static_assert(meter_silence(Instant{}, Instant{Millis{1'001}}));
static_assert(silent(std::nullopt, Instant{}), "a meter never heard is silent");

}  // namespace ks::core
