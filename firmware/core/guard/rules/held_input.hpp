#pragma once

#include "firmware/core/guard/rules/since.hpp"
#include "firmware/hal/inputs.hpp"

namespace ks::core {

/// One of the post's monitored inputs: smoke, heat, water, a button, a door, the group's line.
///
/// Causes: those of their names, and input_failed for a broken or shorted loop. Qualified by
/// `active_hold`, three ticks, against disturbances of the wire; the budget is 50 ms. A loop is at
/// fault after `fault_hold`, and good again after `good_hold`. A detector that chatters trips once:
/// the trip is latched, and cannot be cleared before the input has been quiet for `quiet_hold`
/// (F-011).
class HeldInput {
public:
    static constexpr Millis active_hold{10};
    static constexpr Millis fault_hold{500};
    static constexpr Millis good_hold{10'000};
    static constexpr Millis quiet_hold{10'000};

    constexpr void observe(Instant now, hal::InputState state)
    {
        using enum hal::InputState;
        active_.follow(when(state == active), now);
        fault_.follow(when(state == fault), now);
        good_.follow(when(state != fault), now);
        quiet_.follow(when(state == quiet || state == absent), now);
    }
    [[nodiscard]] constexpr bool active(Instant now) const
    {
        return active_.for_as_long_as(active_hold, now);
    }
    [[nodiscard]] constexpr bool failed(Instant now) const
    {
        return fault_.for_as_long_as(fault_hold, now);
    }
    [[nodiscard]] constexpr bool good(Instant now) const
    {
        return good_.for_as_long_as(good_hold, now);
    }
    /// Good enough to close onto: says nothing as of the last look.
    [[nodiscard]] constexpr bool calm() const { return quiet_.holding(); }
    [[nodiscard]] constexpr bool quiet(Instant now) const
    {
        return quiet_.for_as_long_as(quiet_hold, now);
    }
    [[nodiscard]] constexpr Millis active_for(Instant now) const { return active_.time(now); }
    [[nodiscard]] constexpr Millis failed_for(Instant now) const { return fault_.time(now); }

private:
    Since active_;
    Since fault_;
    Since good_;
    Since quiet_;
};

static_assert(HeldInput::active_hold + Millis{2 * 5} <= Millis{50}, "the budget of fire inputs");

}  // namespace ks::core
