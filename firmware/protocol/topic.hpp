#pragma once

#include "firmware/protocol/ids.hpp"
#include "firmware/protocol/lane.hpp"

namespace ks::protocol {

/// What a post publishes below `ks/1/{site}/{post}/up/`.
enum class Up : std::uint8_t { alarm, event, tele, birth, nonce, will };

/// What the edge publishes below `ks/1/{site}/{post}/down/`.
enum class Down : std::uint8_t { ack, time, range, command, nonce };

/// Longest topic: `ks/1/` + 32 + `/` + 32 + `/down/command`.
inline constexpr std::size_t topic_limit = 96;
using Topic = FixedBytes<topic_limit>;

struct UpTopic {
    SiteId site;
    PostId post;
    Up what;
};

struct DownTopic {
    SiteId site;
    PostId post;
    Down what;
};

[[nodiscard]] Topic topic_of(const UpTopic& topic);
[[nodiscard]] Topic topic_of(const DownTopic& topic);

/// `ks/1/{site}/{post}/down/+`, the post's only subscription.
[[nodiscard]] Topic down_filter(const SiteId& site, const PostId& post);

/// Nothing when the text is not one of ours: wrong root, version, ids or last word.
[[nodiscard]] std::optional<UpTopic> parse_up(std::string_view text);
[[nodiscard]] std::optional<DownTopic> parse_down(std::string_view text);

[[nodiscard]] constexpr Up up_of(Lane lane) { return static_cast<Up>(lane); }

static_assert(up_of(Lane::alarm) == Up::alarm && up_of(Lane::tele) == Up::tele);

}  // namespace ks::protocol
