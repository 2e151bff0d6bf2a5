#pragma once

#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"
#include "firmware/protocol/words.hpp"

namespace ks::core {

/// Unplugged: next to no power for the hold time. An idle charger still draws 0.5 to 3 W
/// [R], an empty socket nothing (docs/sources.md, Charging). Where the mains was away meanwhile,
/// nobody knows what was plugged in: the authority ends all the same, as lost with the power.
class Unplugged {
public:
    [[nodiscard]] constexpr std::optional<protocol::EndReason>
    observe(Instant now, Milliwatts power, Supply supply, const protocol::Limits& limits)
    {
        low_.follow(when(power < limits.unplugged_below), now);
        dark_ = low_.holding() && (dark_ || supply == Supply::gone);
        if (!low_.for_as_long_as(limits.unplugged_hold, now)) return std::nullopt;
        return dark_ ? protocol::EndReason::power_lost : protocol::EndReason::unplugged;
    }

private:
    Since low_;
    bool dark_{false};
};

static_assert([] {
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto ends_at = [&](std::int32_t power, std::int64_t ms, Supply first = Supply::there) {
        Unplugged rule;
        static_cast<void>(rule.observe(Instant{}, Milliwatts{power}, first, limits));
        return rule.observe(Instant{Millis{ms}}, Milliwatts{power}, Supply::there, limits);
    };
    return ends_at(499, 10'000) == protocol::EndReason::unplugged && !ends_at(499, 9'999) &&
           !ends_at(500, 10'000) &&
           ends_at(0, 10'000, Supply::gone) == protocol::EndReason::power_lost;
}());

}  // namespace ks::core
