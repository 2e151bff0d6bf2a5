#pragma once

#include "firmware/core/guard/news.hpp"
#include "firmware/core/guard/rules/session_limits.hpp"

#include <algorithm>
#include <optional>

namespace ks::core {

/// A session that a relay is, or was until a moment ago, closed for.
struct Session {
    protocol::SessionId id;
    Grant grant;
    Instant began;
    std::int64_t pulses;
    /// Of those, not yet compared with the power.
    std::int64_t fresh_pulses;
    Milliwatts peak;

    struct Over {
        protocol::EndReason reason;
        Millis elapsed;
    };
    /// Told to end; the news waits until the opening has been verified.
    std::optional<Over> over;

    [[nodiscard]] constexpr Millis elapsed(Instant now) const
    {
        return over ? over->elapsed : now - began;
    }
};

/// Lowest, mean and highest power since it was last taken.
class PowerWindow {
public:
    constexpr void advance(Millis span, Milliwatts power)
    {
        lowest_ = over_ > Millis{} ? std::min(lowest_, power) : power;
        highest_ = over_ > Millis{} ? std::max(highest_, power) : power;
        over_ += span;
        product_ += std::int64_t{power.count()} * span.count();
    }
    [[nodiscard]] constexpr Course course(Millis elapsed, Milliwatts peak) const
    {
        const auto mean = over_ > Millis{} ? product_ / over_.count() : 0;
        return {.elapsed = elapsed,
                .peak = peak,
                .over = over_,
                .lowest = lowest_,
                .mean = Milliwatts{static_cast<std::int32_t>(mean)},
                .highest = highest_};
    }

private:
    Millis over_{};
    std::int64_t product_{0};
    Milliwatts lowest_{};
    Milliwatts highest_{};
};

static_assert([] {
    PowerWindow window;
    window.advance(Millis{300}, Milliwatts{100});
    window.advance(Millis{100}, Milliwatts{500});
    const auto course = window.course(Millis{400}, Milliwatts{500});
    return course.lowest == Milliwatts{100} && course.highest == Milliwatts{500} &&
           course.mean == Milliwatts{200} && course.over == Millis{400};
}());

}  // namespace ks::core
