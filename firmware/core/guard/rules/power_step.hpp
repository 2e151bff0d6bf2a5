#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// More than the session's load ever drew: a second charger on a Y-cable, a battery or a charger
/// that fails. A vendor armed such a rule half an hour into the charge and switched it off again,
/// because some chargers jump (docs/sources.md, Posts in the field): they begin gently and go over
/// to full current, and nothing electrical tells that from a second charger. They do so before the
/// knee, and ours waits for it.
///
/// Cause: power_step. Measured: power. Limit: the peak of the profile and `step_permille_of_peak`
/// of it, at least `step_least`. Qualified by `step_hold` without a break. Armed once the profile
/// is known: behind the knee or `step_armed_after` after the charger last got its mains, and with a
/// peak of at least `step_least`, so that the trickle before a charge proper is not taken for it.
/// Cleared by a reset. Latency: the hold time.
class PowerStep {
public:
    [[nodiscard]] constexpr std::optional<Cut>
    observe(Instant now, Milliwatts power, LoadProfile& profile, const protocol::Limits& limits)
    {
        const bool late = profile.past_knee() || profile.since_begin() >= limits.step_armed_after;
        const bool known = late && profile.peak() >= limits.step_least;
        const auto above =
            std::max(permille_of(profile.peak(), limits.step_permille_of_peak), limits.step_least);
        const auto limit = profile.peak() + above;
        if (!known || power <= limit) {
            over_.breaks();
            profile.release_peak();
            return std::nullopt;
        }
        over_.holds(now);
        profile.hold_peak();
        if (!over_.for_as_long_as(limits.step_hold, now)) return std::nullopt;
        return Cut{.cause = protocol::TripCause::power_step,
                   .measured = power.count(),
                   .limit = limit.count(),
                   .held_for = over_.time(now)};
    }

private:
    Since over_;
};

}  // namespace ks::core
