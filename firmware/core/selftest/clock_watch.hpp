#pragma once

#include "firmware/base/instant.hpp"

#include <algorithm>
#include <optional>

namespace ks::core {

/// The clock that every decision is made on, against one that shares nothing with it: IEC 60730-1
/// Annex H, Class B, item 3. What is late by a tenth trips late by a tenth (F-043).
class ClockWatch {
public:
    /// Both count milliseconds, so that over this time a reading is wrong by one percent at most.
    static constexpr Millis window{200};
    /// Of F-043: an oscillator that drifts by a tenth. The second clock may be off by a twentieth.
    static constexpr std::int64_t tolerance_permille = 100;

    enum class Verdict : std::uint8_t { early, good, wrong };
    /// `early` until a window has passed on either clock.
    [[nodiscard]] constexpr Verdict look(Instant now, Instant second)
    {
        if (!began_) {
            began_ = Pair{now, second};
            return Verdict::early;
        }
        const auto passed = now - began_->now;
        const auto by_second = second - began_->second;
        if (std::max(passed, by_second) < window) return Verdict::early;
        began_ = Pair{now, second};
        const auto apart = passed > by_second ? passed - by_second : by_second - passed;
        const bool near = apart.count() * 1'000 <= by_second.count() * tolerance_permille;
        permille_ = by_second > Millis{} ? passed.count() * 1'000 / by_second.count() : 0;
        return near ? Verdict::good : Verdict::wrong;
    }
    /// How fast the clock ran over the last window by the second one: the finding's detail.
    [[nodiscard]] constexpr std::uint32_t permille() const
    {
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(permille_, 0, 1'000'000));
    }

private:
    struct Pair {
        Instant now;
        Instant second;
    };
    std::optional<Pair> began_;
    std::int64_t permille_{1'000};
};

/// Whether the guard's tick still comes (F-042). Only the second clock can tell: the first may be
/// driven by the very timer that was lost.
class TickWatch {
public:
    /// Ten ticks: half of what the watchdog waits for (D16), so that the fault is written down
    /// before the reset.
    static constexpr Millis silence_limit{50};

    constexpr void ticked(Instant second) { heard_at_ = second; }
    [[nodiscard]] constexpr bool lost(Instant second)
    {
        if (!heard_at_) heard_at_ = second;
        return second - *heard_at_ >= silence_limit;
    }

private:
    std::optional<Instant> heard_at_;
};

/// The finding's detail when the tick is lost: no clock runs at this rate.
inline constexpr std::uint32_t tick_lost = 0;

static_assert(ClockWatch::tolerance_permille * ClockWatch::window.count() >= 10 * 2 * 1'000,
              "two readings of a millisecond's grain are a tenth of what is tolerated");

}  // namespace ks::core
