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
    enum class Holds : bool { no, yes };
    constexpr void follow(Holds so, Instant now)
    {
        if (so == Holds::yes)
            holds(now);
        else
            breaks();
    }

    [[nodiscard]] constexpr bool for_as_long_as(Millis time, Instant now) const
    {
        return since_ && now - *since_ >= time;
    }
    [[nodiscard]] constexpr bool holding() const { return since_.has_value(); }
    /// Zero when it does not hold at all.
    [[nodiscard]] constexpr Millis time(Instant now) const
    {
        return since_ ? now - *since_ : Millis{};
    }

private:
    std::optional<Instant> since_;
};

[[nodiscard]] constexpr Since::Holds when(bool so)
{
    return so ? Since::Holds::yes : Since::Holds::no;
}

}  // namespace ks::core
