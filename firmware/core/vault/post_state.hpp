#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/core/vault/strikes.hpp"
#include "firmware/protocol/cause_set.hpp"
#include "firmware/protocol/settings.hpp"

#include <optional>

namespace ks::core {

/// What a relay has been through: how often it closed, and its openings under load in thousandths
/// of one at the rated current.
struct RelayCount {
    std::uint32_t closings;
    std::uint32_t hot_permille;
    bool operator==(const RelayCount&) const = default;
};

/// What a post must know again after any loss of power: its limits, what is latched, which
/// sessions were open, how old its relays are and how often it has failed itself. A relay's state
/// is not among it: every boot begins with all of them open.
struct PostState {
    protocol::Settings settings;
    std::array<std::optional<protocol::TripCause>, protocol::outlet_limit> latched;
    protocol::CauseSet whole;
    std::array<protocol::SessionId, protocol::outlet_limit> open;
    std::array<RelayCount, protocol::outlet_limit> relays;
    Strikes strikes;

    bool operator==(const PostState&) const = default;
};

/// The state of a post that was never commissioned.
[[nodiscard]] PostState factory_state();

/// Longest encoded state: settings and their length, the post's latches, and for each outlet its
/// latch, its session and its relay's life; behind them two counts, unless both are 0.
inline constexpr std::size_t post_state_limit =
    protocol::settings_limit + 2 + 8 + (1 + 8 + 8) * protocol::outlet_limit + 2;
static_assert(protocol::settings_limit <= 0xFFFF, "their length is written in two bytes");

[[nodiscard]] FixedBytes<post_state_limit> encode(const PostState& state);

/// Nothing when the bytes are not exactly what `encode` makes: damaged state is no state.
[[nodiscard]] std::optional<PostState> decode_post_state(Bytes bytes);

}  // namespace ks::core
