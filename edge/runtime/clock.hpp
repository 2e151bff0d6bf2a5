#pragma once

#include "firmware/base/instant.hpp"

#include <chrono>

namespace ks::edge {

/// The only place in the daemon that asks what time it is.
class Clock {
public:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] Instant mono() const
    {
        return Instant{Millis{
            std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now().time_since_epoch())
                .count()}};
    }
    [[nodiscard]] UnixMillis wall() const
    {
        return UnixMillis{std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count()};
    }
    /// For measuring what takes less than a millisecond; never for a decision.
    [[nodiscard]] std::int64_t micros() const
    {
        return std::chrono::duration_cast<std::chrono::microseconds>(
                   Steady::now().time_since_epoch())
            .count();
    }
    /// Both at once, as the domain's `Now`.
    template <class Moment>
    [[nodiscard]] Moment read() const
    {
        return {.mono = mono(), .wall = wall()};
    }
    /// The same moment as a timer of Asio wants it.
    [[nodiscard]] Steady::time_point at(Instant moment) const
    {
        return Steady::time_point{std::chrono::milliseconds{moment.since_boot().count()}};
    }
};

}  // namespace ks::edge
