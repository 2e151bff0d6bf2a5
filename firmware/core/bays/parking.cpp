#include "firmware/core/bays/parking.hpp"

#include <algorithm>

namespace ks::core {

namespace {

constexpr bool charges(protocol::OutletState state)
{
    return state == protocol::OutletState::closing || state == protocol::OutletState::charging;
}

/// The person got what they came for, or ended it themselves: the bay is for the next one.
constexpr bool is_over(protocol::EndReason reason)
{
    switch (reason) {
    case protocol::EndReason::unplugged:
    case protocol::EndReason::full:
    case protocol::EndReason::time_limit:
    case protocol::EndReason::time_cap:
    case protocol::EndReason::energy_limit:
    case protocol::EndReason::stopped:
    case protocol::EndReason::too_little_power:
    case protocol::EndReason::load_swapped:
    case protocol::EndReason::test_over:
    case protocol::EndReason::card_stopped: return true;
    case protocol::EndReason::no_load:
    case protocol::EndReason::tripped:
    case protocol::EndReason::power_lost:
    case protocol::EndReason::contactor_opened:
    case protocol::EndReason::post_fault:
    case protocol::EndReason::shed: return false;
    }
    return false;
}

}  // namespace

void Parking::enter(Phase phase, Instant now)
{
    phase_ = phase;
    phase_since_ = now;
    begun_ = false;
    unsettled_ = unsettled_ || told_;
    told_ = false;
    reminder_.stop();
}

void Parking::arrive(Instant now, std::optional<Instant> since)
{
    since_ = since;
    const bool fresh_tap = tap_ != 0 && now - tap_at_ < tap_kept;
    card_ = session_card_ != 0 ? session_card_ : fresh_tap ? tap_ : 0;
    enter(charges(outlet_) ? Phase::charging : Phase::waiting, now);
}

void Parking::leave()
{
    give_way();
    unsettled_ = false;
}

void Parking::give_way()
{
    enter(Phase::empty, Instant{});
    since_.reset();
    card_ = tap_ = 0;
}

void Parking::outlet_is(protocol::OutletState state, Instant now)
{
    const bool was_locked = locked();
    outlet_ = state;
    if (phase_ == Phase::empty) return;
    if (charges(state)) {
        if (phase_ != Phase::charging) enter(Phase::charging, now);
    } else if (phase_ == Phase::charging || (phase_ == Phase::waiting && was_locked != locked())) {
        enter(Phase::waiting, now);
    }
}

void Parking::session_started(protocol::CardToken card, Instant now)
{
    session_card_ = card;
    if (phase_ == Phase::empty) return;
    if (card != 0) card_ = card;
    enter(Phase::charging, now);
}

void Parking::session_ended(protocol::EndReason reason, Instant now)
{
    session_card_ = 0;
    if (phase_ == Phase::empty) return;
    enter(is_over(reason) ? Phase::finished : Phase::waiting, now);
}

void Parking::tapped(protocol::CardToken card, Instant now)
{
    tap_ = card;
    tap_at_ = now;
    // Whoever taps while a session runs is somebody else, or the same to stop it.
    if (phase_ == Phase::waiting || phase_ == Phase::finished) card_ = card;
}

std::optional<Millis> Parking::stayed(Instant until) const
{
    if (phase_ != Phase::finished) return std::nullopt;
    return std::max(until - phase_since_, Millis{});
}

std::optional<Parking::Matter> Parking::due(Instant now, const BaySettings& settings)
{
    if (unsettled_) return Matter{.what = BayMatter::settled, .reminder = 0, .since = {}};
    if (phase_ == Phase::finished && !told_)
        return Matter{.what = BayMatter::finished, .reminder = 0, .since = phase_since_};
    const bool waits = phase_ == Phase::waiting && !locked();
    if (!waits && phase_ != Phase::finished) return std::nullopt;
    const auto after = waits ? settings.not_charging_after : settings.overstay_after;
    if (after == Millis{}) return std::nullopt;

    if (!begun_ && now - phase_since_ >= after) {
        begun_ = true;
        reminder_.begin(now);
    }
    const auto number = reminder_.due(now);
    if (!number) return std::nullopt;
    if (waits) return Matter{.what = BayMatter::not_charging, .reminder = *number, .since = since_};
    return Matter{.what = BayMatter::overstay, .reminder = *number, .since = phase_since_};
}

void Parking::told(BayMatter what, Instant now, const BaySettings& settings)
{
    if (what == BayMatter::settled) {
        unsettled_ = false;
        return;
    }
    told_ = true;
    if (what == BayMatter::finished) return;
    check(begun_);
    reminder_.told(now, settings.remind_after);
}

}  // namespace ks::core
