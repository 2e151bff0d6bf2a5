#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// A battery that takes and takes: an aged lead-acid pack turns the current into gas and heat and
/// never looks full (docs/sources.md, Charging, 5.3).
///
/// Cause: no_taper. Measured: the minute's mean. Limit: the power it should have fallen below.
/// Two ways to it. Behind the knee: at or above `taper_permille_of_peak`, and for `taper_hold` not
/// below four fifths of where it stood, when a healthy pack falls by a fifth in 20 minutes and even
/// a very slow one in an hour; a minute back at the peak begins it anew, for a charger that lost
/// its mains for a moment begins gently again, and that fall was no knee. Before a knee: after
/// `taper_by` still above four fifths of the peak.
/// Armed from the knee, or from `taper_by`. A float below the fraction is not its business. Cleared
/// by a reset. Latency: the hold time, and a minute.
class NoTaper {
public:
    static constexpr std::uint32_t still_permille{800};
    /// Of the peak, and our choice: above what a pack behind its knee comes back to.
    static constexpr std::uint32_t at_the_peak_permille{950};

    [[nodiscard]] constexpr std::optional<Cut> observe(const LoadProfile& profile,
                                                       const protocol::Limits& limits)
    {
        const auto mean = profile.mean();
        if (profile.elapsed() >= limits.taper_by &&
            mean >= permille_of(profile.peak(), still_permille))
            return cut(mean, permille_of(profile.peak(), still_permille), profile.elapsed());

        const auto floor = permille_of(profile.peak(), limits.taper_permille_of_peak);
        const bool behind_knee =
            profile.past_knee() && mean < permille_of(profile.peak(), at_the_peak_permille);
        if (!behind_knee || mean < floor || mean < permille_of(level_, still_permille) ||
            level_ == Milliwatts{}) {
            level_ = mean;
            since_ = profile.elapsed();
            return std::nullopt;
        }
        const auto flat_for = profile.elapsed() - since_;
        if (flat_for < limits.taper_hold) return std::nullopt;
        return cut(mean, floor, flat_for);
    }

private:
    [[nodiscard]] static constexpr Cut cut(Milliwatts mean, Milliwatts limit, Millis held_for)
    {
        return {.cause = protocol::TripCause::no_taper,
                .measured = mean.count(),
                .limit = limit.count(),
                .held_for = held_for};
    }

    Milliwatts level_{};
    Millis since_{};
};

}  // namespace ks::core
