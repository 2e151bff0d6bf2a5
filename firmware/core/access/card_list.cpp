#include "firmware/core/access/card_list.hpp"

namespace ks::core {

using protocol::CommandOutcome;

std::variant<CardList::Part, CommandOutcome> CardList::take(const protocol::SetCards& part)
{
    if (part.version <= kept_.version) return CommandOutcome::replayed;
    if (part.total > protocol::offline_cards_most ||
        std::size_t{part.first} + part.cards.size() > part.total)
        return CommandOutcome::out_of_range;
    if (part.first == 0) {
        coming_ = {.version = part.version, .good_until = part.good_until, .cards = {}};
        total_ = part.total;
    }
    const bool follows = part.version == coming_.version && part.first == coming_.cards.size() &&
                         part.total == total_ && part.good_until == coming_.good_until;
    if (!follows) return CommandOutcome::superseded;
    for (const auto& card : part.cards)
        coming_.cards.push_back(card);
    if (coming_.cards.size() < total_) return Part::taken;
    kept_ = coming_;
    coming_ = {};
    return Part::whole;
}

std::variant<protocol::OfflineCard, CommandOutcome>
CardList::find(protocol::CardToken card, const std::optional<Clock>& clock) const
{
    const protocol::OfflineCard* found = nullptr;
    for (const auto& known : kept_.cards)
        if (known.card == card && card != 0) found = &known;
    if (found == nullptr) return CommandOutcome::card_unknown;
    if (!clock || clock->error > error_most) return CommandOutcome::clock_unknown;
    // Late by the clock's own error: who is not surely in time is not in time.
    const auto latest = clock->at + clock->error;
    if (latest >= kept_.good_until || latest >= found->expires) return CommandOutcome::card_expired;
    return *found;
}

}  // namespace ks::core
