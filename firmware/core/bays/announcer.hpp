#pragma once

#include "firmware/core/bays/bay_words.hpp"

namespace ks::core {

/// The one voice of a post: what its sounder, voice module or display is to say now. The more
/// urgent matter is heard; the same matter asked again is said again; each ends by itself.
class Announcer {
public:
    constexpr void ask(Announcement what, Instant until)
    {
        if (what.message < wanted_.message) return;
        wanted_ = what;
        until_ = until;
    }
    /// The matter is gone.
    constexpr void stop(Announcement what)
    {
        if (wanted_ == what) wanted_ = {};
    }
    constexpr void pass(Instant now)
    {
        if (now >= until_) wanted_ = {};
    }

    [[nodiscard]] constexpr Announcement wanted() const { return wanted_; }

private:
    Announcement wanted_{};
    Instant until_{};
};

static_assert(
    [] {
        Announcer announcer;
        const Announcement zone{.message = Message::bike_in_zone, .place = 2};
        announcer.ask(zone, Instant{Millis{10}});
        announcer.ask({.message = Message::overstay, .place = 1}, Instant{Millis{20}});
        const bool urgent = announcer.wanted() == zone;
        announcer.pass(Instant{Millis{10}});
        return urgent && announcer.wanted().message == Message::silence;
    }(),
    "the more urgent is heard, and not for ever");

}  // namespace ks::core
