#include "firmware/core/guard/outlet.hpp"

#include "firmware/core/guard/rules/hard_overcurrent.hpp"
#include "firmware/core/guard/rules/meter_silence.hpp"
#include "firmware/core/guard/rules/no_load.hpp"

namespace ks::core {

using hal::Relay;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

Outlet::Outlet(protocol::OutletNumber number, Instant now, hal::PulseValue value)
    : number_{number}, pulse_value_{value}, seen_at_{now}, switching_{now}, pulses_{value}
{
    check(number != protocol::whole_post && number <= protocol::outlet_limit);
    conduction_.told_open(now);
}

Milliwatts Outlet::magnitude() const
{
    if (!newest_) return {};
    // A shunt wired the wrong way round shows negative power; for safety it is power (F-030).
    const auto power = newest_->power.count();
    return Milliwatts{power < 0 ? (power == INT32_MIN ? INT32_MAX : -power) : power};
}

protocol::OutletReading Outlet::reading() const
{
    return {.state = state_,
            .current = newest_ ? newest_->current : Milliamps{},
            .power = newest_ ? newest_->power : Milliwatts{},
            .energy = session_ ? energy_of(session_->pulses, pulse_value_) : MilliwattHours{},
            .contact = contact_};
}

Course Outlet::course(Instant now) const
{
    if (!session_) return {};
    return window_.course(session_->elapsed(now), session_->peak);
}

std::optional<Millivolts> Outlet::mains() const
{
    if (!newest_ || silent(newest_->at, seen_at_)) return std::nullopt;
    return newest_->voltage;
}

void Outlet::observe(Instant now, const GuardInput& input, const Settings& settings, Teller& teller)
{
    const auto span = now - seen_at_;
    check(span >= Millis{});
    seen_at_ = now;
    contact_ = input.contact;
    if (input.sample) measure(*input.sample);
    overload_.advance(now, span, newest_ ? newest_->current : Milliamps{}, settings);
    account(span);

    if (const auto cut = judge(now, input, settings)) return trip(now, *cut, teller);

    if (relay() == Relay::closed) {
        if (const auto reason = ending(now, settings)) return end(now, *reason, teller);
        const bool fresh = newest_ && newest_->at >= closed_at_;
        if (fresh && draws(magnitude(), settings)) step(now, OutletEvent::made, teller);
    } else if (conduction_.gone()) {
        step(now, OutletEvent::broken, teller);
    }
}

void Outlet::measure(const hal::Sample& sample)
{
    newest_ = sample;
    const auto pulses = pulses_.advance(sample.at, sample.pulses);
    if (session_) {
        session_->pulses += pulses;
        session_->peak = std::max(session_->peak, magnitude());
    }
    if (relay() == Relay::open) conduction_.observe(sample);
}

void Outlet::account(Millis span)
{
    if (session_ && relay() == Relay::closed && span > Millis{}) window_.advance(span, magnitude());
}

// The order is fixed, so that the first cut is the one that is named.
std::optional<Cut> Outlet::judge(Instant now, const GuardInput& input, const Settings& settings)
{
    // Judged on every tick, whatever follows from it: its hold times must not pause.
    const auto contact = contact_rule_.observe(now, input.contact, settings.contact_limit);

    if (relay() == Relay::closed)
        if (const auto cut = judge_closed(now, input, settings)) return cut;
    if (state_ != OutletState::locked_out) {
        if (contact) return contact;
        if (relay() == Relay::closed || state_ == OutletState::opening) {
            const auto since = relay() == Relay::closed ? closed_at_ : conduction_.open_since();
            const auto heard = newest_ ? std::max(newest_->at, since) : since;
            if (const auto cut = meter_silence(heard, now)) return cut;
        }
    }
    if (relay() == Relay::open && latched_ != TripCause::relay_welded) return conduction_.cut(now);
    return std::nullopt;
}

std::optional<Cut> Outlet::judge_closed(Instant now, const GuardInput& input,
                                        const Settings& settings) const
{
    if (input.sample && input.sample->at >= closed_at_)
        if (const auto cut = hard_overcurrent(*input.sample, settings.hard_overcurrent, closed_at_))
            return cut;
    return overload_.cut(now, settings);
}

std::optional<EndReason> Outlet::ending(Instant now, const Settings& settings)
{
    check(session_.has_value());
    const auto energy = energy_of(session_->pulses, pulse_value_);
    if (const auto reason = limit_reached(session_->grant, settings, now - closed_at_, energy))
        return reason;
    if (state_ == OutletState::closing) {
        if (nothing_came(now - closed_at_, settings)) return EndReason::no_load;
        return std::nullopt;
    }
    const bool unplugged = unplugged_.observe(now, magnitude(), settings);
    const bool full = full_.observe(now, magnitude(), session_->peak, settings);
    if (unplugged) return EndReason::unplugged;
    if (full) return EndReason::full;
    return std::nullopt;
}

void Outlet::trip(Instant now, const Cut& cut, Teller& teller)
{
    if (relay() == Relay::closed) finish_session(now, EndReason::tripped);
    latched_ = cut.cause;
    teller.tell(NewsTripped{.at = now,
                            .trip = {.outlet = number_,
                                     .cause = cut.cause,
                                     .session = session(),
                                     .measured = cut.measured,
                                     .limit = cut.limit,
                                     .held_for = cut.held_for,
                                     .count = 1}});
    step(now, OutletEvent::cut, teller);
    check(relay() == Relay::open);
}

void Outlet::end(Instant now, EndReason reason, Teller& teller)
{
    if (relay() == Relay::open) return;
    finish_session(now, reason);
    step(now, OutletEvent::ended, teller);
    check(relay() == Relay::open);
}

void Outlet::finish_session(Instant now, EndReason reason)
{
    check(session_ && !session_->over);
    session_->over = Session::Over{.reason = reason, .elapsed = now - session_->began};
}

void Outlet::tell_end(Instant now, Verdict verdict, Teller& teller)
{
    if (!session_ || !session_->over) return;
    const bool late = now - conduction_.open_since() >= end_told_by;
    if (verdict == Verdict::pending && !conduction_.gone() && !late) return;
    teller.tell(NewsEnded{.at = now,
                          .outlet = number_,
                          .session = session_->id,
                          .reason = session_->over->reason,
                          .elapsed = session_->over->elapsed,
                          .energy = energy_of(session_->pulses, pulse_value_),
                          .peak = session_->peak});
    session_.reset();
    window_ = {};
}

std::optional<CommandOutcome> Outlet::refuses(Instant now, const Settings& settings) const
{
    if (state_ == OutletState::locked_out) return CommandOutcome::outlet_locked;
    if (state_ != OutletState::idle || session_) return CommandOutcome::outlet_busy;
    if (!newest_ || silent(newest_->at, now)) return CommandOutcome::meter_silent;
    // Level before edge: an outlet that is about to trip is not closed to find out.
    if (conduction_.suspicious() || !Contact::good(contact_, settings.contact_limit))
        return CommandOutcome::cause_present;
    if (!switching_.may_close(now)) return CommandOutcome::too_soon;
    return std::nullopt;
}

void Outlet::grant(Instant now, const WishStart& wish, Teller& teller)
{
    check(!session_ && state_ == OutletState::idle);
    session_ = Session{.id = wish.session,
                       .grant = {.time_limit = wish.time_limit, .energy_limit = wish.energy_limit},
                       .began = now,
                       .pulses = 0,
                       .peak = {},
                       .over = std::nullopt};
    window_ = {};
    full_ = {};
    unplugged_ = {};
    step(now, OutletEvent::granted, teller);
    teller.tell(NewsStarted{.at = now, .outlet = number_, .session = wish.session});
}

CommandOutcome Outlet::clear(Instant now, const WishClear& wish, const Settings& settings,
                             Teller& teller)
{
    if (!latched_) return CommandOutcome::nothing_to_clear;
    if (*latched_ != wish.cause) return CommandOutcome::wrong_cause;
    if (cause_present(now, settings)) return CommandOutcome::cause_present;
    latched_.reset();
    teller.tell(
        NewsCleared{.at = now, .outlet = number_, .cause = wish.cause, .ticket = wish.ticket});
    step(now, OutletEvent::reset, teller);
    return CommandOutcome::done;
}

bool Outlet::cause_present(Instant now, const Settings& settings) const
{
    // Whatever it was: as long as the current has not been seen to vanish, nothing is over.
    if (silent(newest_ ? std::optional{newest_->at} : std::nullopt, now)) return true;
    if (!conduction_.gone() || session_) return true;
    switch (*latched_) {
    case TripCause::overload: return !overload_.cooled(settings);
    case TripCause::contact_overheated: return !Contact::cooled(contact_, settings.contact_limit);
    case TripCause::sensor_failed: return !contact_.has_value();
    // Gone with the current, which was looked at above.
    case TripCause::hard_overcurrent:
    case TripCause::meter_silent:
    case TripCause::relay_welded:
    case TripCause::contactor_welded: return false;
    }
    return true;
}

void Outlet::restore(Instant now, std::optional<TripCause> latched, Teller& teller)
{
    overload_ = {};
    if (!latched) return;
    // What has tripped since the reset is the newer news, except that a welded relay keeps the
    // contactor open and must be cleared by that name.
    if (latched_ && *latched != TripCause::relay_welded) return;
    latched_ = latched;
    step(now, OutletEvent::cut, teller);
}

void Outlet::step(Instant now, OutletEvent event, Teller& teller)
{
    const auto from = state_;
    state_ = after(from, event);
    if (state_ == from) return;
    check((state_ == OutletState::locked_out) == latched_.has_value());
    if (relay_in(from) == Relay::open && relay() == Relay::closed) {
        closed_at_ = now;
        switching_.closed(now);
    }
    if (relay_in(from) == Relay::closed && relay() == Relay::open) {
        conduction_.told_open(now);
        switching_.opened(now);
    }
    teller.tell(NewsState{.at = now, .outlet = number_, .from = from, .to = state_});
}

}  // namespace ks::core
