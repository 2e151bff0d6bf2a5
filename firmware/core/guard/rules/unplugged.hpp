#pragma once

#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// Unplugged: next to no power for the hold time. An idle charger still draws 0.5 to 3 W
/// [R], an empty socket nothing (docs/sources.md, Charging).
class Unplugged {
public:
    [[nodiscard]] constexpr bool observe(Instant now, Milliwatts power,
                                         const protocol::Limits& limits)
    {
        low_.follow(when(power < limits.unplugged_below), now);
        return low_.for_as_long_as(limits.unplugged_hold, now);
    }

private:
    Since low_;
};

static_assert([] {
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto unplugged_at = [&](std::int32_t power, std::int64_t ms) {
        Unplugged rule;
        static_cast<void>(rule.observe(Instant{}, Milliwatts{power}, limits));
        return rule.observe(Instant{Millis{ms}}, Milliwatts{power}, limits);
    };
    return unplugged_at(499, 10'000) && !unplugged_at(499, 9'999) && !unplugged_at(500, 10'000);
}());

}  // namespace ks::core
