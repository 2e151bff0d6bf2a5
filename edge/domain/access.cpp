#include "edge/domain/access.hpp"

namespace ks::edge {

using namespace protocol;

namespace {

bool accepts(const AccessPolicy& policy, CardToken card)
{
    if (card == 0) return false;
    const auto* listed = std::get_if<std::set<CardToken>>(&policy.cards);
    return listed == nullptr || listed->contains(card);
}

}  // namespace

Tap decide(const AccessPolicy& policy, const PostView& post, const CardPresented& card)
{
    if (card.outlet < 1 || card.outlet > post.outlet_count || card.outlet > outlet_limit)
        return Tap::unknown_outlet;
    const auto& outlet = post.outlet(card.outlet);

    // Ending one's own session needs no list: whoever was let in is let out.
    if (outlet.session != 0 && outlet.card == card.card) return Tap::stop;
    if (!accepts(policy, card.card)) return Tap::unknown_card;
    if (post.trip_on(card.outlet) || outlet.state == OutletState::locked_out)
        return Tap::outlet_locked;
    if (outlet.session != 0 || outlet.state != OutletState::idle) return Tap::outlet_busy;
    return Tap::start;
}

StartOutlet start_for(const AccessPolicy& policy, const CardPresented& card)
{
    return {.outlet = card.outlet,
            .card = card.card,
            .time_limit = policy.time_limit,
            .energy_limit = policy.energy_limit};
}

}  // namespace ks::edge
