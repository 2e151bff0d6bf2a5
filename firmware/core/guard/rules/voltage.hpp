#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

#include <optional>

namespace ks::core {

/// Over- and undervoltage of the mains, judged once for the post (F-004).
///
/// Cause: overvoltage, undervoltage. Measured: the middle of what the heard meters show. Limits:
/// `overvoltage`, `undervoltage`. Qualified by `voltage_hold`. Over by itself when the voltage has
/// been back inside, by `hysteresis`, for `calm`; nothing closes again by itself then (F-004).
/// Below `gone` there is no mains and nothing to judge: a load draws nothing, and the post's own
/// rail falls next. Latency: the hold time, one refresh and one poll.
class Voltage {
public:
    static constexpr Millivolts hysteresis{5'000};
    static constexpr Millis calm{5'000};
    static constexpr Millivolts gone{50'000};
    /// A charger may have begun anew: its capacitors carry it for some 20 ms [R], and a meter's
    /// window of 400 ms shows 155 V of 220 V when half of it was dark. Our choice, above that.
    static constexpr Millivolts dipped{160'000};

    constexpr void observe(Instant now, Millivolts mains, const protocol::PostLimits& limits)
    {
        mains_ = mains;
        over_.follow(when(mains > limits.overvoltage), now);
        under_.follow(when(mains < limits.undervoltage && mains >= gone), now);
        const bool back =
            mains <= limits.overvoltage - hysteresis && mains >= limits.undervoltage + hysteresis;
        inside_.follow(when(back), now);
    }

    [[nodiscard]] constexpr std::optional<Cut> cut(Instant now,
                                                   const protocol::PostLimits& limits) const
    {
        using enum protocol::TripCause;
        if (over_.for_as_long_as(limits.voltage_hold, now))
            return of(overvoltage, limits.overvoltage, over_.time(now));
        if (under_.for_as_long_as(limits.voltage_hold, now))
            return of(undervoltage, limits.undervoltage, under_.time(now));
        return std::nullopt;
    }
    [[nodiscard]] constexpr bool calm_again(Instant now) const
    {
        return inside_.for_as_long_as(calm, now);
    }
    /// Good enough to close onto.
    [[nodiscard]] constexpr bool inside(const protocol::PostLimits& limits) const
    {
        return mains_ <= limits.overvoltage && mains_ >= limits.undervoltage;
    }

private:
    [[nodiscard]] constexpr Cut of(protocol::TripCause cause, Millivolts limit, Millis time) const
    {
        return {
            .cause = cause, .measured = mains_.count(), .limit = limit.count(), .held_for = time};
    }

    Millivolts mains_{};
    Since over_;
    Since under_;
    Since inside_;
};

static_assert([] {
    constexpr auto limits = protocol::factory<protocol::PostLimits>;
    const auto cause = [&](std::int32_t volts, std::int64_t ms) {
        Voltage rule;
        rule.observe(Instant{}, Millivolts{volts * 1'000}, limits);
        rule.observe(Instant{Millis{ms}}, Millivolts{volts * 1'000}, limits);
        const auto cut = rule.cut(Instant{Millis{ms}}, limits);
        return cut ? static_cast<int>(cut->cause) : 0;
    };
    using enum protocol::TripCause;
    return cause(264, 1'000) == 0 && cause(265, 1'000) == static_cast<int>(overvoltage) &&
           cause(265, 999) == 0 && cause(176, 1'000) == 0 &&
           cause(175, 1'000) == static_cast<int>(undervoltage) && cause(49, 60'000) == 0;
}());

}  // namespace ks::core
