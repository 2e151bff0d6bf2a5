#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

#include <optional>

namespace ks::core {

/// Over-power by tier. Cause: overpower. Measured: power, its magnitude. Limit: `power_most` of the
/// outlet's type. Qualified by `power_hold` without a break, so that a charger's start and the step
/// between two stages pass. Cleared by a reset. Serves «per-port maximum power» (docs/sources.md,
/// Standards, [I]). Latency: the hold time and one poll.
class Overpower {
public:
    [[nodiscard]] constexpr std::optional<Cut> observe(Instant now, Milliwatts power,
                                                       const protocol::Limits& limits)
    {
        over_.follow(when(power > limits.power_most), now);
        if (!over_.for_as_long_as(limits.power_hold, now)) return std::nullopt;
        return Cut{.cause = protocol::TripCause::overpower,
                   .measured = power.count(),
                   .limit = limits.power_most.count(),
                   .held_for = over_.time(now)};
    }

private:
    Since over_;
};

static_assert([] {
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto cuts = [&](std::int32_t milliwatts, std::int64_t ms) {
        Overpower rule;
        static_cast<void>(rule.observe(Instant{}, Milliwatts{milliwatts}, limits));
        return rule.observe(Instant{Millis{ms}}, Milliwatts{milliwatts}, limits).has_value();
    };
    const auto most = limits.power_most.count();
    const auto hold = limits.power_hold.count();
    return !cuts(most, hold) && cuts(most + 1, hold) && !cuts(most + 1, hold - 1);
}());

}  // namespace ks::core
