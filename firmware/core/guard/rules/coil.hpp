#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/hal/relay.hpp"

#include <optional>

namespace ks::core {

/// The coil's driver does not do as it is told: shorted, it keeps the relay closed (F-017); broken,
/// it never closes it; disturbed, a pin has lost its direction (F-045).
///
/// Causes: coil_mismatch when it is on although told off, which takes the contactor with it;
/// no_current when it is off although told on. Measured and limit: 1 for closed, as read back and
/// as told. Qualified by `hold`: a pin and its driver follow within a tick. Judged in every state.
/// Cleared by a reset. Latency: 50 ms (our choice).
class Coil {
public:
    static constexpr Millis hold{50};

    [[nodiscard]] constexpr std::optional<Cut> observe(Instant now, hal::Relay told,
                                                       hal::Relay read_back)
    {
        if (told != was_told_ || told == read_back) wrong_.breaks();
        was_told_ = told;
        if (told != read_back) wrong_.holds(now);
        if (!wrong_.for_as_long_as(hold, now)) return std::nullopt;
        return Cut{.cause = told == hal::Relay::open ? protocol::TripCause::coil_mismatch
                                                     : protocol::TripCause::no_current,
                   .measured = read_back == hal::Relay::closed ? 1 : 0,
                   .limit = told == hal::Relay::closed ? 1 : 0,
                   .held_for = wrong_.time(now)};
    }
    /// As of the last look.
    [[nodiscard]] constexpr bool agrees() const { return !wrong_.holding(); }

private:
    hal::Relay was_told_{hal::Relay::open};
    Since wrong_;
};

static_assert([] {
    using enum hal::Relay;
    const auto cuts = [](hal::Relay told, hal::Relay read, std::int64_t ms) {
        Coil rule;
        static_cast<void>(rule.observe(Instant{}, told, read));
        return rule.observe(Instant{Millis{ms}}, told, read).has_value();
    };
    return cuts(open, closed, 50) && !cuts(open, closed, 49) && cuts(closed, open, 50) &&
           !cuts(open, open, 60'000) && !cuts(closed, closed, 60'000);
}());

}  // namespace ks::core
