#include "firmware/core/bays/occupancy.hpp"

namespace ks::core {

BayState Occupancy::seen(const hal::SensorReading& reading, const BaySettings& settings) const
{
    if (reading.finding == hal::Finding::faulty) return BayState::unknown;
    if (settings.free_above == Millimetres{})
        return reading.finding == hal::Finding::active ? BayState::taken : BayState::free;
    if (!reading.distance) return BayState::unknown;
    if (*reading.distance < settings.taken_below) return BayState::taken;
    if (*reading.distance > settings.free_above) return BayState::free;
    return candidate_;
}

Millis Occupancy::hold_of(BayState state, const BaySettings& settings) const
{
    const auto hold = state == BayState::free ? settings.free_hold : settings.taken_hold;
    return flaps_ ? std::max(hold, calm_after) : hold;
}

void Occupancy::hear(const hal::SensorReading& reading, const BaySettings& settings)
{
    // What came after a silence says nothing about what was before it.
    pass(reading.at, settings);
    heard_at_ = reading.at;
    const auto now_seen = seen(reading, settings);
    if (now_seen != candidate_) {
        candidate_ = now_seen;
        candidate_since_ = reading.at;
    }
    if (candidate_ != state_ && reading.at - candidate_since_ >= hold_of(candidate_, settings))
        become(candidate_, reading.at);
}

void Occupancy::pass(Instant now, const BaySettings& settings)
{
    if (!heard_at_ || now - *heard_at_ < settings.silent_after) return;
    state_ = candidate_ = BayState::unknown;
}

void Occupancy::become(BayState state, Instant now)
{
    check(state != state_ && now >= candidate_since_);
    if (now - window_from_ >= change_window) {
        window_from_ = now;
        changes_ = 0;
    }
    const bool was_flapping = flaps_;
    flaps_ = ++changes_ > changes_most;
    if (was_flapping && now - candidate_since_ >= calm_after) {
        flaps_ = false;
        changes_ = 0;
    }
    state_ = flaps_ ? BayState::unknown : state;
}

}  // namespace ks::core
