#include "firmware/core/recorder/recorder.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::core {

WishRestore Recorder::begin(protocol::ResetCause cause, const Moment& moment)
{
    state_ = vault_->load().value_or(factory_state());
    event(
        protocol::Booted{
            .cause = cause,
            .outlets = setup_.outlets,
            .firmware = setup_.firmware,
            .settings = settings_mark(),
        },
        moment.now, moment);

    bool closed_any = false;
    for (std::uint8_t outlet = 1; outlet <= setup_.outlets; ++outlet) {
        auto& session = state_.open[outlet - 1U];
        if (session == 0) continue;
        const auto known = last_known(*journal_, outlet, session);
        if (known.end == LastKnown::End::missing)
            event(
                protocol::SessionEnded{
                    .session = session,
                    .outlet = outlet,
                    .reason = protocol::EndReason::power_lost,
                    .elapsed = known.elapsed,
                    .energy = known.energy,
                    .peak = known.peak,
                },
                moment.now, moment);
        session = 0;
        closed_any = true;
    }
    // Saved after the records, so that a power loss in between cannot lose an end; the next boot
    // finds the record and does not write a second one.
    if (closed_any) save();
    return {.settings = state_.settings, .latched = state_.latched, .whole = state_.whole};
}

void Recorder::take(const News& news, const Moment& moment)
{
    std::visit([&](const auto& told) { on(told, moment); }, news);
}

void Recorder::on(const NewsState& news, const Moment& moment)
{
    event(protocol::OutletChanged{.outlet = news.outlet, .from = news.from, .to = news.to}, news.at,
          moment);
}

void Recorder::on(const NewsStarted& news, const Moment& moment)
{
    check(news.outlet >= 1 && news.outlet <= setup_.outlets);
    RunningSession running{};
    running.session = news.session;
    if (const auto* open = desk_.find_start(news.session)) {
        const auto& start = std::get<protocol::StartOutlet>(open->body);
        running.card = start.card;
        running.command = open->id;
        running.time_limit = start.time_limit;
        running.energy_limit = start.energy_limit;
    }
    book_.open(news.outlet, running);
    state_.open[news.outlet - 1U] = news.session;
    save();
    event(
        protocol::SessionStarted{
            .session = running.session,
            .outlet = news.outlet,
            .card = running.card,
            .command = running.command,
            .time_limit = running.time_limit,
            .energy_limit = running.energy_limit,
        },
        news.at, moment);
}

void Recorder::on(const NewsEnded& news, const Moment& moment)
{
    check(news.outlet >= 1 && news.outlet <= setup_.outlets);
    event(
        protocol::SessionEnded{
            .session = news.session,
            .outlet = news.outlet,
            .reason = news.reason,
            .elapsed = news.elapsed,
            .energy = news.energy,
            .peak = news.peak,
        },
        news.at, moment);
    book_.close(news.outlet);
    state_.open[news.outlet - 1U] = 0;
    save();
}

void Recorder::on(const NewsTripped& news, const Moment& moment)
{
    // The alarm first: promise 2 outranks the vault, and a lost latch is restored by the alarm's
    // own record being there for a person to see.
    alarm(news.trip, news.at, moment);
    if (news.trip.outlet == protocol::whole_post)
        state_.whole = news.trip.cause;
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
    if (news.outlet == protocol::whole_post)
        state_.whole.reset();
    else
        state_.latched[news.outlet - 1U].reset();
    save();
}

void Recorder::on(const NewsAnswer& news, const Moment& moment)
{
    const auto* open = desk_.find(news.ticket);
    if (open == nullptr) return;
    const auto answered = *open;
    desk_.close(news.ticket);

    const auto* wanted = std::get_if<protocol::SetSettings>(&answered.body);
    if (wanted != nullptr && news.outcome == protocol::CommandOutcome::done) {
        state_.settings = wanted->settings;
        save();
        event(
            protocol::SettingsChanged{
                .version = wanted->settings.version,
                .settings = settings_mark(),
                .command = answered.id,
            },
            news.at, moment);
    }
    result(answered.id, answered.body, news.outcome, moment);
}

void Recorder::take(const Readings& readings, const Moment& moment)
{
    const auto& frame = readings.frame;
    if (frames_.due(readings.at, frame)) {
        // A frame that finds no room is telemetry lost, and the GAP record of its lane tells it.
        const auto written = writer_.write(protocol::Lane::tele, frame, readings.at, moment);
        if (written == Written::written) frames_.sent(readings.at, frame);
    }
    for (std::uint8_t outlet = 1; outlet <= frame.outlets.size(); ++outlet) {
        if (const auto step = book_.observe(outlet, readings)) event(*step, readings.at, moment);
    }
}

void Recorder::take(const hal::CardTap& tap, const Moment& moment)
{
    if (tap.outlet < 1 || tap.outlet > setup_.outlets || tap.token == 0) return;
    event(protocol::CardPresented{.outlet = tap.outlet, .card = tap.token}, moment.now, moment);
}

