#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/hal/sample.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace ks::core {

/// Samples that cannot be true. The chip's checksum is one byte, so one mangled frame in 256 is
/// taken for good (F-024); a frame made of noise almost never keeps P within V times I.
///
/// Cause: meter_implausible. Measured: power; limit: what voltage and current allow. Qualified by
/// two of the last three samples; an implausible one judges nothing else and adds no energy.
/// Latency: two polls.
class Plausible {
public:
    /// Of the meter: 30 A rms and 100 mV at the divider are 380 V (BL0942 data sheet V1.10); beyond
    /// them it clips, with a tenth for tolerance.
    static constexpr Milliamps current_most{33'000};
    static constexpr Millivolts voltage_most{420'000};
    /// A chip is off by 0.6 % at most [C], an uncalibrated board by about 2 %; P and V times I then
    /// by twice as much. 3 W is its offset near nothing.
    static constexpr std::int64_t tolerance_permille{60};
    static constexpr Milliwatts tolerance_least{3'000};

    [[nodiscard]] static constexpr Milliwatts power_most(const hal::Sample& sample)
    {
        // Wide, for it is asked of lies as well.
        const auto apparent = std::int64_t{sample.voltage.count()} * sample.current.count() / 1'000;
        const auto room = apparent * tolerance_permille / 1'000 + tolerance_least.count();
        return Milliwatts{
            static_cast<std::int32_t>(std::clamp<std::int64_t>(apparent + room, 0, INT32_MAX))};
    }
    [[nodiscard]] static constexpr Milliwatts magnitude(Milliwatts power)
    {
        // A shunt wired the wrong way round shows negative power; for safety it is power (F-030).
        if (power.count() == INT32_MIN) return Milliwatts{INT32_MAX};
        return power < Milliwatts{} ? Milliwatts{} - power : power;
    }
    [[nodiscard]] static constexpr bool can_be(const hal::Sample& sample)
    {
        return sample.current >= Milliamps{} && sample.current <= current_most &&
               sample.voltage >= Millivolts{} && sample.voltage <= voltage_most &&
               magnitude(sample.power) <= power_most(sample);
    }

    constexpr void observe(const hal::Sample& sample)
    {
        const bool lies = !can_be(sample);
        lies_ = ((lies_ << 1U) | (lies ? 1U : 0U)) & 0b111U;
        if (lies) worst_ = sample;
    }
    [[nodiscard]] constexpr bool newest_lies() const { return (lies_ & 1U) != 0; }
    [[nodiscard]] constexpr std::optional<Cut> cut() const
    {
        if (std::popcount(lies_) < 2) return std::nullopt;
        return Cut{.cause = protocol::TripCause::meter_implausible,
                   .measured = magnitude(worst_.power).count(),
                   .limit = power_most(worst_).count(),
                   .held_for = Millis{}};
    }

private:
    unsigned lies_{0};
    hal::Sample worst_{};
};

static_assert([] {
    const auto sample = [](std::int32_t mv, std::int32_t ma, std::int32_t mw) {
        return hal::Sample{.at = Instant{},
                           .voltage = Millivolts{mv},
                           .current = Milliamps{ma},
                           .power = Milliwatts{mw},
                           .pulses = 0};
    };
    const auto good = sample(220'000, 1'000, 220'000);
    const auto bad = sample(220'000, 1'000, 240'000);
    const auto cuts = [](auto... samples) {
        Plausible rule;
        (rule.observe(samples), ...);
        return rule.cut().has_value();
    };
    return Plausible::can_be(good) && !Plausible::can_be(bad) &&
           Plausible::can_be(sample(220'000, 1'000, -220'000)) &&
           !Plausible::can_be(sample(220'000, 33'001, 0)) &&
           !Plausible::can_be(sample(420'001, 0, 0)) && !cuts(bad) && cuts(bad, bad) &&
           cuts(bad, good, bad) && !cuts(bad, good, good, bad);
}());

}  // namespace ks::core
