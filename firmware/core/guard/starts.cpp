#include "firmware/core/guard/guard.hpp"

// Starts: who may close a relay, and when (I-04, I-08, I-23).
namespace ks::core {

using hal::Relay;
using protocol::CommandOutcome;
using protocol::TripCause;

std::optional<CommandOutcome> Guard::post_refuses() const
{
    if (memory() == Memory::lost) return CommandOutcome::not_calibrated;
    // What cannot be journalled must not happen.
    if (starts_ == WishStarts::Policy::refused || !teller_.all_told())
        return CommandOutcome::journal_full;
    if (starts_ == WishStarts::Policy::link_lost) return CommandOutcome::link_lost;
    if (whole().has(TripCause::self_test_failed)) return CommandOutcome::self_test_failed;
    if (whole().has(TripCause::overvoltage) || whole().has(TripCause::undervoltage))
        return CommandOutcome::voltage_out_of_range;
    if (whole().has(TripCause::contactor_welded)) return CommandOutcome::contactor_open;
    if (!whole().empty() || !post_.calm(settings_.post)) return CommandOutcome::hazard_present;
    if (contactor() == Relay::open) return CommandOutcome::contactor_open;
    return std::nullopt;
}

std::optional<CommandOutcome> Guard::refuses(Instant now, const WishStart& wish) const
{
    const auto& outlet = outlets_[wish.outlet - 1U];
    const auto& limits = settings_.of(wish.outlet);
    if (outlet.state() == OutletState::locked_out) return CommandOutcome::outlet_locked;
    if (const auto reason = post_refuses()) return reason;
    if (wish.time_limit > limits.session_cap || wish.energy_limit > limits.energy_cap)
        return CommandOutcome::above_limit;
    if (const auto reason = outlet.refuses(now, limits)) return reason;
    if (!post_.voltage_good(settings_.post)) return CommandOutcome::voltage_out_of_range;
    if (!post_.circuit_good(circuit_of(wish.outlet - 1U), settings_.post))
        return CommandOutcome::cause_present;
    if (Budget::over(reckoned(now), settings_.post)) return CommandOutcome::over_budget;
    return std::nullopt;
}

// With one start more. A charger's power factor may be as low as 0.6 (docs/sources.md, Charging),
// so its reserve of power is reckoned with as much more current.
Load Guard::reckoned(Instant now) const
{
    const auto& limits = settings_.post;
    const auto volts = std::max(mains().value_or(Millivolts{220'000}), Millivolts{100'000});
    const auto amps = std::int64_t{limits.start_reserve.count()} * 1'000 * 10 / 6 / volts.count();
    const Load reserve{.current = Milliamps{static_cast<std::int32_t>(amps)},
                       .power = limits.start_reserve};
    Load sum = reserve;
    for (const auto& outlet : outlets_) {
        if (outlet.relay() == Relay::open) continue;
        const bool young = now - outlet.closed_at() < Budget::young;
        sum.current += young ? std::max(outlet.current(), reserve.current) : outlet.current();
        sum.power += young ? std::max(outlet.power(), reserve.power) : outlet.power();
    }
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        sum.current += reserve.current;
        sum.power += reserve.power;
    }
    return sum;
}

void Guard::start(Instant now, const WishStart& wish)
{
    const auto refuse = [&](CommandOutcome outcome) { answer(now, wish.ticket, outcome); };
    if (!knows(wish.outlet)) return refuse(CommandOutcome::unknown_outlet);
    if (memory() == Memory::unknown || health_ == Health::rest_silent)
        return refuse(CommandOutcome::not_ready);
    if (wish.session == 0 || wish.time_limit <= Millis{} || wish.energy_limit <= MilliwattHours{})
        return refuse(CommandOutcome::out_of_range);
    if (!authorities_.fresh(wish.session)) return refuse(CommandOutcome::replayed);
    for (const auto& waiting : turns_)
        if (waiting.outlet == wish.outlet) return refuse(CommandOutcome::outlet_busy);
    if (const auto reason = refuses(now, wish)) return refuse(*reason);
    authorities_.use(wish.session);
    turns_.push_back(wish);
    close_in_turn(now);
}

// One closing at a time, and none before this post's place in the spread after mains returned. Who
// waited when the mains was lost is forgotten: nothing closes by itself when it returns (F-002).
void Guard::close_in_turn(Instant now)
{
    const auto mains_since = post_.mains_since();
    if (!mains_since) return forget_starts(now, CommandOutcome::voltage_out_of_range);
    if (turns_.empty() || !may_close(now, *mains_since) || teller_.answers_full()) return;
    const auto wish = turns_[0];
    turns_.erase_at(0);
    // Judged again in the moment of closing (I-23).
    if (const auto reason = refuses(now, wish)) return answer(now, wish.ticket, *reason);
    closed_last_ = now;
    outlets_[wish.outlet - 1U].grant(now, wish, teller_);
    answer(now, wish.ticket, CommandOutcome::done);
}

bool Guard::may_close(Instant now, Instant mains_since) const
{
    if (closed_last_ && now - *closed_last_ < settings_.post.stagger) return false;
    const Millis spread{settings_.post.return_spread.count() * setup_.spread_permille / 1'000};
    return now - mains_since >= spread;
}

Guard::Waits Guard::forget_start(Instant now, protocol::OutletNumber outlet, CommandOutcome why)
{
    for (std::size_t i = 0; i < turns_.size(); ++i) {
        if (turns_[i].outlet != outlet) continue;
        const auto ticket = turns_[i].ticket;
        turns_.erase_at(i);
        answer(now, ticket, why);
        return Waits::yes;
    }
    return Waits::no;
}

void Guard::forget_starts(Instant now, CommandOutcome why)
{
    for (const auto& wish : turns_)
        answer(now, wish.ticket, why);
    turns_.clear();
}

}  // namespace ks::core
