#pragma once

#include "firmware/base/instant.hpp"

#include <optional>

namespace ks::core {

/// Tells one matter once and then reminds of it at most three times, ever more seldom: after so
/// long, four times and sixteen times as long. Then it has been said.
class Reminder {
public:
    static constexpr std::uint8_t reminders_most = 3;

    constexpr void begin(Instant now)
    {
        next_at_ = now;
        told_ = 0;
    }
    constexpr void stop() { next_at_.reset(); }

    /// Its number (0 the first telling) when something is to be said now.
    [[nodiscard]] constexpr std::optional<std::uint8_t> due(Instant now) const
    {
        if (!next_at_ || now < *next_at_) return std::nullopt;
        return told_;
    }
    /// It has been said.
    constexpr void told(Instant now, Millis remind_after)
    {
        next_at_ = now + Millis{remind_after.count() << 2 * told_};
        if (++told_ > reminders_most) next_at_.reset();
    }

private:
    std::optional<Instant> next_at_;
    std::uint8_t told_{0};
};

static_assert(
    [] {
        Reminder reminder;
        reminder.begin(Instant{});
        int count = 0;
        for (std::int64_t ms = 0; ms < 1'000; ++ms)
            if (reminder.due(Instant{Millis{ms}})) {
                reminder.told(Instant{Millis{ms}}, Millis{2});
                ++count;
            }
        return count == 1 + Reminder::reminders_most;
    }(),
    "no matter is told for ever");

}  // namespace ks::core
