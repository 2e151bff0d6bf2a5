#pragma once

#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// What never drew enough to be a charger: a phone, a lamp, a charger that has given up.
///
/// Ends the session: too_little_power. Measured: the peak of the minutes' means. Limit:
/// `least_power`, after `least_power_within`. Latency: that time, and
/// never less than a minute.
[[nodiscard]] constexpr bool too_little(const LoadProfile& profile, const protocol::Limits& limits)
{
    // Before its first whole minute the profile knows of no peak.
    return profile.minutes() > 0 && profile.elapsed() >= limits.least_power_within &&
           profile.peak() < limits.least_power;
}

}  // namespace ks::core
