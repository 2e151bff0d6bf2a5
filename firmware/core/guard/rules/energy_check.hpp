#pragma once

#include "firmware/core/guard/energy.hpp"
#include "firmware/core/guard/rules/cut.hpp"

#include <optional>

namespace ks::core {

/// Two measurements of one chip, power and counted pulses, must tell the same story (F-032).
///
/// Cause: meter_implausible. Measured: mWh counted, limit: mWh by power, over a window of five
/// minutes: a pulse is worth about 187 mWh, so a shorter one would judge the rounding. Qualified by
/// a difference of more than a tenth and two pulses. Armed while the relay is closed. Latency: five
/// minutes; a meter that is wrong in both at once it cannot see.
class EnergyCheck {
public:
    static constexpr Millis window{5 * 60'000};
    static constexpr std::int64_t tolerance_percent{10};

    [[nodiscard]] constexpr std::optional<Cut> observe(Millis span, Milliwatts power,
                                                       std::int64_t pulses, hal::PulseValue value)
    {
        over_ += span;
        product_ += std::int64_t{power.count()} * span.count();
        pulses_ += pulses;
        if (over_ < window) return std::nullopt;

        const auto by_power = product_ / 3'600'000;
        const auto counted = energy_of(pulses_, value).count();
        const auto two_pulses = energy_of(2, value).count() + 1;
        *this = EnergyCheck{};
        const auto apart = counted > by_power ? counted - by_power : by_power - counted;
        if (apart <= by_power * tolerance_percent / 100 + two_pulses) return std::nullopt;
        return Cut{.cause = protocol::TripCause::meter_implausible,
                   .measured = counted,
                   .limit = by_power,
                   .held_for = window};
    }

private:
    Millis over_{};
    std::int64_t product_{0};
    std::int64_t pulses_{0};
};

static_assert([] {
    constexpr hal::PulseValue value{.milliwatt_hours = 187, .pulses = 1};
    // 600 W for five minutes are 50 Wh, 267 pulses; a tenth and two pulses less are 238.
    const auto cuts = [&](std::int64_t pulses) {
        EnergyCheck rule;
        static_cast<void>(rule.observe(Millis{299'995}, Milliwatts{600'000}, pulses, value));
        return rule.observe(Millis{5}, Milliwatts{600'000}, 0, value).has_value();
    };
    return !cuts(267) && !cuts(239) && cuts(237) && !cuts(296) && cuts(297);
}());

}  // namespace ks::core
