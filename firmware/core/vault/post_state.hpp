#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/protocol/ids.hpp"
#include "firmware/protocol/settings.hpp"
#include "firmware/protocol/words.hpp"

#include <optional>

namespace ks::core {

/// What a post must know again after any loss of power: its limits, what is latched, and which
/// sessions were open. A relay's state is not among it: every boot begins with all of them open.
struct PostState {
    protocol::Settings settings;
    std::array<std::optional<protocol::TripCause>, protocol::outlet_limit> latched;
    std::optional<protocol::TripCause> whole;
    std::array<protocol::SessionId, protocol::outlet_limit> open;

    bool operator==(const PostState&) const = default;
};

/// The state of a post that was never commissioned.
[[nodiscard]] PostState factory_state();

/// Longest encoded state: settings (at most 128), a length byte, latches and sessions.
inline constexpr std::size_t post_state_limit = 240;
static_assert(128 + 1 + (protocol::outlet_limit + 1) + 8 * protocol::outlet_limit <=
              post_state_limit);

[[nodiscard]] FixedBytes<post_state_limit> encode(const PostState& state);

/// Nothing when the bytes are not exactly what `encode` makes: damaged state is no state.
[[nodiscard]] std::optional<PostState> decode_post_state(Bytes bytes);

}  // namespace ks::core
