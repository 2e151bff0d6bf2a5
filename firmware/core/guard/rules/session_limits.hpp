#pragma once

#include "firmware/protocol/settings.hpp"
#include "firmware/protocol/words.hpp"

#include <optional>

namespace ks::core {

/// What one session was granted.
struct Grant {
    Millis time_limit;
    MilliwattHours energy_limit;
};

/// The caps of the settings hold even when they were tightened after the grant, and nobody can
/// extend them (I-05). The grant is named first: it is the one the person knows.
[[nodiscard]] constexpr std::optional<protocol::EndReason>
limit_reached(const Grant& grant, const protocol::Settings& settings, Millis elapsed,
              MilliwattHours energy)
{
    using enum protocol::EndReason;
    if (elapsed >= grant.time_limit) return time_limit;
    if (elapsed >= settings.session_cap) return time_cap;
    if (energy >= grant.energy_limit || energy >= settings.energy_cap) return energy_limit;
    return std::nullopt;
}

static_assert([] {
    using enum protocol::EndReason;
    constexpr Grant grant{.time_limit = Millis{60'000}, .energy_limit = MilliwattHours{500'000}};
    constexpr auto settings = protocol::factory_settings;
    const auto at = [&](std::int64_t ms, std::int64_t mwh) {
        return limit_reached(grant, settings, Millis{ms}, MilliwattHours{mwh});
    };
    auto tightened = settings;
    tightened.session_cap = Millis{30'000};
    tightened.energy_cap = MilliwattHours{1'000};
    return !at(59'999, 499'999) && at(60'000, 0) == time_limit && at(0, 500'000) == energy_limit &&
           limit_reached(grant, tightened, Millis{30'000}, {}) == time_cap &&
           limit_reached(grant, tightened, {}, MilliwattHours{1'000}) == energy_limit;
}());

}  // namespace ks::core
