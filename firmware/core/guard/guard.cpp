#include "firmware/core/guard/guard.hpp"

namespace ks::core {

using hal::Relay;
using protocol::CauseSet;
using protocol::EndReason;
using protocol::TripCause;

Guard::Guard(const Setup& setup) : setup_{setup}, settings_sum_{checksum(settings_)}
{
    check(setup.outlets > 0);
    check(setup.outlets <= protocol::outlet_limit);
    check(setup.spread_permille < 1'000);
}

// Until the first tick there is no time, so there are no outlets either: their relays are open.
void Guard::begin(Instant now)
{
    for (std::uint8_t i = 0; i < setup_.outlets; ++i)
        outlets_.push_back(Outlet{static_cast<std::uint8_t>(i + 1), now, setup_.pulse});
    ticked_at_ = heard_at_ = contactor_open_since_ = readings_at_ = now;
}

// The order is the policy. What was measured is judged before anything is granted, so no wish of
// this tick can rest on what the tick before knew.
void Guard::tick(Instant now, std::span<const hal::OutletInputs> outlets,
                 const hal::PostInputs& post)
{
    check(outlets.size() == setup_.outlets);
    if (outlets_.empty()) begin(now);
    check(now >= ticked_at_);
    ticked_at_ = now;

    flow_.begin();
    listen(now);
    judge_memory(now);
    observe(now, outlets, post);
    judge_post(now);
    judge_circuits(now);
    judge_contactor(now);
    judge_budget(now);
    follow_contactor(now);

    take_wishes(now);
    follow_contactor(now);

    tell_ends(now);
    offer_readings(now);
    teller_.flush(news_);
}

void Guard::take_wishes(Instant now)
{
    flow_.passed(GuardStep::wishes_taken);
    for (std::size_t i = 0; i < wish_room; ++i) {
        const auto wish = wishes_.pop();
        if (!wish) break;
        take(now, *wish);
    }
    close_in_turn(now);
}

hal::Relay Guard::relay(protocol::OutletNumber outlet) const
{
    check(outlet != protocol::whole_post);
    check(outlet <= setup_.outlets);
    return outlets_.empty() ? Relay::open : outlets_[outlet - 1U].relay();
}

CauseSet Guard::whole() const
{
    const auto bits = whole_.get();
    return bits ? CauseSet{*bits} : CauseSet{}.with(TripCause::memory_fault);
}

hal::Relay Guard::contactor() const
{
    if (memory() == Memory::unknown || health_ == Health::rest_silent) return Relay::open;
    for (const auto cause : protocol::all_causes)
        if (whole().has(cause) && opens_contactor(cause)) return Relay::open;
    for (const auto& outlet : outlets_)
        if (outlet.needs_contactor()) return Relay::open;
    return Relay::closed;
}

hal::GroupLine Guard::group_line() const
{
    for (const auto cause : protocol::all_causes)
        if (whole().has(cause) && protocol::cuts_group(cause)) return hal::GroupLine::pulled;
    return hal::GroupLine::released;
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
    flow_.passed(GuardStep::listened);
    while (signs_of_life_.pop())
        heard_at_ = now;
    health_ = now - heard_at_ >= rest_silence_limit ? Health::rest_silent : Health::well;
    if (health_ == Health::rest_silent) end_all(now, EndReason::post_fault);
}

void Guard::observe(Instant now, std::span<const hal::OutletInputs> outlets,
                    const hal::PostInputs& post)
{
    flow_.passed(GuardStep::observed);
    for (std::size_t i = 0; i < outlets_.size(); ++i) {
        const auto empty = newest_empty();
        const auto number = static_cast<protocol::OutletNumber>(i + 1);
        outlets_[i].observe(
            now, outlets[i],
            {.limits = settings_.of(number),
             .supply = post_.supply(),
             .empty_closing = empty ? std::optional{outlets_[*empty].closed_at()} : std::nullopt},
            teller_);
    }
    judge_mix_up(now);
    post_.observe(now, post, mains(), settings_.post);
    check(post.outlets_per_circuit > 0);
    outlets_per_circuit_ = post.outlets_per_circuit;
    contactor_coil_ = contactor_rule_.observe(now, contactor_was_, post.contactor_coil);
}

void Guard::end_all(Instant now, EndReason reason)
{
    for (auto& outlet : outlets_)
        outlet.end(now, reason, teller_);
    forget_starts(now, protocol::CommandOutcome::superseded);
}

void Guard::follow_contactor(Instant now)
{
    flow_.passed(GuardStep::contactor_followed);
    const auto wanted = contactor();
    if (wanted == Relay::open) {
        if (contactor_was_ == Relay::closed) contactor_open_since_ = now;
        end_all(now, EndReason::contactor_opened);
    }
    contactor_was_ = wanted;
}

void Guard::tell_ends(Instant now)
{
    flow_.passed(GuardStep::ends_told);
    const auto verdict = whole().has(TripCause::contactor_welded) ? Outlet::Verdict::judged
                                                                  : Outlet::Verdict::pending;
    for (auto& outlet : outlets_) {
        outlet.tell_end(now, verdict, teller_);
        if (traces_.full()) continue;
        if (const auto trace = outlet.take_trace()) static_cast<void>(traces_.push(*trace));
    }
}

void Guard::offer_readings(Instant now)
{
    flow_.passed(GuardStep::readings_offered);
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
    readings.post = post_.reading();
    readings.post.current = load().current;
    readings.post.power = load().power;
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
