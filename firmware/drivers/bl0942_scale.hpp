#pragma once

#include "firmware/base/check.hpp"
#include "firmware/base/gain.hpp"
#include "firmware/hal/sample.hpp"

#include <numeric>

namespace ks::drivers {

/// An exact positive fraction in lowest terms.
class Fraction {
public:
    consteval Fraction(std::int64_t above, std::int64_t below)
        : above_{above / std::gcd(above, below)}, below_{below / std::gcd(above, below)}
    {
        check(above > 0 && below > 0);
    }

    [[nodiscard]] constexpr std::int64_t above() const { return above_; }
    [[nodiscard]] constexpr std::int64_t below() const { return below_; }
    [[nodiscard]] consteval Fraction inverse() const { return {below_, above_}; }
    /// Reduced crosswise before it is multiplied, so that nothing on the way leaves 64 bits; where
    /// it would, the compiler refuses.
    friend consteval Fraction operator*(Fraction a, Fraction b)
    {
        const Fraction c{a.above_, b.below_};
        const Fraction d{b.above_, a.below_};
        return {c.above_ * d.above_, c.below_ * d.below_};
    }

    /// So many times this, rounded to the nearest, halves away from zero.
    [[nodiscard]] constexpr std::int64_t of(std::int64_t count) const
    {
        const auto twice = 2 * count * above_;
        return (twice + (count < 0 ? -below_ : below_)) / (2 * below_);
    }

private:
    std::int64_t above_;
    std::int64_t below_;
};

/// The data sheet's reference circuit (V1.10): 1 mOhm shunt, 5 x 390 kOhm over 510 Ohm, Vref
/// 1.218 V, gain 16. A board with other parts is another set of these.
inline constexpr Fraction bl0942_vref{1'218, 1'000};           // volts
inline constexpr Fraction bl0942_shunt{1, 1};                  // milliohms
inline constexpr Fraction bl0942_divider{510'000, 1'950'510};  // thousandths

/// Ki = 305978 * Rs[mOhm] / Vref counts per ampere, so milliamperes per count are 1000 / Ki.
inline constexpr Fraction bl0942_milliamps =
    (Fraction{305'978, 1'000} * bl0942_shunt * bl0942_vref.inverse()).inverse();
/// Kv = 73989 * R1 * 1000 / (Vref * (R1 + R2)) counts per volt.
inline constexpr Fraction bl0942_millivolts =
    (Fraction{73'989, 1'000} * bl0942_divider * bl0942_vref.inverse()).inverse();
/// Kp = 3537 * Rs[mOhm] * R1 * 1000 / (Vref^2 * (R1 + R2)) counts per watt.
inline constexpr Fraction bl0942_milliwatts =
    (Fraction{3'537, 1'000} * bl0942_shunt * bl0942_divider * bl0942_vref.inverse() *
     bl0942_vref.inverse())
        .inverse();
/// One pulse is 1638.4 * 256 counts of power for one second.
inline constexpr Fraction bl0942_milliwatt_hours =
    bl0942_milliwatts * Fraction{16'384, 10} * Fraction{256, 1} * Fraction{1, 3'600};

inline constexpr hal::PulseValue bl0942_pulse{.milliwatt_hours = bl0942_milliwatt_hours.above(),
                                              .pulses = bl0942_milliwatt_hours.below()};

/// What flows, of what a chip shows. The pulse counter keeps its wrap and its restart at zero,
/// which the guard tells apart; where it wraps in another place it loses a pulse or two.
[[nodiscard]] constexpr hal::Sample calibrated(const hal::Sample& shown, Gain voltage, Gain current)
{
    constexpr std::uint32_t pulses_wrap_at = 1U << 24;
    const auto power_gain = std::int64_t{voltage.ten_thousandths} * current.ten_thousandths;
    constexpr auto power_scale = gain_scale * gain_scale;
    return {.at = shown.at,
            .voltage = times(shown.voltage, voltage),
            .current = times(shown.current, current),
            .power = Milliwatts{static_cast<std::int32_t>(std::int64_t{shown.power.count()} *
                                                          power_gain / power_scale)},
            .pulses = static_cast<std::uint32_t>(std::int64_t{shown.pulses} * power_gain /
                                                 power_scale % pulses_wrap_at)};
}

static_assert([] {
    constexpr hal::Sample shown{.at = Instant{Millis{7}},
                                .voltage = Millivolts{220'000},
                                .current = Milliamps{5'000},
                                .power = Milliwatts{-1'100'000},
                                .pulses = 1'000'000};
    constexpr auto same = calibrated(shown, unity_gain, unity_gain);
    constexpr auto more = calibrated(shown, Gain{10'100}, Gain{9'500});
    return same.at == shown.at && same.voltage == shown.voltage && same.current == shown.current &&
           same.power == shown.power && same.pulses == shown.pulses &&
           more.voltage == Millivolts{222'200} && more.current == Milliamps{4'750} &&
           more.power == Milliwatts{-1'055'450} && more.pulses == 959'500;
}());

/// The fast rms block shows about 0.363 of the slow one's counts, for sines; its threshold is
/// compared with the upper 16 of 24 bits. About 356.2 per ampere.
inline constexpr Fraction bl0942_threshold_per_milliamp =
    bl0942_milliamps.inverse() * Fraction{363, 1'000} * Fraction{1, 256};

/// The reference circuit: the four scales agree with the app note's, the thresholds are worked out
/// by us (docs/sources.md, BL0942).
static_assert(bl0942_milliamps.inverse().of(1'000) == 251'213);
static_assert(bl0942_millivolts.inverse().of(1'000) == 15'883);
static_assert(bl0942_milliwatts.inverse().of(10'000) == 6'234);
static_assert(bl0942_milliwatt_hours.inverse().of(10'000'000) == 53'506);
static_assert(bl0942_threshold_per_milliamp.of(2'000) == 712 &&
              bl0942_threshold_per_milliamp.of(4'000) == 1'425 &&
              bl0942_threshold_per_milliamp.of(5'000) == 1'781 &&
              bl0942_threshold_per_milliamp.of(8'000) == 2'850 &&
              bl0942_threshold_per_milliamp.of(10'000) == 3'562 &&
              bl0942_threshold_per_milliamp.of(12'000) == 4'275 &&
              bl0942_threshold_per_milliamp.of(16'000) == 5'699);

}  // namespace ks::drivers
