#pragma once

#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// What the outlets of a post draw together.
struct Load {
    Milliamps current;
    Milliwatts power;
};

/// The post's share of its feeder: ten outlets of 900 W are 9 kW, and a C16 branch carries 3.5
/// (docs/sources.md, Standards).
///
/// A start that does not fit is refused or waits (`queue_wait`; the rest keeps the queue). What
/// fits and then draws more than was reckoned is shed, newest session first: after `hold` above a
/// budget, and then every `again`, until it fits. Measured: the sum of all outlets. Limits:
/// `current_budget`, `power_budget`. Latency: the hold time; the branch's own breaker is the faster
/// protection.
class Budget {
public:
    static constexpr Millis hold{10'000};
    static constexpr Millis again{3'000};
    /// Until a session is so old, it is reckoned with its reserve.
    static constexpr Millis young{60'000};

    [[nodiscard]] static constexpr bool over(const Load& load, const protocol::PostLimits& limits)
    {
        return load.current > limits.current_budget || load.power > limits.power_budget;
    }
    [[nodiscard]] constexpr bool must_shed(Instant now, const Load& load,
                                           const protocol::PostLimits& limits)
    {
        over_.follow(when(over(load, limits)), now);
        if (!over_.for_as_long_as(hold, now) || (shed_at_ && now - *shed_at_ < again)) return false;
        shed_at_ = now;
        return true;
    }

private:
    Since over_;
    std::optional<Instant> shed_at_;
};

static_assert([] {
    constexpr auto limits = protocol::factory<protocol::PostLimits>;
    constexpr Load much{.current = Milliamps{16'001}, .power = {}};
    Budget rule;
    const auto sheds = [&](std::int64_t ms) {
        return rule.must_shed(Instant{Millis{ms}}, much, limits);
    };
    return !sheds(0) && !sheds(9'999) && sheds(10'000) && !sheds(12'999) && sheds(13'000) &&
           !Budget::over({.current = Milliamps{16'000}, .power = limits.power_budget}, limits);
}());

}  // namespace ks::core
