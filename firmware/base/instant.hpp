#pragma once

#include "firmware/base/quantity.hpp"

namespace ks {

/// A moment of the monotonic clock: milliseconds since this boot. Every decision is made on it.
class Instant {
public:
    constexpr Instant() = default;
    constexpr explicit Instant(Millis since_boot) : since_boot_{since_boot} {}

    [[nodiscard]] constexpr Millis since_boot() const { return since_boot_; }

    constexpr auto operator<=>(const Instant&) const = default;
    friend constexpr Instant operator+(Instant at, Millis later)
    {
        return Instant{at.since_boot_ + later};
    }
    friend constexpr Instant operator-(Instant at, Millis earlier)
    {
        return Instant{at.since_boot_ - earlier};
    }
    friend constexpr Millis operator-(Instant a, Instant b)
    {
        return a.since_boot_ - b.since_boot_;
    }

private:
    Millis since_boot_{};
};

/// A moment of the wall clock: milliseconds since 1970-01-01 UTC. Only for people; it may jump.
class UnixMillis {
public:
    constexpr UnixMillis() = default;
    constexpr explicit UnixMillis(std::int64_t count) : count_{count} {}

    [[nodiscard]] constexpr std::int64_t count() const { return count_; }

    constexpr auto operator<=>(const UnixMillis&) const = default;
    friend constexpr UnixMillis operator+(UnixMillis at, Millis later)
    {
        return UnixMillis{at.count_ + later.count()};
    }
    friend constexpr Millis operator-(UnixMillis a, UnixMillis b)
    {
        return Millis{a.count_ - b.count_};
    }

private:
    std::int64_t count_{};
};

}  // namespace ks
