#include "firmware/core/guard/guard.hpp"

#include <algorithm>

// What concerns more than one outlet: the post, its circuits, its contactor, its budget, its
// memory.
namespace ks::core {

using hal::Relay;
using protocol::CauseSet;
using protocol::EndReason;
using protocol::TripCause;

// The middle of what the meters show: one that drifts decides nothing for its neighbours.
std::optional<Millivolts> Guard::mains() const
{
    FixedVector<Millivolts, protocol::outlet_limit> seen;
    for (const auto& outlet : outlets_)
        if (const auto volts = outlet.mains()) seen.push_back(*volts);
    if (seen.empty()) return std::nullopt;
    std::sort(seen.begin(), seen.end());
    return seen[seen.size() / 2];
}

std::size_t Guard::circuit_of(std::size_t outlet) const { return outlet / outlets_per_circuit_; }

Load Guard::load() const
{
    Load sum{};
    for (const auto& outlet : outlets_) {
        if (outlet.relay() == Relay::open) continue;
        sum.current += outlet.current();
        sum.power += outlet.power();
    }
    return sum;
}

// A flipped bit is found before anything rests on it. What the settings were nobody knows then, so
// the factory's are in force, everything is open, and stays so until both approvers have
// commissioned the post anew or it has restarted: the factory's may be looser.
void Guard::judge_memory(Instant now)
{
    flow_.passed(GuardStep::memory_judged);
    const bool settings_good = checksum(settings_) == settings_sum_;
    if (whole_.intact() && memory_.intact() && settings_good) return;
    const auto kept = whole();
    memory_.set(memory());
    if (!settings_good) {
        put(protocol::factory_settings);
        if (memory() == Memory::restored) memory_.set(Memory::lost);
    }
    whole_.set(kept.without(TripCause::memory_fault).bits());
    trip_whole(now,
               {.cause = TripCause::memory_fault, .measured = 0, .limit = 0, .held_for = Millis{}},
               0);
}

void Guard::trip_whole(Instant now, const Cut& cut, protocol::SessionId session)
{
    if (whole().has(cut.cause)) return;
    whole_.set(whole().with(cut.cause).bits());
    teller_.tell(NewsTripped{.at = now,
                             .trip = {.outlet = protocol::whole_post,
                                      .cause = cut.cause,
                                      .session = session,
                                      .measured = cut.measured,
                                      .limit = cut.limit,
                                      .held_for = cut.held_for,
                                      .count = 1}});
    end_all(now, EndReason::tripped);
}

void Guard::judge_post(Instant now)
{
    flow_.passed(GuardStep::post_judged);
    for (const auto& cut : post_.cuts(now, settings_.post))
        trip_whole(now, cut, 0);
    if (contactor_coil_) trip_whole(now, *contactor_coil_, 0);
    clear_what_is_over(now);
}

void Guard::clear_what_is_over(Instant now)
{
    if (!teller_.all_told()) return;
    for (const auto cause : protocol::all_causes) {
        if (!whole().has(cause) || !clears_itself(cause) ||
            post_.present(now, cause, settings_.post))
            continue;
        whole_.set(whole().without(cause).bits());
        teller_.tell(
            NewsCleared{.at = now, .outlet = protocol::whole_post, .cause = cause, .ticket = 0});
    }
}

// A sum cannot tell which outlet leaks: all that are closed are cut and latched.
void Guard::judge_circuits(Instant now)
{
    flow_.passed(GuardStep::circuits_judged);
    for (std::size_t i = 0; i < outlets_.size(); ++i) {
        if (outlets_[i].relay() == Relay::open) continue;
        if (const auto found = post_.circuit_cut(now, circuit_of(i), settings_.post))
            outlets_[i].cut(now, *found, teller_);
    }
}

std::optional<std::size_t> Guard::newest_empty() const
{
    std::optional<std::size_t> newest;
    for (std::size_t i = 0; i < outlets_.size(); ++i) {
        const auto& outlet = outlets_[i];
        if (outlet.relay() == Relay::open) continue;
        if (outlet.fresh() && outlet.current() >= Conduction::conducts_from) continue;
        if (!newest || outlet.closed_at() > outlets_[*newest].closed_at()) newest = i;
    }
    return newest;
}

// Current at an open outlet that began when another closed, which shows none: their meters are
// swapped (F-029), and nobody knows any more whose current is whose. Current that began earlier has
// been called a welded relay's by now.
void Guard::judge_mix_up(Instant now)
{
    const auto empty = newest_empty();
    if (!empty) return;
    auto& closed = outlets_[*empty];
    const auto since = now - closed.closed_at();
    if (since < Conduction::settle) return;
    for (auto& open : outlets_) {
        if (open.relay() == Relay::closed || !open.conduction().flows() || open.latched()) continue;
        const Cut cut{.cause = TripCause::meters_mixed_up,
                      .measured = open.current().count(),
                      .limit = Conduction::conducts_from.count(),
                      .held_for = since};
        closed.cut(now, cut, teller_);
        open.cut(now, cut, teller_);
        return;
    }
}

// Current with relay and contactor both told open: nothing of ours can stop it any more, and the
// alarm must say which breaker to pull.
void Guard::judge_contactor(Instant now)
{
    flow_.passed(GuardStep::contactor_judged);
    if (contactor_was_ == Relay::closed || whole().has(TripCause::contactor_welded)) return;
    for (const auto& outlet : outlets_) {
        const auto& conduction = outlet.conduction();
        if (!conduction.flows_since(contactor_open_since_)) continue;
        trip_whole(now,
                   conduction.conducting(TripCause::contactor_welded, now - contactor_open_since_),
                   outlet.session());
        return;
    }
}

void Guard::judge_budget(Instant now)
{
    flow_.passed(GuardStep::budget_judged);
    if (!budget_.must_shed(now, load(), settings_.post)) return;
    Outlet* newest = nullptr;
    for (auto& outlet : outlets_)
        if (outlet.relay() == Relay::closed &&
            (newest == nullptr || outlet.session() > newest->session()))
            newest = &outlet;
    // No budget is below nothing, and only closed outlets are added up: one of them is closed.
    check(newest != nullptr);
    newest->end(now, EndReason::shed, teller_);
}

}  // namespace ks::core
