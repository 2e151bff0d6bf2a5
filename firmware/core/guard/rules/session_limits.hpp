#pragma once

#include "firmware/protocol/limits.hpp"
#include "firmware/protocol/words.hpp"

#include <optional>

namespace ks::core {

/// What one session was granted.
struct Grant {
    protocol::StartMeans means;
    Millis time_limit;
    MilliwattHours energy_limit;
};

/// The caps of the settings hold even when they were tightened after the grant, and nobody can
/// extend them (I-05). The grant is named first: it is the one the person knows.
[[nodiscard]] constexpr std::optional<protocol::EndReason>
limit_reached(const Grant& grant, const protocol::Limits& limits, Millis elapsed,
              MilliwattHours energy)
{
    using enum protocol::EndReason;
    if (elapsed >= grant.time_limit)
        return grant.means == protocol::StartMeans::test ? test_over : time_limit;
    if (elapsed >= limits.session_cap) return time_cap;
    if (energy >= grant.energy_limit || energy >= limits.energy_cap) return energy_limit;
    return std::nullopt;
}

static_assert([] {
    using enum protocol::EndReason;
    constexpr Grant grant{.means = protocol::StartMeans::command,
                          .time_limit = Millis{60'000},
                          .energy_limit = MilliwattHours{500'000}};
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto at = [&](std::int64_t ms, std::int64_t mwh) {
        return limit_reached(grant, limits, Millis{ms}, MilliwattHours{mwh});
    };
    auto tightened = limits;
    tightened.session_cap = Millis{30'000};
    tightened.energy_cap = MilliwattHours{1'000};
    return !at(59'999, 499'999) && at(60'000, 0) == time_limit && at(0, 500'000) == energy_limit &&
           limit_reached(grant, tightened, Millis{30'000}, {}) == time_cap &&
           limit_reached(grant, tightened, {}, MilliwattHours{1'000}) == energy_limit;
}());

}  // namespace ks::core
