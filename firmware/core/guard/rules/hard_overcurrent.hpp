#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/hal/inputs.hpp"

#include <algorithm>
#include <optional>

namespace ks::core {

/// Chargers draw 20 to 60 A for some milliseconds when they wake [R]; 100 to 300 ms of blanking is
/// inferred from it (docs/sources.md, Charging), and we take all of it because a meter window is
/// longer still.
inline constexpr Millis inrush_blanking{300};

/// Inside the blanking this multiple of the limit still cuts: no inrush holds it for a window.
inline constexpr std::int32_t inrush_multiple{3};

/// The meter's range ends here (30 mV rms over 1 mOhm, BL0942 data sheet V1.10): no limit lies
/// above it, or a short circuit that the chip clips would be blanked.
inline constexpr Milliamps meter_range{30'000};

[[nodiscard]] constexpr Milliamps hard_limit(Milliamps limit, Millis since_closing)
{
    if (since_closing >= inrush_blanking) return limit;
    return std::min(Milliamps{limit.count() * inrush_multiple}, meter_range);
}

/// The chip's own over-current pin is blanked for less: its window is one mains cycle, and an
/// inrush is over in a quarter of it.
inline constexpr Millis pin_blanking{100};

/// One sample over the limit cuts. It is a level: whoever closes onto a fault is cut as well, and
/// inside the blanking that is a short circuit.
///
/// Causes: hard_overcurrent, load_shorted. Measured: rms current. Limit: `hard_overcurrent`, three
/// times of it inside the blanking. No qualification beyond a plausible sample. Cleared by a reset.
/// Latency: one refresh and one poll; by the pin two cycles and a tick (30 ms).
[[nodiscard]] constexpr std::optional<Cut> hard_overcurrent(const hal::Sample& sample,
                                                            Milliamps limit, Instant closed_at)
{
    const auto most = hard_limit(limit, sample.at - closed_at);
    if (sample.current <= most) return std::nullopt;
    const bool inside = sample.at - closed_at < inrush_blanking;
    return Cut{.cause = inside ? protocol::TripCause::load_shorted
                               : protocol::TripCause::hard_overcurrent,
               .measured = sample.current.count(),
               .limit = most.count(),
               .held_for = Millis{}};
}

/// The same by the chip's own comparator, an interrupt path that needs no packet. How much flowed
/// nobody knows yet: `measured` is the limit.
[[nodiscard]] constexpr std::optional<Cut> hard_overcurrent(hal::OvercurrentPin pin,
                                                            Milliamps limit, Millis since_closing)
{
    if (pin == hal::OvercurrentPin::quiet || since_closing < pin_blanking) return std::nullopt;
    return Cut{.cause = protocol::TripCause::hard_overcurrent,
               .measured = limit.count(),
               .limit = limit.count(),
               .held_for = Millis{}};
}
static_assert(!hard_overcurrent(hal::OvercurrentPin::raised, Milliamps{10'000}, Millis{99}));
static_assert(hard_overcurrent(hal::OvercurrentPin::raised, Milliamps{10'000}, Millis{100}));

static_assert([] {
    constexpr Instant closed{Millis{1'000}};
    const auto cuts = [&](std::int32_t milliamps, std::int64_t after) {
        const hal::Sample sample{.at = closed + Millis{after},
                                 .voltage = {},
                                 .current = Milliamps{milliamps},
                                 .power = {},
                                 .pulses = 0};
        return hard_overcurrent(sample, Milliamps{8'000}, closed).has_value();
    };
    return !cuts(8'000, 300) && cuts(8'001, 300)       // the limit itself is allowed
           && !cuts(8'001, 299) && !cuts(24'000, 299)  // an inrush is not
           && cuts(24'001, 0) && cuts(24'001, 299);    // a short circuit is never blanked
}());
static_assert(hard_limit(Milliamps{16'000}, Millis{0}) == meter_range);

}  // namespace ks::core