std::variant<Wish, protocol::CommandOutcome> Recorder::command(const protocol::Command& command,
                                                               const Moment& moment)
{
    using protocol::CommandOutcome;
    const auto answer = [&](CommandOutcome outcome) {
        result(command.id, command.body, outcome, moment);
        return outcome;
    };
    if (std::holds_alternative<protocol::LocateOutlet>(command.body))
        return answer(CommandOutcome::done);
    if (desk_.full()) return answer(CommandOutcome::outlet_busy);
    if (std::holds_alternative<protocol::SetSettings>(command.body)) {
        const auto wish = settings_wish(command);
        if (const auto* refused = std::get_if<CommandOutcome>(&wish)) return answer(*refused);
        return wish;
    }
    return wish_for(command);
}

Wish Recorder::wish_for(const protocol::Command& command)
{
    if (const auto* start = std::get_if<protocol::StartOutlet>(&command.body)) {
        const auto session = protocol::SessionId{boot()} << 32 | ++sessions_opened_;
        return WishStart{
            .ticket = desk_.take(command.id, command.body, session),
            .outlet = start->outlet,
            .session = session,
            .time_limit = start->time_limit,
            .energy_limit = start->energy_limit,
        };
    }
    const auto ticket = desk_.take(command.id, command.body, 0);
    if (const auto* clear = std::get_if<protocol::ClearTrip>(&command.body))
        return WishClear{.ticket = ticket, .outlet = clear->outlet, .cause = clear->cause};
    return WishStop{.ticket = ticket,
                    .outlet = std::get<protocol::StopOutlet>(command.body).outlet};
}

std::variant<Wish, protocol::CommandOutcome>
Recorder::settings_wish(const protocol::Command& command)
{
    const auto& wanted = std::get<protocol::SetSettings>(command.body);
    const auto digest = protocol::settings_digest(wanted.settings);
    const auto approved = [&](const auto& approval, const crypto::PublicKey& key) {
        return approval && crypto::verify(key, digest, crypto::Signature{*approval});
    };
    // One good approval and one bad is a forgery attempt, not a tightening.
    const bool any = wanted.approval_a || wanted.approval_b;
    const bool both = approved(wanted.approval_a, setup_.approvers.a) &&
                      approved(wanted.approval_b, setup_.approvers.b);
    if (any && !both) return protocol::CommandOutcome::not_approved;
    return WishSettings{
        .ticket = desk_.take(command.id, command.body, 0),
        .settings = wanted.settings,
        .approval = both ? Approval::both_approvers : Approval::none,
    };
}

void Recorder::refused(protocol::CommandOutcome outcome)
{
    ++refusals_[static_cast<std::size_t>(outcome)];
}

void Recorder::note(const protocol::CommandResult& result, const Moment& moment)
{
    event(result, moment.now, moment);
}

std::optional<Wish> Recorder::turn(const Moment& moment)
{
    while (!waiting_.empty()) {
        const auto& next = waiting_.front();
        if (writer_.write(protocol::Lane::alarm, next.body, next.at, moment) != Written::written)
            break;
        waiting_.pop();
    }
    if (last_save_ == VaultSave::failed) save();
    writer_.sign_when_due(moment);

    // A flood of forged commands may not fill the journal: one record a reason and ten seconds.
    constexpr Millis tell_every{10'000};
    if (moment.now - refusals_told_at_ >= tell_every) {
        refusals_told_at_ = moment.now;
        for (std::size_t i = 0; i < refusals_.size(); ++i) {
            if (refusals_[i] == refusals_told_[i]) continue;
            event(protocol::CommandsRefused{.outcome = static_cast<protocol::CommandOutcome>(i),
                                            .count = refusals_[i]},
                  moment.now, moment);
            refusals_told_[i] = refusals_[i];
        }
    }

    const bool trouble = !waiting_.empty() || last_save_ == VaultSave::failed;
    const auto policy = trouble ? WishStarts::Policy::refused : WishStarts::Policy::allowed;
    if (policy == policy_) return std::nullopt;
    policy_ = policy;
    return WishStarts{.policy = policy};
}

std::optional<protocol::CommandResult> Recorder::take_result()
{
    if (results_.empty()) return std::nullopt;
    const auto result = results_.front();
    results_.pop();
    return result;
}

std::array<std::byte, 8> Recorder::settings_mark() const
{
    const auto digest = protocol::settings_digest(state_.settings);
    std::array<std::byte, 8> mark{};
    std::copy_n(digest.begin(), mark.size(), mark.begin());
    return mark;
}

void Recorder::event(const protocol::RecordBody& body, Instant at, const Moment& moment)
{
    static_cast<void>(writer_.write(protocol::Lane::event, body, at, moment));
}

void Recorder::alarm(const protocol::RecordBody& body, Instant at, const Moment& moment)
{
    // Behind others that wait, or a clearing could overtake its trip.
    if (!waiting_.empty() ||
        writer_.write(protocol::Lane::alarm, body, at, moment) != Written::written)
        waiting_.add(at, body);
}

void Recorder::save() { last_save_ = vault_->save(state_); }

void Recorder::result(const protocol::CommandId& id, const protocol::CommandBody& body,
                      protocol::CommandOutcome outcome, const Moment& moment)
{
    const auto outlet = std::visit(
        [](const auto& action) {
            if constexpr (requires { action.outlet; })
                return action.outlet;
            else
                return protocol::whole_post;
        },
        body);
    const protocol::CommandResult result{
        .command = id,
        .action = protocol::action_of(body),
        .outlet = outlet,
        .outcome = outcome,
    };
    event(result, moment.now, moment);
    if (results_.full()) results_.pop();
    static_cast<void>(results_.push(result));
}

}  // namespace ks::core
