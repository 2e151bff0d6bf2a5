#pragma once

#include "firmware/base/instant.hpp"

#include <optional>

namespace ks::core {

/// Since when something has been true without a break.
class Since {
public:
    constexpr void holds(Instant now)
    {
        if (!since_) since_ = now;
    }
    constexpr void breaks() { since_.reset(); }

    [[nodiscard]] constexpr bool for_as_long_as(Millis time, Instant now) const
    {
        return since_ && now - *since_ >= time;
    }
    /// Zero when it does not hold at all.
    [[nodiscard]] constexpr Millis time(Instant now) const
    {
        return since_ ? now - *since_ : Millis{};
    }

private:
    std::optional<Instant> since_;
};

}  // namespace ks::core
