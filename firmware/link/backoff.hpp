#pragma once

#include "firmware/base/check.hpp"
#include "firmware/base/quantity.hpp"

#include <algorithm>

namespace ks::link {

/// How long to stay away after a connection failed: anything from a millisecond, so that no two
/// births bear the same moment, to a limit that doubles with each failure. The whole range is drawn
/// from («full jitter»), because a thousand posts that lost their broker in the same second must
/// not come back in the same second.
class Backoff {
public:
    static constexpr Millis first{1'000};
    /// Our choice: a healed line is found within a minute.
    static constexpr Millis longest{60'000};

    /// The draw decides; any 32 random bits will do.
    [[nodiscard]] constexpr Millis after_failure(std::uint32_t draw)
    {
        const auto within = limit_;
        limit_ = std::min(Millis{limit_.count() * 2}, longest);
        return Millis{draw % within.count() + 1};
    }
    /// The edge has answered: whatever was wrong is over.
    constexpr void succeeded() { limit_ = first; }

    [[nodiscard]] constexpr Millis limit() const { return limit_; }

private:
    Millis limit_{first};
};

static_assert([] {
    Backoff backoff;
    const bool doubles = backoff.after_failure(999) == Millis{1'000} &&
                         backoff.after_failure(2'000) == Millis{1} &&
                         backoff.after_failure(7'999) == Millis{4'000};
    for (int i = 0; i < 40; ++i) {
        const auto wait = backoff.after_failure(0xFFFF'FFFF);
        if (wait < Millis{1} || wait > Backoff::longest) return false;
    }
    const bool ends = backoff.limit() == Backoff::longest;
    backoff.succeeded();
    return doubles && ends && backoff.limit() == Backoff::first;
}());

}  // namespace ks::link
