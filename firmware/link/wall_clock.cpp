#include "firmware/link/wall_clock.hpp"

namespace ks::link {

void WallClock::sent(Instant at)
{
    if (awaited_.full()) awaited_.pop();
    check(awaited_.push(at));
}

WallClock::Heard WallClock::hear(const protocol::TimeNotice& notice, Instant now)
{
    if (!take_echo(notice.echo)) return Heard::unasked;
    check(now >= notice.echo);
    const auto round_trip = now - notice.echo;
    if (round_trip > round_trip_limit) return Heard::too_slow;
    if (notice.now < built_) return Heard::before_build;

    // The edge looked at its clock some time between the two moments; the middle is off by half of
    // it at most. Rounded up, and never nothing: both clocks count whole milliseconds.
    const auto half = Millis{(round_trip.count() + 1) / 2};
    const protocol::WallTime heard{.at = notice.now + half, .error = half + Millis{1}};

    // An answer that cannot be true together with what we know means that the edge's clock was set
    // anew; it is the one that people look at, so we follow.
    if (const auto known = at(now)) {
        const auto apart =
            Millis{std::max((heard.at - known->at).count(), (known->at - heard.at).count())};
        const bool contradicts = apart > heard.error + known->error;
        if (!contradicts && heard.error > known->error) return Heard::worse;
    }
    fix_ = Fix{.mono = now, .wall = heard.at, .error = heard.error};
    return Heard::taken;
}

std::optional<protocol::WallTime> WallClock::at(Instant now) const
{
    if (!fix_) return std::nullopt;
    const auto elapsed = now - fix_->mono;
    check(elapsed >= Millis{0});
    return protocol::WallTime{.at = fix_->wall + elapsed,
                              .error = fix_->error + drift_over(elapsed)};
}

/// Each echo is good once, and those before it with it: the line keeps order, so an older answer
/// that comes later has lain somewhere.
bool WallClock::take_echo(Instant echo)
{
    for (std::size_t i = 0; i < awaited_.size(); ++i) {
        if (awaited_[i] != echo) continue;
        for (std::size_t gone = 0; gone <= i; ++gone)
            awaited_.pop();
        return true;
    }
    return false;
}

}  // namespace ks::link
