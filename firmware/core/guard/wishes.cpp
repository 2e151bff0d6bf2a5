#include "firmware/core/guard/guard.hpp"

// What the rest asks for, but starts. Every refusal leaves everything as it was.
namespace ks::core {

using hal::Relay;
using protocol::CauseSet;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

bool Guard::knows(protocol::OutletNumber outlet) const
{
    return outlet != protocol::whole_post && outlet <= setup_.outlets;
}

void Guard::take(Instant now, const Wish& wish)
{
    static_assert(std::variant_size_v<Wish> == 7, "a new wish needs a branch below");
    if (const auto* memory = std::get_if<WishRestore>(&wish)) return restore(now, *memory);
    if (const auto* starts = std::get_if<WishStarts>(&wish)) {
        starts_ = starts->policy;
        return;
    }
    if (const auto* fault = std::get_if<WishFault>(&wish)) return learn(now, *fault);
    if (const auto* wants_stop = std::get_if<WishStop>(&wish))
        return answer(now, wants_stop->ticket, stop(now, *wants_stop));

    // What cannot be answered is not done, except a stop.
    if (teller_.answers_full()) return;
    if (const auto* wants_start = std::get_if<WishStart>(&wish)) return start(now, *wants_start);
    if (const auto* wants_clear = std::get_if<WishClear>(&wish))
        return answer(now, wants_clear->ticket, clear(now, *wants_clear));
    const auto* wants_settings = std::get_if<WishSettings>(&wish);
    check(wants_settings != nullptr);
    answer(now, wants_settings->ticket, change(*wants_settings));
}

void Guard::learn(Instant now, const WishFault& fault)
{
    using enum WishFault::Lasts;
    if (fault.lasts == gone) {
        standing_ = standing_.without(fault.cause);
        return;
    }
    if (fault.lasts == standing) standing_ = standing_.with(fault.cause);
    trip_whole(now,
               {.cause = fault.cause, .measured = fault.measured, .limit = 0, .held_for = Millis{}},
               0);
}

void Guard::answer(Instant now, Ticket ticket, CommandOutcome outcome)
{
    static_cast<void>(teller_.tell(NewsAnswer{.at = now, .ticket = ticket, .outcome = outcome}));
}

CommandOutcome Guard::stop(Instant now, const WishStop& wish)
{
    if (wish.outlet == protocol::whole_post) {
        end_all(now, wish.reason);
        return CommandOutcome::done;
    }
    if (!knows(wish.outlet)) return CommandOutcome::unknown_outlet;
    const auto waits = forget_start(now, wish.outlet, CommandOutcome::superseded);
    auto& outlet = outlets_[wish.outlet - 1U];
    if (waits == Waits::yes) return CommandOutcome::done;
    if (outlet.relay() == Relay::open) return CommandOutcome::not_charging;
    outlet.end(now, wish.reason, teller_);
    return CommandOutcome::done;
}

CommandOutcome Guard::clear(Instant now, const WishClear& wish)
{
    if (wish.outlet != protocol::whole_post && !knows(wish.outlet))
        return CommandOutcome::unknown_outlet;
    if (memory() == Memory::unknown) return CommandOutcome::not_ready;
    if (!teller_.all_told()) return CommandOutcome::journal_full;
    if (wish.outlet == protocol::whole_post) return clear_whole(now, wish);
    const auto index = wish.outlet - 1U;
    const bool leaks = !post_.circuit_good(circuit_of(index), settings_.post);
    const bool of_circuit =
        wish.cause == TripCause::residual_current || wish.cause == TripCause::residual_failed;
    if (of_circuit && leaks && outlets_[index].latched() == wish.cause)
        return CommandOutcome::cause_present;
    return outlets_[index].clear(now, wish, settings_.of(wish.outlet), teller_);
}

CommandOutcome Guard::clear_whole(Instant now, const WishClear& wish)
{
    if (whole().empty()) return CommandOutcome::nothing_to_clear;
    if (!whole().has(wish.cause)) return CommandOutcome::wrong_cause;
    if (standing_.has(wish.cause)) return CommandOutcome::cause_present;
    if (post_.present(now, wish.cause, settings_.post)) return CommandOutcome::cause_present;
    if (wish.cause == TripCause::contactor_welded && any_conducts())
        return CommandOutcome::cause_present;
    const bool of_coil =
        wish.cause == TripCause::coil_mismatch || wish.cause == TripCause::no_current;
    if (of_coil && !contactor_rule_.agrees()) return CommandOutcome::cause_present;
    whole_.set(whole().without(wish.cause).bits());
    teller_.tell(NewsCleared{
        .at = now, .outlet = protocol::whole_post, .cause = wish.cause, .ticket = wish.ticket});
    return CommandOutcome::done;
}

bool Guard::any_conducts() const
{
    for (const auto& outlet : outlets_)
        if (outlet.conduction().suspicious()) return true;
    return false;
}

CommandOutcome Guard::change(const WishSettings& wish)
{
    const auto& wanted = wish.settings;
    if (memory() == Memory::unknown) return CommandOutcome::not_ready;
    if (!protocol::within_bounds(wanted)) return CommandOutcome::above_limit;
    if (wanted.version <= settings_.version) return CommandOutcome::replayed;
    // Settings that were lost are no ground to loosen from: it takes both approvers to go on.
    if (memory() == Memory::lost || protocol::loosens(wanted, settings_)) {
        if (wish.approval != Approval::both_approvers) return CommandOutcome::not_approved;
        for (const auto& outlet : outlets_)
            if (outlet.state() != OutletState::idle) return CommandOutcome::not_idle;
    }
    put(wanted);
    memory_.set(Memory::restored);
    return CommandOutcome::done;
}

void Guard::put(const Settings& settings)
{
    settings_ = settings;
    settings_sum_ = checksum(settings);
}

// Once per boot and never again: a second one could undo a latch or a limit. Settings that no
// approval could have brought about are damage, and the factory's stay in force.
void Guard::restore(Instant now, const WishRestore& wish)
{
    if (memory() != Memory::unknown) return;
    const bool good = wish.memory == WishRestore::Memory::good && within_bounds(wish.settings);
    memory_.set(good ? Memory::restored : Memory::lost);
    if (good) put(wish.settings);
    whole_.set((whole() | wish.whole).bits());
    for (std::uint8_t i = 0; i < setup_.outlets; ++i)
        outlets_[i].restore(now, wish.latched[i], teller_);
}

}  // namespace ks::core
