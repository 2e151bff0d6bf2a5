#pragma once

#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// Full: the charger draws less than the threshold *and* less than its fraction of the session's
/// peak, for the hold time. A fixed threshold alone misses chargers that float at 30 W and cuts
/// weak ones that charge at 10 W; the fraction alone needs the peak (docs/sources.md,
/// Charging).
class Full {
public:
    /// `power` and `peak` are magnitudes.
    [[nodiscard]] constexpr bool observe(Instant now, Milliwatts power, Milliwatts peak,
                                         const protocol::Limits& limits)
    {
        const bool below_fraction = std::int64_t{power.count()} * 1000 <
                                    std::int64_t{peak.count()} * limits.full_permille_of_peak;
        low_.follow(when(power < limits.full_below && below_fraction), now);
        return low_.for_as_long_as(limits.full_hold, now);
    }

private:
    Since low_;
};

static_assert([] {
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto full_at = [&](std::int32_t power, std::int32_t peak, std::int64_t ms) {
        Full rule;
        static_cast<void>(rule.observe(Instant{}, Milliwatts{power}, Milliwatts{peak}, limits));
        return rule.observe(Instant{Millis{ms}}, Milliwatts{power}, Milliwatts{peak}, limits);
    };
    const auto hold = limits.full_hold.count();
    return full_at(14'999, 150'000, hold) && !full_at(14'999, 150'000, hold - 1)  //
           && !full_at(15'000, 150'000, hold)  // the threshold itself charges on
           && !full_at(10'000, 50'000, hold)   // a weak charger at its fraction does so too
           && full_at(9'999, 50'000, hold);
}());

}  // namespace ks::core
