#pragma once

#include "edge/domain/live_feed.hpp"
#include "edge/domain/site.hpp"
#include "edge/store/reader.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ks::edge {

/// What a watcher has missed since it looked last: which things changed, each named once however
/// often it changed. A slow watcher gets fewer events, not more memory.
struct Missed {
    LogId newest{};
    /// Too long ago: the watcher must load everything anew.
    enum class Extent : std::uint8_t { nothing, some, too_much } extent{};
    std::set<PostNo> posts{};
    std::set<std::pair<PostNo, protocol::OutletNumber>> outlets{};
    std::map<AlarmId, Alarm> alarms{};
    std::set<std::pair<PostNo, protocol::SessionId>> sessions{};
};

[[nodiscard]] Missed missed_since(LogId seen, const LiveFeed& feed, const Fleet& fleet);

/// The events of one turn, as text/event-stream. The id stands on the last event alone: a line that
/// breaks in the middle then resumes before the first, and telling twice does no harm.
[[nodiscard]] std::string events_of(const Missed& missed, const std::vector<SessionRow>& sessions,
                                    const Site& site, UnixMillis now);

/// Says that we are alive, what time it is and how far behind we are; every ten seconds.
[[nodiscard]] std::string beat_of(LogId seen, const Site& site, UnixMillis now);

[[nodiscard]] std::string resync_of(LogId newest);

}  // namespace ks::edge
