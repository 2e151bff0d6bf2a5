#include "firmware/core/guard/outlet.hpp"

#include "firmware/core/guard/rules/meter_silence.hpp"
#include "firmware/core/guard/rules/no_load.hpp"
#include "firmware/core/guard/rules/too_little.hpp"

namespace ks::core {

using hal::Relay;
using protocol::EndReason;
using protocol::TripCause;

Outlet::Outlet(protocol::OutletNumber number, Instant now, hal::PulseValue value)
    : number_{number}, pulse_value_{value}, seen_at_{now}, pulses_{value}
{
    check(number != protocol::whole_post);
    check(number <= protocol::outlet_limit);
    rules_.switching = Switching{now};
    rules_.conduction.told_open(now);
}

std::optional<TripCause> Outlet::latched() const
{
    const auto cause = latched_.get();
    if (!cause || !state_.intact()) return TripCause::memory_fault;
    if (*cause == 0) return std::nullopt;
    return static_cast<TripCause>(*cause);
}

bool Outlet::needs_contactor() const
{
    const auto cause = latched();
    return cause == TripCause::relay_welded || cause == TripCause::coil_mismatch ||
           cause == TripCause::memory_fault;
}

Milliwatts Outlet::power() const
{
    check(newest_.has_value());
    return Plausible::magnitude(newest_->power);
}

bool Outlet::fresh() const
{
    check(newest_.has_value());
    return newest_->at >= closed_at_;
}

protocol::OutletReading Outlet::reading() const
{
    return {.state = state(),
            .current = current(),
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

void Outlet::observe(Instant now, const hal::OutletInputs& input, const Around& around,
                     Teller& teller)
{
    const auto span = now - seen_at_;
    check(span >= Millis{});
    seen_at_ = now;
    contact_ = input.contact;
    set_up_ = input.set_up;
    if (!state_.intact() || !latched_.intact()) mend(now, teller);
    if (input.sample) measure(*input.sample);
    rules_.overload.advance(now, span, current(), around.limits);
    account(now, span, around);

    if (const auto found = judge(now, input, around)) return cut(now, *found, teller);

    if (relay() == Relay::closed) {
        if (const auto reason = ending(now, around)) return end(now, *reason, teller);
        if (fresh() && draws(power(), around.limits)) {
            rules_.no_current.carried();
            step(now, OutletEvent::made, teller);
        }
    } else if (rules_.conduction.gone()) {
        step(now, OutletEvent::broken, teller);
    }
}

// What a flipped bit left is not asked what it was: everything of this outlet opens, and a person
// must look.
void Outlet::mend(Instant now, Teller& teller)
{
    const auto from = state();
    state_.set(OutletState::locked_out);
    latched_.set(static_cast<std::uint8_t>(TripCause::memory_fault));
    if (session_ && !session_->over) finish_session(now, EndReason::tripped);
    rules_.conduction.told_open(now);
    rules_.switching.opened(now);
    teller.tell(NewsTripped{.at = now,
                            .trip = {.outlet = number_,
                                     .cause = TripCause::memory_fault,
                                     .session = session(),
                                     .measured = 0,
                                     .limit = 0,
                                     .held_for = Millis{},
                                     .count = 1}});
    if (from != OutletState::locked_out)
        teller.tell(
            NewsState{.at = now, .outlet = number_, .from = from, .to = OutletState::locked_out});
}

void Outlet::measure(const hal::Sample& sample)
{
    rules_.plausible.observe(sample);
    rules_.meter_frozen.observe(sample);
    // Current where none may be is looked at even when the sample lies about something else.
    // A meter that stands still shows what was, and is no witness of what is.
    if (relay() == Relay::open && !rules_.meter_frozen.cut()) rules_.conduction.observe(sample);
    if (rules_.plausible.newest_lies()) return;

    newest_ = sample;
    if (!trace_due_) trace_.add(sample, contact_);
    const auto pulses = pulses_.advance(sample.at, sample.pulses);
    if (!session_) return;
    session_->pulses += pulses;
    session_->peak = std::max(session_->peak, power());
    session_->fresh_pulses += pulses;
}

// Everything that is judged over time, whatever a sample says this very tick.
void Outlet::account(Instant now, Millis span, const Around& around)
{
    if (!session_ || relay() == Relay::open) return;
    auto& rules = rules_.session;
    const auto& limits = around.limits;
    window_.advance(span, power());
    const auto pulses = session_->fresh_pulses;
    session_->fresh_pulses = 0;
    if (const auto found = rules.energy_check.observe(span, power(), pulses, pulse_value_))
        rules.slow_cut = found;

    const auto supply = this->supply(around);
    if (newest_->voltage < Voltage::dipped) rules.profile.begins_anew();
    rules.swapped.observe(now, span, power(), supply, limits);
    rules.dropouts.observe(now, {.power = power(), .contact = contact_, .supply = supply}, limits);
    if (const auto found = rules.power_step.observe(now, power(), rules.profile, limits))
        rules.slow_cut = found;
    const auto minute = rules.profile.advance(span, power());
    if (!minute) return;
    if (const auto found = rules.no_taper.observe(rules.profile, limits)) rules.slow_cut = found;
    if (const auto found = rules.late_rise.observe(rules.profile, *minute, limits))
        rules.slow_cut = found;
}

// Meters are polled in turn: what the post has seen return this outlet may not have seen yet.
Supply Outlet::supply(const Around& around) const
{
    check(newest_.has_value());
    return newest_->voltage < Voltage::gone ? Supply::gone : around.supply;
}

std::optional<EndReason> Outlet::ending(Instant now, const Around& around)
{
    check(session_.has_value());
    const auto& limits = around.limits;
    auto& rules = rules_.session;
    const auto energy = energy_of(session_->pulses, pulse_value_);
    if (const auto reason = limit_reached(session_->grant, limits, now - closed_at_, energy))
        return reason;
    if (state() == OutletState::closing) {
        if (!nothing_came(now - closed_at_, limits)) return std::nullopt;
        if (supply(around) == Supply::gone) return EndReason::power_lost;
        if (session_->peak == Milliwatts{}) rules_.no_current.closed_for_nothing();
        return EndReason::no_load;
    }
    const auto nothing = rules.unplugged.observe(now, power(), supply(around), limits);
    const bool full = rules.full.observe(now, power(), session_->peak, limits);
    if (nothing) return nothing;
    if (rules.swapped.swapped(limits)) return EndReason::load_swapped;
    if (full) return EndReason::full;
    if (too_little(rules.profile, limits)) return EndReason::too_little_power;
    return std::nullopt;
}

void Outlet::cut(Instant now, const Cut& cut, Teller& teller)
{
    if (relay() == Relay::closed) finish_session(now, EndReason::tripped);
    latched_.set(static_cast<std::uint8_t>(cut.cause));
    // What its meter shows is the other's current, which is told to end only now.
    if (cut.cause == TripCause::meters_mixed_up) rules_.conduction.told_open(now);
    rules_.session.slow_cut.reset();
    teller.tell(NewsTripped{.at = now,
                            .trip = {.outlet = number_,
                                     .cause = cut.cause,
                                     .session = session(),
                                     .measured = cut.measured,
                                     .limit = cut.limit,
                                     .held_for = cut.held_for,
                                     .count = 1}});
    trace_due_ = TraceDue{.at = now, .cause = cut.cause, .session = session()};
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
    check(session_.has_value());
    check(!session_->over);
    session_->over = Session::Over{.reason = reason, .elapsed = now - session_->began};
}

void Outlet::tell_end(Instant now, Verdict verdict, Teller& teller)
{
    if (!session_ || !session_->over) return;
    const bool late = now - rules_.conduction.open_since() >= end_told_by;
    if (verdict == Verdict::pending && !rules_.conduction.gone() && !late) return;
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

void Outlet::grant(Instant now, const WishStart& wish, Teller& teller)
{
    check(!session_);
    check(state() == OutletState::idle);
    session_ = Session{.id = wish.session,
                       .grant = {.means = wish.means,
                                 .time_limit = wish.time_limit,
                                 .energy_limit = wish.energy_limit},
                       .began = now,
                       .pulses = 0,
                       .fresh_pulses = 0,
                       .peak = {},
                       .over = std::nullopt};
    window_ = {};
    rules_.session = {};
    if (wish.expected > Milliwatts{}) rules_.session.swapped.expect(now, wish.expected);
    step(now, OutletEvent::granted, teller);
    teller.tell(
        NewsStarted{.at = now, .outlet = number_, .session = wish.session, .means = wish.means});
}

void Outlet::restore(Instant now, std::optional<TripCause> latched, Teller& teller)
{
    rules_.overload = {};
    if (!latched) return;
    // What has tripped since the reset is the newer news, except that a welded relay keeps the
    // contactor open and must be cleared by that name.
    if (this->latched() && *latched != TripCause::relay_welded) return;
    latched_.set(static_cast<std::uint8_t>(*latched));
    step(now, OutletEvent::cut, teller);
}

std::optional<NewsTrace> Outlet::take_trace()
{
    if (!trace_due_) return std::nullopt;
    const auto due = *trace_due_;
    trace_due_.reset();
    return NewsTrace{.at = due.at,
                     .trace = {.outlet = number_,
                               .cause = due.cause,
                               .session = due.session,
                               .points = trace_.before(due.at)}};
}

void Outlet::step(Instant now, OutletEvent event, Teller& teller)
{
    const auto from = state();
    const auto to = after(from, event);
    if (to == from) return;
    state_.set(to);
    // A damaged latch is mended by the next look, whoever comes before it.
    if (latched_.intact()) check((to == OutletState::locked_out) == latched().has_value());
    if (relay_in(from) == Relay::open && relay_in(to) == Relay::closed) {
        closed_at_ = now;
        rules_.switching.closed(now);
    }
    if (relay_in(from) == Relay::closed && relay_in(to) == Relay::open) {
        rules_.conduction.told_open(now);
        rules_.switching.opened(now);
    }
    teller.tell(NewsState{.at = now, .outlet = number_, .from = from, .to = to});
}

}  // namespace ks::core
