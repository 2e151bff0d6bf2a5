#pragma once

#include "edge/domain/fleet.hpp"
#include "firmware/protocol/command.hpp"

#include <optional>
#include <set>
#include <variant>

namespace ks::edge {

/// Whose card starts a session here, and how long and how much it may take.
struct AccessPolicy {
    struct AnyCard {};
    std::variant<AnyCard, std::set<protocol::CardToken>> cards;
    Millis time_limit{10 * 3'600'000};
    MilliwattHours energy_limit{6'000'000};
};

enum class Tap : std::uint8_t {
    start,
    stop,  // the card that started the running session came back
    unknown_card,
    outlet_busy,
    outlet_locked,
    unknown_outlet,
};

/// What a presented card means on that outlet now. Pure policy: whether the tap is fresh is judged
/// where the nonce is.
[[nodiscard]] Tap decide(const AccessPolicy& policy, const PostView& post,
                         const protocol::CardPresented& card);

[[nodiscard]] protocol::StartOutlet start_for(const AccessPolicy& policy,
                                              const protocol::CardPresented& card);

}  // namespace ks::edge
