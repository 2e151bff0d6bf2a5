#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/hal/sample.hpp"

#include <optional>

namespace ks::core {

/// A contact sensor that says the same to the tenth of a degree for half an hour under load is not
/// measuring any more (F-020): amperes warm a contact, and a converter has noise.
///
/// Cause: sensor_failed. Measured: minutes without change. Limit: `frozen_after`. Armed while the
/// outlet carries at least `under_load`. Cleared by a reset: without a load nothing need move.
/// Latency: half an hour, which is our choice between a slow converter and a long charge.
class SensorFrozen {
public:
    static constexpr Millis frozen_after{30 * 60'000};
    static constexpr Milliamps under_load{1'000};

    [[nodiscard]] constexpr std::optional<Cut> observe(Instant now, hal::Temperature contact,
                                                       Milliamps current)
    {
        if (!contact || current < under_load || contact != seen_) {
            seen_ = contact;
            since_ = now;
            return std::nullopt;
        }
        if (now - since_ < frozen_after) return std::nullopt;
        return Cut{.cause = protocol::TripCause::sensor_failed,
                   .measured = (now - since_).count() / 60'000,
                   .limit = frozen_after.count() / 60'000,
                   .held_for = now - since_};
    }

private:
    hal::Temperature seen_;
    Instant since_{};
};

static_assert([] {
    const auto cuts = [](std::int32_t before, std::int32_t milliamps, std::int64_t ms) {
        SensorFrozen rule;
        static_cast<void>(rule.observe(Instant{}, DeciCelsius{before}, Milliamps{milliamps}));
        return rule.observe(Instant{Millis{ms}}, DeciCelsius{314}, Milliamps{milliamps})
            .has_value();
    };
    const auto limit = SensorFrozen::frozen_after.count();
    return cuts(314, 1'000, limit) && !cuts(314, 1'000, limit - 1) && !cuts(315, 1'000, limit) &&
           !cuts(314, 999, limit);
}());

}  // namespace ks::core
