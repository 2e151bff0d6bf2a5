#include "firmware/core/recorder/recorder.hpp"
#include "firmware/protocol/codec.hpp"

// What the edge commands becomes wishes, or is answered at once.
namespace ks::core {

using protocol::CommandOutcome;

namespace {

bool may_service(protocol::Role role)
{
    return role == protocol::Role::installer || role == protocol::Role::admin;
}

}  // namespace

Recorder::Answer Recorder::command(const protocol::Command& command, const Moment& moment)
{
    const auto answer = [&](CommandOutcome outcome) {
        result(command.id, command.body, outcome, moment);
        return outcome;
    };
    switch (protocol::action_of(command.body)) {
        using enum protocol::CommandAction;
    case locate: return answer(CommandOutcome::done);
    case silence_sounder: {
        const auto& silence = std::get<protocol::SilenceSounder>(command.body);
        silence_ = Silence{.from = moment.now,
                           .to = moment.now + std::min(silence.duration, longest_silence)};
        return answer(CommandOutcome::done);
    }
    case set_cards: return answer(take_cards(command, moment));
    case start:
    case stop:
    case clear_trip:
    case set_settings:
    case test_outlet: break;
    }
    if (desk_.full()) return answer(CommandOutcome::outlet_busy);
    switch (protocol::action_of(command.body)) {
        using enum protocol::CommandAction;
    case start: return start_wish(command);
    case test_outlet: {
        const auto& test = std::get<protocol::TestOutlet>(command.body);
        if (!may_service(command.role) || test.duration > longest_test)
            return answer(CommandOutcome::above_limit);
        return test_wish(command);
    }
    case set_settings: {
        const auto wish = settings_wish(command);
        if (const auto* refused = std::get_if<CommandOutcome>(&wish)) return answer(*refused);
        return wish;
    }
    case clear_trip: {
        const auto& clear = std::get<protocol::ClearTrip>(command.body);
        // Out of use until somebody who can repair it says that it is repaired.
        if (clear.cause == protocol::TripCause::self_test_failed && state_.strikes.blocked() &&
            !may_service(command.role))
            return answer(CommandOutcome::self_test_failed);
        return WishClear{.ticket = desk_.take({.id = command.id, .body = command.body}),
                         .outlet = clear.outlet,
                         .cause = clear.cause};
    }
    case stop:
    case locate:
    case set_cards:
    case silence_sounder: break;
    }
    return stop_wish(command, moment);
}

Wish Recorder::start_wish(const protocol::Command& command)
{
    const auto& start = std::get<protocol::StartOutlet>(command.body);
    return ask_for({.id = command.id,
                    .body = command.body,
                    .session = next_session(),
                    .means = protocol::StartMeans::command,
                    .outlet = start.outlet,
                    .card = start.card,
                    .time_limit = start.time_limit,
                    .energy_limit = start.energy_limit});
}

// The installer's: whatever is plugged in, for a minute at most, under every rule there is.
Wish Recorder::test_wish(const protocol::Command& command)
{
    const auto& test = std::get<protocol::TestOutlet>(command.body);
    constexpr MilliwattHours most{100'000};
    return ask_for({.id = command.id,
                    .body = command.body,
                    .session = next_session(),
                    .means = protocol::StartMeans::test,
                    .outlet = test.outlet,
                    .card = 0,
                    .time_limit = test.duration,
                    .energy_limit = most});
}

Wish Recorder::stop_wish(const protocol::Command& command, const Moment& moment)
{
    const auto outlet = std::get<protocol::StopOutlet>(command.body).outlet;
    while (const auto waiting = starts_.take_of(outlet))
        drop(*waiting, CommandOutcome::superseded, moment);
    return WishStop{.ticket = desk_.take({.id = command.id, .body = command.body}),
                    .outlet = outlet,
                    .reason = protocol::EndReason::stopped};
}

Recorder::Answer Recorder::settings_wish(const protocol::Command& command)
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
    if (any && !both) return CommandOutcome::not_approved;
    return WishSettings{
        .ticket = desk_.take({.id = command.id, .body = command.body}),
        .settings = wanted.settings,
        .approval = both ? Approval::both_approvers : Approval::none,
    };
}

CommandOutcome Recorder::take_cards(const protocol::Command& command, const Moment& moment)
{
    const auto& part = std::get<protocol::SetCards>(command.body);
    const auto taken = cards_.take(part);
    if (const auto* refused = std::get_if<CommandOutcome>(&taken)) return *refused;
    if (std::get<CardList::Part>(taken) == CardList::Part::taken) return CommandOutcome::done;
    // In force at once; a flash that does not take it costs the list at the next boot, and says so.
    const auto saved = card_store_->save(cards_);
    static_cast<void>(event(
        protocol::CardsChanged{.version = part.version,
                               .cards = static_cast<std::uint32_t>(cards_.kept().cards.size()),
                               .command = command.id},
        moment.now, moment));
    return saved == CardStore::Saved::yes ? CommandOutcome::done : CommandOutcome::journal_full;
}

void Recorder::refused(CommandOutcome outcome) { ++refusals_[static_cast<std::size_t>(outcome)]; }

void Recorder::note(const protocol::CommandResult& result, const Moment& moment)
{
    static_cast<void>(event(result, moment.now, moment));
}

std::optional<protocol::CommandResult> Recorder::take_result()
{
    if (results_.empty()) return std::nullopt;
    const auto result = results_.front();
    results_.pop();
    return result;
}

void Recorder::result(const protocol::CommandId& id, const protocol::CommandBody& body,
                      CommandOutcome outcome, const Moment& moment)
{
    const protocol::CommandResult result{
        .command = id,
        .action = protocol::action_of(body),
        .outlet = protocol::outlet_of(body),
        .outcome = outcome,
    };
    static_cast<void>(event(result, moment.now, moment));
    if (results_.full()) results_.pop();
    static_cast<void>(results_.push(result));
}

}  // namespace ks::core
