#pragma once

#include "firmware/base/check.hpp"
#include "firmware/hal/sample.hpp"

#include <algorithm>
#include <optional>

namespace ks::core {

/// Energy from a meter's pulse counter.
///
/// Pulses are kept as they are counted and turned into milliwatt-hours only to be looked at, so
/// nothing is rounded twice and nothing drifts, however long a session lasts.
class PulseCounter {
public:
    static constexpr std::uint32_t wraps_at{1U << 24};

    /// More than this no outlet delivers: the meter's 30 A at 264 V are 7.9 kW; the rest is margin
    /// for a pulse that falls just inside.
    static constexpr std::int64_t power_most_mw{12'000'000};

    constexpr PulseCounter() = default;
    constexpr explicit PulseCounter(hal::PulseValue value)
        : per_second_{power_most_mw / 3'600 * value.pulses / value.milliwatt_hours + 1}
    {
        check(value.milliwatt_hours > 0);
        check(value.pulses > 0);
    }

    /// How many pulses the meter counted since the reading before. A counter that wrapped went on;
    /// one that jumped belongs to a chip that restarted (it counts from zero again) or to a frame
    /// that lies, and is believed only when the next reading goes on from it (F-026). Never
    /// negative, never more than the outlet can deliver in the time.
    [[nodiscard]] constexpr std::int64_t advance(Instant at, std::uint32_t counter)
    {
        const Reading reading{.at = at, .counter = counter % wraps_at};
        if (!base_) {
            base_ = reading;
            return 0;
        }
        if (const auto pulses = possible_between(*base_, reading)) return accept(reading, *pulses);
        if (jumped_) {
            const auto grown = possible_between(*jumped_, reading);
            const Reading zero{.at = base_->at, .counter = 0};
            if (grown) return accept(reading, possible_between(zero, reading).value_or(*grown));
        }
        jumped_ = reading;
        return 0;
    }

private:
    struct Reading {
        Instant at;
        std::uint32_t counter;
    };

    [[nodiscard]] constexpr std::optional<std::int64_t> possible_between(Reading a, Reading b) const
    {
        const std::int64_t pulses = (b.counter - a.counter) % wraps_at;
        const auto span = std::clamp((b.at - a.at).count(), std::int64_t{0}, span_most_ms);
        if (pulses > per_second_ * span / 1000 + slack) return std::nullopt;
        return pulses;
    }
    constexpr std::int64_t accept(Reading reading, std::int64_t pulses)
    {
        base_ = reading;
        jumped_.reset();
        return pulses;
    }

    /// A day: beyond it the counter may have wrapped unseen anyhow.
    static constexpr std::int64_t span_most_ms{86'400'000};
    static constexpr std::int64_t slack{2};

    std::int64_t per_second_{0};
    std::optional<Reading> base_;
    std::optional<Reading> jumped_;
};

/// What so many pulses are worth, rounded down. Whole and remainder apart, so that the product of
/// any session's pulses stays inside 64 bits.
[[nodiscard]] constexpr MilliwattHours energy_of(std::int64_t pulses, hal::PulseValue value)
{
    const auto whole = value.milliwatt_hours / value.pulses;
    const auto rest = value.milliwatt_hours % value.pulses;
    return MilliwattHours{pulses * whole + pulses * rest / value.pulses};
}

static_assert(energy_of(7, {.milliwatt_hours = 10, .pulses = 3}) == MilliwattHours{23});
static_assert([] {
    PulseCounter counter{{.milliwatt_hours = 187, .pulses = 1}};
    const auto at = [&](std::int64_t ms, std::uint32_t pulses) {
        return counter.advance(Instant{Millis{ms}}, pulses);
    };
    return at(0, 0xFF'FFFE) == 0 && at(400, 0x00'0001) == 3  // a wrap goes on
           && at(800, 0x80'0000) == 0 && at(1'200, 2) == 1   // a lie is not believed
           && at(1'600, 0) == 0 && at(2'000, 1) == 1;        // a restart counts from zero
}());

}  // namespace ks::core
