#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// Power that rises again in constant voltage: the thermal runaway of a lead-acid pack shows so,
/// over tens of minutes (docs/sources.md, Charging, 5.3).
///
/// Cause: late_rise. Measured: how far the minute's mean is above the least behind the knee. Limit:
/// `late_rise_permille_of_peak`, at least 10 W. Qualified by `late_rise_hold` without a break, and
/// by gradualness: a jump from one minute to the next is a charger changing its stage, which is
/// legitimate, so the least begins anew behind it. Armed from the knee. Cleared by a reset.
/// Latency: the hold time, and what the rise itself takes.
class LateRise {
public:
    static constexpr Milliwatts least_rise{10'000};

    [[nodiscard]] constexpr std::optional<Cut> observe(const LoadProfile& profile,
                                                       const LoadProfile::Minute& minute,
                                                       const protocol::Limits& limits)
    {
        if (!profile.past_knee()) return std::nullopt;
        const auto limit =
            std::max(permille_of(profile.peak(), limits.late_rise_permille_of_peak), least_rise);
        const bool jumped = minute.mean - minute.before >= Milliwatts{limit.count() / 2};
        if (!armed_ || jumped || minute.mean < least_) {
            armed_ = true;
            least_ = minute.mean;
            above_.reset();
            return std::nullopt;
        }
        const auto rise = minute.mean - least_;
        if (rise < limit) {
            above_.reset();
            return std::nullopt;
        }
        if (!above_) above_ = profile.elapsed();
        const auto held_for = profile.elapsed() - *above_;
        if (held_for < limits.late_rise_hold) return std::nullopt;
        return Cut{.cause = protocol::TripCause::late_rise,
                   .measured = rise.count(),
                   .limit = limit.count(),
                   .held_for = held_for};
    }

private:
    bool armed_{false};
    Milliwatts least_{};
    std::optional<Millis> above_;
};

}  // namespace ks::core
