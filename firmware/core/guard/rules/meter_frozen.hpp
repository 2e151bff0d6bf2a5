#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/hal/sample.hpp"

#include <optional>

namespace ks::core {

/// A meter that repeats itself to the last digit (F-022). The chip measures anew every 400 ms, and
/// no mains holds its millivolt for five of those.
///
/// Cause: meter_frozen. Measured: ms without the least change of voltage, current, power or
/// pulses. Limit: `frozen_after`. Armed in every state with a voltage to see. Cleared by a reset
/// once it moves. Latency: two seconds and one poll; the current may have been right until then, so
/// this is slower than silence.
class MeterFrozen {
public:
    static constexpr Millis frozen_after{2'000};

    constexpr void observe(const hal::Sample& sample)
    {
        const bool same = seen_ && seen_->voltage == sample.voltage &&
                          seen_->current == sample.current && seen_->power == sample.power &&
                          seen_->pulses == sample.pulses;
        if (same && sample.voltage > Millivolts{})
            still_.holds(seen_->at);
        else
            still_.breaks();
        if (!same) seen_ = sample;
        latest_ = sample.at;
    }

    /// As of the newest sample: a silent meter is another rule's.
    [[nodiscard]] constexpr std::optional<Cut> cut() const
    {
        if (!still_.for_as_long_as(frozen_after, latest_)) return std::nullopt;
        return Cut{.cause = protocol::TripCause::meter_frozen,
                   .measured = still_.time(latest_).count(),
                   .limit = frozen_after.count(),
                   .held_for = still_.time(latest_)};
    }

private:
    std::optional<hal::Sample> seen_;
    Since still_;
    Instant latest_{};
};

static_assert([] {
    const auto cuts = [](std::int32_t second_millivolts, std::int64_t ms) {
        MeterFrozen rule;
        hal::Sample sample{.at = Instant{},
                           .voltage = Millivolts{220'000},
                           .current = Milliamps{1'000},
                           .power = Milliwatts{200'000},
                           .pulses = 7};
        rule.observe(sample);
        sample.at = Instant{Millis{ms}};
        sample.voltage = Millivolts{second_millivolts};
        rule.observe(sample);
        return rule.cut().has_value();
    };
    return cuts(220'000, 2'000) && !cuts(220'000, 1'999) && !cuts(220'001, 2'000);
}());

}  // namespace ks::core
