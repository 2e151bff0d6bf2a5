#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/hal/sample.hpp"
#include "firmware/protocol/limits.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace ks::core {

/// A contact that warms too fast, long before it is too hot: a loose plug shows in its temperature
/// and nowhere else (docs/sources.md, Charging, 5.3).
///
/// Cause: contact_rising. Measured: the rise within the last minute. Limit: `contact_rise`.
/// Qualified by two readings in a row, five seconds apart, each the lower of two, so that one
/// disturbed conversion is no rise. Armed only while the relay is closed and above `warm`: a cold
/// night's first current may warm a contact as fast and as harmlessly as it likes. Cleared by a
/// reset once the level allows it. Latency: ten seconds.
class ContactRise {
public:
    static constexpr Millis step{5'000};
    static constexpr std::size_t steps = 12;
    static constexpr DeciCelsius warm{350};

    [[nodiscard]] constexpr std::optional<Cut> observe(Instant now, hal::Temperature contact,
                                                       const protocol::Limits& limits)
    {
        if (!contact) return std::nullopt;
        lowest_ = pending_ ? std::min(lowest_, *contact) : *contact;
        pending_ = true;
        if (last_ && now - *last_ < step) return std::nullopt;
        last_ = now;
        pending_ = false;

        const auto oldest = count_ < steps ? past_[0] : past_[next_];
        const bool rises = count_ > 0 && lowest_ >= warm && lowest_ - oldest >= limits.contact_rise;
        const auto measured = count_ > 0 ? lowest_ - oldest : DeciCelsius{};
        past_[next_] = lowest_;
        next_ = (next_ + 1) % steps;
        count_ = std::min(count_ + 1, steps);
        in_a_row_ = rises ? in_a_row_ + 1 : 0;
        if (in_a_row_ < 2) return std::nullopt;
        return Cut{.cause = protocol::TripCause::contact_rising,
                   .measured = measured.count(),
                   .limit = limits.contact_rise.count(),
                   .held_for = step};
    }

private:
    std::array<DeciCelsius, steps> past_{};
    std::size_t next_{0};
    std::size_t count_{0};
    std::uint32_t in_a_row_{0};
    std::optional<Instant> last_;
    DeciCelsius lowest_{};
    bool pending_{false};
};

namespace proof {

/// Seconds until it cuts at so many tenths of a degree a minute from 30 degrees C, or -1.
[[nodiscard]] consteval std::int64_t rise_cuts_after(std::int32_t decidegrees_per_minute)
{
    ContactRise rule;
    for (std::int64_t second = 0; second < 300; ++second) {
        const auto contact = static_cast<std::int32_t>(300 + second * decidegrees_per_minute / 60);
        if (rule.observe(Instant{Millis{second * 1'000}}, DeciCelsius{contact},
                         protocol::factory<protocol::Limits>))
            return second;
    }
    return -1;
}

}  // namespace proof

static_assert(proof::rise_cuts_after(110) == -1, "a little below the limit for ever");
static_assert(proof::rise_cuts_after(130) == 65, "a minute must pass to know, and one more step");
static_assert(proof::rise_cuts_after(1'200) == 15, "a contact that burns is not waited for");

}  // namespace ks::core
