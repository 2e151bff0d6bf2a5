#include "firmware/core/guard/outlet_state.hpp"
#include "firmware/core/recorder/recorder.hpp"
#include "firmware/protocol/severity.hpp"

// What the guard tells becomes records.
namespace ks::core {

using protocol::CommandOutcome;

void Recorder::take(const News& news, const Moment& moment)
{
    std::visit([&](const auto& told) { on(told, moment); }, news);
}

void Recorder::take(const NewsTrace& trace, const Moment& moment)
{
    static_cast<void>(event(trace.trace, trace.at, moment));
}

void Recorder::on(const NewsState& news, const Moment& moment)
{
    check(news.outlet >= 1 && news.outlet <= setup_.outlets);
    if (relay_in(news.from) == hal::Relay::closed && relay_in(news.to) == hal::Relay::open)
        RelayLife::opened(state_.relays[news.outlet - 1U], currents_[news.outlet - 1U]);
    static_cast<void>(
        event(protocol::OutletChanged{.outlet = news.outlet, .from = news.from, .to = news.to},
              news.at, moment));
}

void Recorder::on(const NewsStarted& news, const Moment& moment)
{
    check(news.outlet >= 1 && news.outlet <= setup_.outlets);
    RunningSession running{};
    running.session = news.session;
    running.means = news.means;
    if (const auto* open = desk_.find_start(news.session)) {
        running.card = open->card;
        running.command = open->id;
        running.time_limit = open->time_limit;
        running.energy_limit = open->energy_limit;
    }
    book_.open(news.outlet, running);
    state_.open[news.outlet - 1U] = news.session;
    RelayLife::closed(state_.relays[news.outlet - 1U]);
    save();
    static_cast<void>(event(
        protocol::SessionStarted{
            .session = running.session,
            .outlet = news.outlet,
            .means = news.means,
            .card = running.card,
            .command = running.command,
            .time_limit = running.time_limit,
            .energy_limit = running.energy_limit,
        },
        news.at, moment));
}

void Recorder::on(const NewsEnded& news, const Moment& moment)
{
    check(news.outlet >= 1 && news.outlet <= setup_.outlets);
    static_cast<void>(event(
        protocol::SessionEnded{
            .session = news.session,
            .outlet = news.outlet,
            .reason = news.reason,
            .elapsed = news.elapsed,
            .energy = news.energy,
            .peak = news.peak,
        },
        news.at, moment));
    const auto* running = book_.at(news.outlet);
    if (news.reason == protocol::EndReason::power_lost && running != nullptr)
        keep_resume(*running, news, moment);
    book_.close(news.outlet);
    state_.open[news.outlet - 1U] = 0;
    save();
}

void Recorder::on(const NewsTripped& news, const Moment& moment)
{
    // The alarm first: promise 2 outranks the vault, and a lost latch is restored by the alarm's
    // own record being there for a person to see.
    alarm(news.trip, news.at, moment);
    ++trips_;
    if (news.trip.outlet == protocol::whole_post)
        state_.whole = state_.whole.with(news.trip.cause);
    else
        state_.latched[news.trip.outlet - 1U] = news.trip.cause;
    save();
}

void Recorder::on(const NewsCleared& news, const Moment& moment)
{
    const auto* open = desk_.find(news.ticket);
    alarm(
        protocol::TripCleared{
            .outlet = news.outlet,
            .cause = news.cause,
            .command = open != nullptr ? open->id : protocol::CommandId{},
        },
        news.at, moment);
    if (news.outlet == protocol::whole_post) {
        state_.whole = state_.whole.without(news.cause);
        if (news.cause == protocol::TripCause::self_test_failed) state_.strikes = {};
    } else {
        state_.latched[news.outlet - 1U].reset();
    }
    save();
}

void Recorder::on(const NewsAnswer& news, const Moment& moment)
{
    const auto* open = desk_.find(news.ticket);
    if (open == nullptr) return;
    const auto answered = *open;
    desk_.close(news.ticket);
    if (answered.session != 0) return answer_start(answered, news.outcome, moment);
    if (news.outcome == CommandOutcome::done) answer_settings(answered, news.at, moment);
    if (answered.id != protocol::CommandId{})
        result(answered.id, answered.body, news.outcome, moment);
}

void Recorder::answer_settings(const CommandDesk::Open& open, Instant at, const Moment& moment)
{
    const auto* wanted = std::get_if<protocol::SetSettings>(&open.body);
    if (wanted == nullptr) return;
    state_.settings = wanted->settings;
    memory_ = WishRestore::Memory::good;
    last_save_ = vault_->save_twice(state_);
    static_cast<void>(event(
        protocol::SettingsChanged{
            .version = wanted->settings.version,
            .settings = settings_mark(),
            .command = open.id,
        },
        at, moment));
}

void Recorder::answer_start(const CommandDesk::Open& open, CommandOutcome outcome,
                            const Moment& moment)
{
    // One that waited, and was tried again: it waits on while only the budget is against it, the
    // self-tests of this boot, or a mains that is still away.
    const bool away = open.means == protocol::StartMeans::resumed &&
                      outcome == CommandOutcome::voltage_out_of_range;
    const bool not_yet = away || outcome == CommandOutcome::over_budget ||
                         outcome == CommandOutcome::too_soon ||
                         outcome == CommandOutcome::not_ready;
    if (open.means == protocol::StartMeans::queued || open.means == protocol::StartMeans::resumed) {
        if (not_yet) return;
        if (const auto waiting = starts_.take(open.session)) drop(*waiting, outcome, moment);
        return;
    }
    if (outcome == CommandOutcome::over_budget && keep_waiting(open, moment))
        outcome = CommandOutcome::queued;
    if (open.means == protocol::StartMeans::card)
        static_cast<void>(event(
            protocol::CardDecided{.outlet = open.outlet, .card = open.card, .outcome = outcome},
            moment.now, moment));
    else
        result(open.id, open.body, outcome, moment);
}

void Recorder::take(const Readings& readings, const Moment& moment)
{
    const auto& frame = readings.frame;
    for (std::size_t i = 0; i < frame.outlets.size(); ++i)
        currents_[i] = frame.outlets[i].current;
    if (frames_.due(readings.at, frame)) {
        // A frame that finds no room is telemetry lost, and the GAP record of its lane tells it.
        const auto written = writer_.write(protocol::Lane::tele, frame, readings.at, moment);
        if (written == Written::written) frames_.sent(readings.at, frame);
    }
    const auto changes = watch_.changes(readings.post);
    for (const auto& change : changes)
        alarm(change, readings.at, moment);
    if (!changes.empty() || watch_.reading_due(readings.at)) {
        static_cast<void>(writer_.write(protocol::Lane::tele, readings.post, readings.at, moment));
        watch_.told(readings.at);
    }
    for (std::uint8_t outlet = 1; outlet <= frame.outlets.size(); ++outlet) {
        if (const auto step = book_.observe(outlet, readings))
            static_cast<void>(event(*step, readings.at, moment));
    }
}

std::optional<protocol::Severity> Recorder::gravest() const
{
    std::optional<protocol::Severity> gravest;
    const auto weigh = [&](protocol::TripCause cause) {
        const auto severity = protocol::severity_of(cause);
        if (!gravest || severity > *gravest) gravest = severity;
    };
    for (const auto cause : protocol::all_causes)
        if (state_.whole.has(cause)) weigh(cause);
    for (const auto& latched : state_.latched)
        if (latched) weigh(*latched);
    return gravest;
}

}  // namespace ks::core
