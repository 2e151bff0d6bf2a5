#include "firmware/core/guard/guard.hpp"

namespace ks::core {

using hal::Relay;
using protocol::EndReason;
using protocol::TripCause;

Guard::Guard(std::uint8_t outlets, hal::PulseValue value) : count_{outlets}, pulse_value_{value}
{
    check(outlets > 0 && outlets <= protocol::outlet_limit);
}

// Until the first tick there is no time, so there are no outlets either: their relays are open.
void Guard::begin(Instant now)
{
    for (std::uint8_t i = 0; i < count_; ++i)
        outlets_.push_back(Outlet{static_cast<std::uint8_t>(i + 1), now, pulse_value_});
    ticked_at_ = heard_at_ = contactor_open_since_ = readings_at_ = now;
}

// The order is the policy. What was measured is judged before anything is granted, so no wish of
// this tick can rest on what the tick before knew.
void Guard::tick(Instant now, std::span<const GuardInput> inputs)
{
    check(inputs.size() == count_);
    if (outlets_.empty()) begin(now);
    check(now >= ticked_at_);
    ticked_at_ = now;

    listen(now);
    for (std::uint8_t i = 0; i < count_; ++i)
        outlets_[i].observe(now, inputs[i], settings_, teller_);
    judge_contactor(now);
    follow_contactor(now);

    for (std::size_t i = 0; i < wish_room; ++i) {
        const auto wish = wishes_.pop();
        if (!wish) break;
        take(now, *wish);
    }
    follow_contactor(now);

    tell_ends(now);
    offer_readings(now);
    teller_.flush(news_);
}

hal::Relay Guard::relay(protocol::OutletNumber outlet) const
{
    check(outlet != protocol::whole_post && outlet <= count_);
    return outlets_.empty() ? Relay::open : outlets_[outlet - 1U].relay();
}

hal::Relay Guard::contactor() const
{
    if (memory_ == Memory::unknown || whole_ || health_ == Health::rest_silent) return Relay::open;
    for (const auto& outlet : outlets_)
        if (outlet.latched() == TripCause::relay_welded) return Relay::open;
    return Relay::closed;
}

void Guard::still_here(Instant now)
{
    // A full ring says as much: the guard has not looked since.
    static_cast<void>(signs_of_life_.push(now));
}

// When it was heard is judged by the guard's own clock: a rest that has lost its way may sign with
// any time.
void Guard::listen(Instant now)
{
    while (signs_of_life_.pop())
        heard_at_ = now;
    health_ = now - heard_at_ >= rest_silence_limit ? Health::rest_silent : Health::well;
    if (health_ == Health::rest_silent) end_all(now, EndReason::post_fault);
}

void Guard::end_all(Instant now, EndReason reason)
{
    for (auto& outlet : outlets_)
        outlet.end(now, reason, teller_);
}

// Current with relay and contactor both told open: nothing of ours can stop it any more, and the
// alarm must say which breaker to pull.
void Guard::judge_contactor(Instant now)
{
    if (whole_ || contactor_was_ == Relay::closed) return;
    for (const auto& outlet : outlets_) {
        const auto& conduction = outlet.conduction();
        if (outlet.relay() == Relay::closed || !conduction.flows_since(contactor_open_since_))
            continue;
        const auto cut =
            conduction.conducting(TripCause::contactor_welded, now - contactor_open_since_);
        whole_ = TripCause::contactor_welded;
        teller_.tell(NewsTripped{.at = now,
                                 .trip = {.outlet = protocol::whole_post,
                                          .cause = cut.cause,
                                          .session = outlet.session(),
                                          .measured = cut.measured,
                                          .limit = cut.limit,
                                          .held_for = cut.held_for,
                                          .count = 1}});
        return;
    }
}

void Guard::follow_contactor(Instant now)
{
    const auto wanted = contactor();
    if (wanted == Relay::open) {
        if (contactor_was_ == Relay::closed) contactor_open_since_ = now;
        end_all(now, EndReason::contactor_opened);
    }
    contactor_was_ = wanted;
}

void Guard::tell_ends(Instant now)
{
    const auto verdict = whole_ ? Outlet::Verdict::judged : Outlet::Verdict::pending;
    for (auto& outlet : outlets_)
        outlet.tell_end(now, verdict, teller_);
}

void Guard::offer_readings(Instant now)
{
    const bool changed = teller_.facts_told() != facts_at_readings_;
    if (!changed && now - readings_at_ < readings_every) return;
    // No room: the course goes on and is told with the next ones.
    if (!readings_.push(readings_at(now))) return;
    facts_at_readings_ = teller_.facts_told();
    readings_at_ = now;
    for (auto& outlet : outlets_)
        outlet.course_taken();
}

Readings Guard::readings_at(Instant now) const
{
    Readings readings{};
    readings.at = now;
    for (std::size_t i = 0; i < outlets_.size(); ++i) {
        const auto& outlet = outlets_[i];
        readings.frame.outlets.push_back(outlet.reading());
        readings.sessions[i] = outlet.session();
        readings.courses[i] = outlet.course(now);
        readings.frame.mains =
            std::max(readings.frame.mains, outlet.mains().value_or(Millivolts{}));
    }
    return readings;
}

}  // namespace ks::core
