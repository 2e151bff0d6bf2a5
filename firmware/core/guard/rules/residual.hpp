#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/hal/inputs.hpp"
#include "firmware/protocol/limits.hpp"

#include <optional>

namespace ks::core {

/// Residual current of one circuit, beside the RCD that the installation must have anyway (F-008).
///
/// Causes: residual_current, in mA against `residual_limit`; residual_failed when the monitor has
/// failed its own test. Qualified by `hold`; the budget is 60 ms. A sum cannot tell which outlet
/// leaks, so every closed outlet of the circuit is cut and latched. Cleared by a reset at which the
/// monitor is quiet. A failed monitor cuts its circuit as well: current that nobody watches is not
/// delivered.
class ResidualCurrent {
public:
    static constexpr Millis hold{20};
    static constexpr Millis failed_hold{500};

    constexpr void observe(Instant now, hal::Residual residual, const protocol::PostLimits& limits)
    {
        newest_ = residual;
        over_.follow(when(residual && *residual >= limits.residual_limit), now);
        failed_.follow(when(!residual), now);
    }
    [[nodiscard]] constexpr std::optional<Cut> cut(Instant now, std::uint8_t circuit,
                                                   const protocol::PostLimits& limits) const
    {
        if (over_.for_as_long_as(hold, now))
            return Cut{.cause = protocol::TripCause::residual_current,
                       .measured = newest_->count(),
                       .limit = limits.residual_limit.count(),
                       .held_for = over_.time(now)};
        if (failed_.for_as_long_as(failed_hold, now))
            return Cut{.cause = protocol::TripCause::residual_failed,
                       .measured = circuit,
                       .limit = 0,
                       .held_for = failed_.time(now)};
        return std::nullopt;
    }
    /// Good enough to close onto, and to clear a trip at.
    [[nodiscard]] constexpr bool good(const protocol::PostLimits& limits) const
    {
        return newest_ && *newest_ < limits.residual_limit;
    }

private:
    hal::Residual newest_;
    Since over_;
    Since failed_;
};

static_assert(ResidualCurrent::hold + Millis{2 * 5} <= Millis{60},
              "the budget of residual current");
static_assert([] {
    constexpr auto limits = protocol::factory<protocol::PostLimits>;
    const auto cause = [&](hal::Residual residual, std::int64_t ms) {
        ResidualCurrent rule;
        rule.observe(Instant{}, residual, limits);
        rule.observe(Instant{Millis{ms}}, residual, limits);
        const auto cut = rule.cut(Instant{Millis{ms}}, 0, limits);
        return cut ? static_cast<int>(cut->cause) : 0;
    };
    using enum protocol::TripCause;
    const auto limit = limits.residual_limit;
    return cause(limit, 20) == static_cast<int>(residual_current) && cause(limit, 19) == 0 &&
           cause(limit - Milliamps{1}, 60'000) == 0 && cause(std::nullopt, 499) == 0 &&
           cause(std::nullopt, 500) == static_cast<int>(residual_failed);
}());

}  // namespace ks::core
