#include "firmware/core/guard/outlet.hpp"
#include "firmware/core/guard/rules/hard_overcurrent.hpp"
#include "firmware/core/guard/rules/meter_silence.hpp"

// What the rules of one outlet say, in the order in which the first is named.
namespace ks::core {

using hal::Relay;
using protocol::CommandOutcome;
using protocol::TripCause;

namespace {

/// An idle outlet's meter may be silent for a while, as when a chip is set up anew; then somebody
/// should know before the next person comes.
constexpr Millis idle_silence{60'000};

}  // namespace

std::optional<Cut> Outlet::judge(Instant now, const hal::OutletInputs& input, const Around& around)
{
    // Judged on every tick, whatever follows from it: hold times must not pause.
    const auto& limits = around.limits;
    const auto contact = rules_.contact.observe(now, input.contact, limits.contact_limit);
    const auto frozen = rules_.sensor_frozen.observe(now, input.contact, current());
    const auto coil = rules_.coil.observe(now, relay(), input.coil);
    const bool closed = relay() == Relay::closed;
    const auto rise =
        closed ? rules_.session.contact_rise.observe(now, input.contact, limits) : std::nullopt;

    if (closed)
        if (const auto found = judge_closed(now, input, limits)) return found;
    if (state() != OutletState::locked_out) {
        for (const auto& found : {contact, rise, frozen, coil})
            if (found) return found;
        if (const auto found = judge_meter(now)) return found;
        if (const auto found = rules_.no_current.cut()) return found;
    }
    if (closed || needs_contactor()) return std::nullopt;
    // A latched outlet that conducts after all is the graver news.
    if (coil) return coil;
    return waits_for_other_meter(now, around) ? std::nullopt : rules_.conduction.cut(now);
}

// A relay that welded while it was open, in the second in which another closed, is so much rarer
// than two meters swapped that the other's meter is given its time to show which it is.
bool Outlet::waits_for_other_meter(Instant now, const Around& around) const
{
    const auto began = rules_.conduction.began();
    return around.empty_closing && began && *began >= *around.empty_closing &&
           now - *around.empty_closing < Conduction::verdict_limit;
}

std::optional<Cut> Outlet::judge_closed(Instant now, const hal::OutletInputs& input,
                                        const Limits& limits)
{
    const auto& most = limits.hard_overcurrent;
    if (const auto found = hard_overcurrent(input.pin, most, now - closed_at_)) return found;
    if (input.sample && fresh() && !rules_.plausible.newest_lies())
        if (const auto found = hard_overcurrent(*input.sample, most, closed_at_)) return found;
    if (const auto found = rules_.overload.cut(now, limits)) return found;
    if (const auto found = rules_.session.overpower.observe(now, power(), limits)) return found;
    if (const auto found = rules_.session.dropouts.cut(limits)) return found;
    return rules_.session.slow_cut;
}

std::optional<Cut> Outlet::judge_meter(Instant now) const
{
    const bool closed = relay() == Relay::closed;
    if (closed) {
        if (const auto found = rules_.plausible.cut()) return found;
        if (const auto found = rules_.meter_frozen.cut()) return found;
    }
    if (closed || state() == OutletState::opening) {
        // Nothing was ever closed, or cleared, whose meter had not been heard.
        check(newest_.has_value());
        const auto since = closed ? closed_at_ : rules_.conduction.open_since();
        return meter_silence(std::max(newest_->at, since), now, set_up_);
    }
    const auto heard = newest_ ? newest_->at : rules_.conduction.open_since();
    const auto found = meter_silence(heard, now, set_up_);
    return found && found->held_for >= idle_silence ? found : std::nullopt;
}

std::optional<CommandOutcome> Outlet::refuses(Instant now, const Limits& limits) const
{
    if (state() != OutletState::idle || session_) return CommandOutcome::outlet_busy;
    if (!newest_ || silent(newest_->at, now))
        return set_up_ == hal::MeterSetUp::lost ? CommandOutcome::not_calibrated
                                                : CommandOutcome::meter_silent;
    // Level before edge: an outlet that is about to trip is not closed to find out.
    if (rules_.conduction.suspicious() || !Contact::good(contact_, limits.contact_limit) ||
        !rules_.coil.agrees() || rules_.plausible.cut() || rules_.meter_frozen.cut())
        return CommandOutcome::cause_present;
    if (!rules_.switching.may_close(now)) return CommandOutcome::too_soon;
    return std::nullopt;
}

CommandOutcome Outlet::clear(Instant now, const WishClear& wish, const Limits& limits,
                             Teller& teller)
{
    const auto cause = latched();
    if (!cause) return CommandOutcome::nothing_to_clear;
    if (*cause != wish.cause) return CommandOutcome::wrong_cause;
    if (cause_present(now, limits)) return CommandOutcome::cause_present;
    latched_.set(0);
    rules_.no_current.carried();
    teller.tell(
        NewsCleared{.at = now, .outlet = number_, .cause = wish.cause, .ticket = wish.ticket});
    step(now, OutletEvent::reset, teller);
    return CommandOutcome::done;
}

bool Outlet::cause_present(Instant now, const Limits& limits) const
{
    // Whatever it was: as long as the current has not been seen to vanish, nothing is over.
    if (silent(newest_ ? std::optional{newest_->at} : std::nullopt, now)) return true;
    if (!rules_.conduction.gone() || session_ || !rules_.coil.agrees()) return true;
    const auto cause = *latched();
    using enum TripCause;
    if (cause == overload) return !rules_.overload.cooled(limits);
    if (cause == contact_overheated || cause == contact_rising)
        return !Contact::cooled(contact_, limits.contact_limit);
    if (cause == sensor_failed) return !contact_.has_value();
    if (cause == meter_frozen) return rules_.meter_frozen.cut().has_value();
    if (cause == meter_implausible) return rules_.plausible.cut().has_value();
    // Gone with the current, which was looked at above, or the post's to judge.
    return false;
}

}  // namespace ks::core
