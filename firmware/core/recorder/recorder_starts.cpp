#include "firmware/core/recorder/recorder.hpp"

// Cards at the post, and closings that come later by themselves.
namespace ks::core {

using protocol::CommandOutcome;
using protocol::StartMeans;

namespace {

protocol::StartOutlet start_of(const WaitingStarts::Waiting& waiting)
{
    return {.outlet = waiting.wish.outlet,
            .card = waiting.card,
            .time_limit = waiting.wish.time_limit,
            .energy_limit = waiting.wish.energy_limit};
}

}  // namespace

std::optional<Wish> Recorder::take(const hal::CardTap& tap, const Moment& moment)
{
    if (tap.outlet < 1 || tap.outlet > setup_.outlets || tap.token == 0) return std::nullopt;
    // Off needs nobody's leave: the card that started a session ends it, whatever the link does.
    if (const auto* running = book_.at(tap.outlet); running && running->card == tap.token) {
        tell_card(tap.outlet, tap.token, CommandOutcome::done, moment);
        return WishStop{
            .ticket = 0, .outlet = tap.outlet, .reason = protocol::EndReason::card_stopped};
    }
    if (moment.edge_silent < edge_decides_for) {
        static_cast<void>(event(protocol::CardPresented{.outlet = tap.outlet, .card = tap.token},
                                moment.now, moment));
        return std::nullopt;
    }
    if (desk_.full() || starts_.has(tap.outlet)) {
        tell_card(tap.outlet, tap.token, CommandOutcome::outlet_busy, moment);
        return std::nullopt;
    }
    return decide(tap, moment);
}

std::optional<Wish> Recorder::decide(const hal::CardTap& tap, const Moment& moment)
{
    std::optional<CardList::Clock> clock;
    if (moment.wall) clock = CardList::Clock{.at = moment.wall->at, .error = moment.wall->error};
    const auto found = cards_.find(tap.token, clock);
    auto refusal = std::holds_alternative<CommandOutcome>(found)
                       ? std::optional{std::get<CommandOutcome>(found)}
                       : std::nullopt;
    // A number that charges already is somebody's copy, or his second bike: neither goes on.
    if (!refusal && book_.charges(tap.token)) refusal = CommandOutcome::replayed;
    if (refusal) {
        tell_card(tap.outlet, tap.token, *refusal, moment);
        return std::nullopt;
    }
    const auto& card = std::get<protocol::OfflineCard>(found);
    return ask_for({.id = {},
                    .body = protocol::StartOutlet{},
                    .session = next_session(),
                    .means = StartMeans::card,
                    .outlet = tap.outlet,
                    .card = card.card,
                    .time_limit = card.time_limit,
                    .energy_limit = card.energy_limit});
}

WishStart Recorder::ask_for(CommandDesk::Open start)
{
    const auto& limits = state_.settings.of(start.outlet);
    start.time_limit = std::min(start.time_limit, limits.session_cap);
    start.energy_limit = std::min(start.energy_limit, limits.energy_cap);
    return {.ticket = desk_.take(start),
            .outlet = start.outlet,
            .session = start.session,
            .means = start.means,
            .time_limit = start.time_limit,
            .energy_limit = start.energy_limit,
            .expected = {}};
}

void Recorder::tell_card(protocol::OutletNumber outlet, protocol::CardToken card,
                         CommandOutcome outcome, const Moment& moment)
{
    static_cast<void>(
        event(protocol::CardDecided{.outlet = outlet, .card = card, .outcome = outcome}, moment.now,
              moment));
}

// I-04: journalled before it is kept; what could not be journalled is not kept.
Written Recorder::keep(const WaitingStarts::Waiting& waiting, const Moment& moment)
{
    const auto& wish = waiting.wish;
    const auto written = event(protocol::AuthorityKept{.session = wish.session,
                                                       .outlet = wish.outlet,
                                                       .means = wish.means,
                                                       .card = waiting.card,
                                                       .time_limit = wish.time_limit,
                                                       .energy_limit = wish.energy_limit,
                                                       .good_for = waiting.expires - moment.now},
                               moment.now, moment);
    if (written == Written::written) starts_.keep(waiting);
    return written;
}

bool Recorder::keep_waiting(const CommandDesk::Open& open, const Moment& moment)
{
    const auto wait = state_.settings.post.queue_wait;
    if (wait == Millis{} || starts_.full() || starts_.has(open.outlet)) return false;
    return keep({.wish = {.ticket = 0,
                          .outlet = open.outlet,
                          .session = open.session,
                          .means = StartMeans::queued,
                          .time_limit = open.time_limit,
                          .energy_limit = open.energy_limit,
                          .expected = {}},
                 .card = open.card,
                 .command = open.id,
                 .expires = moment.now + wait,
                 .next_try = moment.now + WaitingStarts::again},
                moment) == Written::written;
}

void Recorder::drop(const WaitingStarts::Waiting& waiting, CommandOutcome outcome,
                    const Moment& moment)
{
    if (waiting.command != protocol::CommandId{})
        result(waiting.command, start_of(waiting), outcome, moment);
    else
        tell_card(waiting.wish.outlet, waiting.card, outcome, moment);
}

std::optional<Wish> Recorder::waiting_wish(const Moment& moment)
{
    while (const auto expired = starts_.take_expired(moment.now))
        drop(*expired, CommandOutcome::queue_expired, moment);
    if (desk_.full()) return std::nullopt;
    const auto* waiting = starts_.due(moment.now);
    if (waiting == nullptr) return std::nullopt;
    const auto& kept = waiting->wish;
    auto wish = ask_for({.id = waiting->command,
                         .body = start_of(*waiting),
                         .session = kept.session,
                         .means = kept.means,
                         .outlet = kept.outlet,
                         .card = waiting->card,
                         .time_limit = kept.time_limit,
                         .energy_limit = kept.energy_limit});
    wish.expected = kept.expected;
    return wish;
}

void Recorder::resume_when_known(const Moment& moment)
{
    // Late is as good as never: what cannot be known within a minute is not resumed.
    constexpr Millis error_most{60'000};
    if (!moment.wall || moment.wall->error > error_most || starts_.full()) return;
    const auto found = resumes_.next(*moment.wall, state_.settings);
    if (!found || found->good_for <= Millis{}) return;
    const auto& from = found->candidate;
    static_cast<void>(keep({.wish = {.ticket = 0,
                                     .outlet = from.outlet,
                                     .session = next_session(),
                                     .means = StartMeans::resumed,
                                     .time_limit = from.time_left,
                                     .energy_limit = from.energy_left,
                                     .expected = from.power},
                            .card = from.card,
                            .command = {},
                            .expires = moment.now + found->good_for,
                            .next_try = moment.now},
                           moment));
}

// The post lived on and knows how long the mains has been away: its session ended when nothing had
// been drawn for `unplugged_hold`.
void Recorder::keep_resume(const RunningSession& running, const NewsEnded& ended,
                           const Moment& moment)
{
    const auto& limits = state_.settings.of(ended.outlet);
    const auto good_for = limits.resume_within - limits.unplugged_hold - (moment.now - ended.at);
    const auto time_left = running.time_limit - ended.elapsed;
    const auto energy_left = running.energy_limit - ended.energy;
    const bool some_left = time_left > Millis{} && energy_left > MilliwattHours{};
    const bool once = running.means != StartMeans::resumed;
    if (!once || !some_left || running.drew == Milliwatts{} || good_for <= Millis{}) return;
    if (starts_.full() || starts_.has(ended.outlet)) return;
    static_cast<void>(keep({.wish = {.ticket = 0,
                                     .outlet = ended.outlet,
                                     .session = next_session(),
                                     .means = StartMeans::resumed,
                                     .time_limit = time_left,
                                     .energy_limit = energy_left,
                                     .expected = running.drew},
                            .card = running.card,
                            .command = {},
                            .expires = moment.now + good_for,
                            .next_try = moment.now},
                           moment));
}

}  // namespace ks::core
