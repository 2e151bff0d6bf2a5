#include "firmware/link/command_check.hpp"

namespace ks::link {

using protocol::Authenticity;
using protocol::CommandAction;
using protocol::CommandOutcome;

namespace {

[[nodiscard]] CommandCheck::Refuse refused(CommandOutcome outcome)
{
    return {.outcome = outcome, .result = std::nullopt};
}

/// Late means surely late, by the wall clock when we know it. When we do not, the nonce tells: the
/// command was made after the nonce was offered, so it cannot be older than that.
[[nodiscard]] bool is_late(const protocol::Command& command, const core::Moment& moment,
                           Instant offered)
{
    if (!moment.wall) return moment.now - offered > command.good_for;
    return moment.wall->at - command.issued > command.good_for + moment.wall->error;
}

}  // namespace

// The order is the policy: what is cheap and needs no trust first, and nothing is remembered, spent
// or answered before its author has proven himself, so that noise on the channel changes nothing.
CommandCheck::Verdict CommandCheck::judge(const Arrival& arrival, const core::Moment& moment,
                                          NonceKeeper& nonces)
{
    if (arrival.origin == Arrival::Origin::retained) return refused(CommandOutcome::retained);
    if (arrival.payload.size() > protocol::command_limit) return refused(CommandOutcome::malformed);
    const auto command = protocol::decode_command(arrival.payload);
    if (!command) return refused(CommandOutcome::malformed);
    if (!(arrival.site == site_) || !(arrival.post == post_) || !(command->post == post_))
        return refused(CommandOutcome::wrong_post);

    const bool stop = protocol::action_of(command->body) == CommandAction::stop;
    switch (protocol::authenticity(arrival.payload, key_)) {
    case Authenticity::wrong: return refused(CommandOutcome::not_authentic);
    case Authenticity::absent:
        // Not remembered either: an id that nobody vouches for must not stand in the way of one
        // that somebody does.
        if (stop) return Accept{*command};
        return refused(CommandOutcome::not_authentic);
    case Authenticity::proven: break;
    }
    return judge_authentic(*command, moment, nonces);
}

void CommandCheck::finished(const protocol::CommandResult& result, Instant now)
{
    for (std::size_t i = 0; i < known_count_; ++i) {
        auto& known = known_[i];
        if (known.id != result.command || known.action != result.action) continue;
        known.outcome = result.outcome;
        known.answered = now;
    }
}

CommandCheck::Verdict CommandCheck::judge_authentic(const protocol::Command& command,
                                                    const core::Moment& moment, NonceKeeper& nonces)
{
    if (auto* const known = find(command)) return again(*known, moment.now);

    const auto action = protocol::action_of(command.body);
    const auto fault = fault_of_freshness(command, moment, nonces);
    remember({.id = command.id,
              .action = action,
              .outlet = outlet_of(command.body),
              .outcome = fault,
              .answered = moment.now});
    if (!fault) return Accept{command};
    return Refuse{.outcome = *fault,
                  .result = protocol::CommandResult{.command = command.id,
                                                    .action = action,
                                                    .outlet = outlet_of(command.body),
                                                    .outcome = *fault}};
}

std::optional<CommandOutcome> CommandCheck::fault_of_freshness(const protocol::Command& command,
                                                               const core::Moment& moment,
                                                               NonceKeeper& nonces) const
{
    if (!protocol::energises(protocol::action_of(command.body))) return std::nullopt;
    if (!command.nonce) return CommandOutcome::nonce_stale;
    const auto offered = nonces.spend(*command.nonce, moment.now);
    if (!offered) return CommandOutcome::nonce_stale;
    if (is_late(command, moment, *offered)) return CommandOutcome::late;
    return std::nullopt;
}

CommandCheck::Known* CommandCheck::find(const protocol::Command& command)
{
    for (std::size_t i = 0; i < known_count_; ++i) {
        auto& known = known_[i];
        if (known.id != command.id) continue;
        // Two commands under one id are a mistake of their author, and a stop must not suffer.
        const auto action = protocol::action_of(command.body);
        if (action == CommandAction::stop && known.action != action) continue;
        return &known;
    }
    return nullptr;
}

CommandCheck::Verdict CommandCheck::again(Known& known, Instant now) const
{
    if (!known.outcome || now - known.answered < answer_again_after)
        return refused(CommandOutcome::replayed);
    known.answered = now;
    return Repeat{{.command = known.id,
                   .action = known.action,
                   .outlet = known.outlet,
                   .outcome = *known.outcome}};
}

void CommandCheck::remember(const Known& known)
{
    known_[next_slot_] = known;
    next_slot_ = (next_slot_ + 1) % remembered;
    known_count_ = std::min(known_count_ + 1, remembered);
    check(next_slot_ < remembered && known_count_ <= remembered);
}

}  // namespace ks::link
