#include "firmware/core/guard/guard.hpp"
#include "firmware/core/guard/limits.hpp"

// What the rest asks for. Every refusal leaves everything as it was.
namespace ks::core {

using hal::Relay;
using protocol::CommandOutcome;
using protocol::EndReason;

bool Guard::knows(protocol::OutletNumber outlet) const
{
    return outlet != protocol::whole_post && outlet <= count_;
}

void Guard::take(Instant now, const Wish& wish)
{
    static_assert(std::variant_size_v<Wish> == 6, "a new wish needs a branch below");
    if (const auto* memory = std::get_if<WishRestore>(&wish)) return restore(now, *memory);
    if (const auto* starts = std::get_if<WishStarts>(&wish)) {
        starts_ = starts->policy;
        return;
    }
    if (const auto* wants_stop = std::get_if<WishStop>(&wish))
        return answer(now, wants_stop->ticket, stop(now, *wants_stop));

    // What cannot be answered is not done, except a stop.
    if (teller_.answers_full()) return;
    if (const auto* wants_start = std::get_if<WishStart>(&wish)) {
        answer(now, wants_start->ticket, start(now, *wants_start));
    } else if (const auto* wants_clear = std::get_if<WishClear>(&wish)) {
        answer(now, wants_clear->ticket, clear(now, *wants_clear));
    } else if (const auto* wants_settings = std::get_if<WishSettings>(&wish)) {
        answer(now, wants_settings->ticket, change(*wants_settings));
    }
}

void Guard::answer(Instant now, Ticket ticket, CommandOutcome outcome)
{
    static_cast<void>(teller_.tell(NewsAnswer{.at = now, .ticket = ticket, .outcome = outcome}));
}

CommandOutcome Guard::start(Instant now, const WishStart& wish)
{
    if (!knows(wish.outlet)) return CommandOutcome::unknown_outlet;
    if (memory_ == Memory::unknown || health_ == Health::rest_silent)
        return CommandOutcome::not_ready;
    if (wish.session == 0 || wish.time_limit <= Millis{} || wish.energy_limit <= MilliwattHours{})
        return CommandOutcome::out_of_range;
    // Session ids of one boot only grow, so an authority is used once (I-04).
    if (wish.session <= newest_session_) return CommandOutcome::replayed;
    if (wish.time_limit > settings_.session_cap || wish.energy_limit > settings_.energy_cap)
        return CommandOutcome::above_limit;
    // What cannot be journalled must not happen.
    if (starts_ == WishStarts::Policy::refused || !teller_.all_told())
        return CommandOutcome::journal_full;
    auto& outlet = outlets_[wish.outlet - 1U];
    if (outlet.state() == OutletState::locked_out) return CommandOutcome::outlet_locked;
    if (contactor() == Relay::open) return CommandOutcome::contactor_open;
    if (const auto reason = outlet.refuses(now, settings_)) return *reason;

    newest_session_ = wish.session;
    outlet.grant(now, wish, teller_);
    return CommandOutcome::done;
}

CommandOutcome Guard::stop(Instant now, const WishStop& wish)
{
    if (wish.outlet == protocol::whole_post) {
        end_all(now, EndReason::stopped);
        return CommandOutcome::done;
    }
    if (!knows(wish.outlet)) return CommandOutcome::unknown_outlet;
    auto& outlet = outlets_[wish.outlet - 1U];
    if (outlet.relay() == Relay::open) return CommandOutcome::not_charging;
    outlet.end(now, EndReason::stopped, teller_);
    return CommandOutcome::done;
}

CommandOutcome Guard::clear(Instant now, const WishClear& wish)
{
    if (wish.outlet != protocol::whole_post && !knows(wish.outlet))
        return CommandOutcome::unknown_outlet;
    if (memory_ == Memory::unknown) return CommandOutcome::not_ready;
    if (!teller_.all_told()) return CommandOutcome::journal_full;
    if (wish.outlet == protocol::whole_post) return clear_whole(now, wish);
    return outlets_[wish.outlet - 1U].clear(now, wish, settings_, teller_);
}

CommandOutcome Guard::clear_whole(Instant now, const WishClear& wish)
{
    if (!whole_) return CommandOutcome::nothing_to_clear;
    if (*whole_ != wish.cause) return CommandOutcome::wrong_cause;
    if (any_conducts()) return CommandOutcome::cause_present;
    whole_.reset();
    teller_.tell(NewsCleared{
        .at = now, .outlet = protocol::whole_post, .cause = wish.cause, .ticket = wish.ticket});
    return CommandOutcome::done;
}

bool Guard::any_conducts() const
{
    for (const auto& outlet : outlets_)
        if (outlet.relay() == Relay::open && outlet.conduction().suspicious()) return true;
    return false;
}

CommandOutcome Guard::change(const WishSettings& wish)
{
    const auto& wanted = wish.settings;
    if (memory_ == Memory::unknown) return CommandOutcome::not_ready;
    if (!meaningful(wanted)) return CommandOutcome::out_of_range;
    if (beyond_ceiling(wanted)) return CommandOutcome::above_limit;
    if (wanted.version <= settings_.version) return CommandOutcome::replayed;
    if (loosens(wanted, settings_)) {
        if (wish.approval != Approval::both_approvers) return CommandOutcome::not_approved;
        for (const auto& outlet : outlets_)
            if (outlet.state() != OutletState::idle) return CommandOutcome::not_idle;
    }
    settings_ = wanted;
    return CommandOutcome::done;
}

// Once per boot and never again: a second one could undo a latch or a limit. Settings that no
// approval could have brought about are damage, and the factory's stay in force.
void Guard::restore(Instant now, const WishRestore& wish)
{
    if (memory_ == Memory::restored) return;
    memory_ = Memory::restored;
    if (meaningful(wish.settings) && !beyond_ceiling(wish.settings)) settings_ = wish.settings;
    if (!whole_) whole_ = wish.whole;
    for (std::uint8_t i = 0; i < count_; ++i)
        outlets_[i].restore(now, wish.latched[i], teller_);
}

}  // namespace ks::core
