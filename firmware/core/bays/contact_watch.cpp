#include "firmware/core/bays/contact_watch.hpp"

namespace ks::core {

void ContactWatch::hear(const hal::SensorReading& reading, const Holds& holds)
{
    // What came after a silence says nothing about what was before it.
    pass(reading.at, holds);
    heard_at_ = reading.at;
    if (reading.finding != candidate_) {
        candidate_ = reading.finding;
        candidate_since_ = reading.at;
    }
    const auto held = reading.at - candidate_since_;
    switch (candidate_) {
    case hal::Finding::active:
        if (held >= holds.active) become(WatchState::active);
        return;
    case hal::Finding::quiet:
        // Only a matter is slow to clear. What was never active is quiet at once.
        if (state_ != WatchState::active || held >= holds.quiet) become(WatchState::quiet);
        return;
    case hal::Finding::faulty:
        if (held >= holds.silent_after) lose(Loss::faulty);
        return;
    }
}

void ContactWatch::pass(Instant now, const Holds& holds)
{
    if (!heard_at_) heard_at_ = now;
    if (now - *heard_at_ < holds.silent_after) return;
    candidate_ = hal::Finding::faulty;
    candidate_since_ = now;
    lose(Loss::silent);
}

void ContactWatch::lose(Loss how)
{
    if (state_ != WatchState::lost) loss_ = how;
    become(WatchState::lost);
}

void ContactWatch::become(WatchState state)
{
    if (state == state_) return;
    // Active from the first look on, or straight after a silence: nobody knows since when.
    const bool watched = state_ == WatchState::quiet;
    since_ =
        state == WatchState::active && watched ? std::optional{candidate_since_} : std::nullopt;
    state_ = state;
}

}  // namespace ks::core
