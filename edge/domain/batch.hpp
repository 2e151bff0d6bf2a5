#pragma once

#include "edge/domain/alarm.hpp"
#include "edge/domain/command_desk.hpp"
#include "edge/domain/fleet.hpp"
#include "edge/domain/high_water.hpp"
#include "edge/domain/live_feed.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// What the chain says of a record.
enum class Standing : std::uint8_t {
    chained = 0,
    broken = 1,      // does not follow from its predecessor; the chain starts again behind it
    unreadable = 2,  // follows, but no decoder of ours accepts it
};

/// A record that was taken in and is about to be durable. Its bytes lie in the batch.
struct Accepted {
    LogId id{};
    RecordKey key{};
    Standing standing{};
    UnixMillis arrived;
    std::size_t offset{};
    std::size_t size{};
    /// Nothing when it is unreadable.
    std::optional<protocol::Record> record;
};

/// Where a lane stands after the batch: `next` is expected, `digest` is that of the record before.
struct LaneMark {
    PostNo post{};
    std::uint32_t epoch{};
    protocol::Lane lane{};
    std::uint64_t next{};
    protocol::ChainDigest digest{};
    bool operator==(const LaneMark&) const = default;
};

enum class GapOrigin : std::uint8_t {
    birth = 1,       // the post said so when it connected
    record = 2,      // a Gap record in the chain, which confirms what a birth had said
    before_log = 3,  // given up or acknowledged before this log first met the post
    disk_full = 4,   // telemetry that came while our disk had no room for it
    log_lost = 5,    // our log had them and lost them, and the post no longer holds them
};

/// Records that are not in the log and never will be, and who said so.
struct GapRow {
    PostNo post{};
    std::uint32_t epoch{};
    protocol::Lane lane{};
    std::uint64_t from{};
    std::uint64_t to{};
    GapOrigin origin{};
    /// The digest of record `to`, by whoever said so.
    protocol::ChainDigest last{};
    UnixMillis at;
    bool operator==(const GapRow&) const = default;
};

/// Why bytes were set aside.
enum class Poison : std::uint8_t {
    undecodable_record = 1,
    undecodable_message = 2,
    unknown_topic = 3,
    broken_chain = 4,
    oversized = 5,
};

struct QuarantineRow {
    UnixMillis at;
    std::string topic;
    Poison why{};
    std::vector<std::byte> bytes;
};

/// Everything that must become durable as one fact: records, and what they caused.
struct Batch {
    std::vector<Accepted> records;
    std::vector<std::byte> bytes;
    std::vector<PostView> posts;  // new, or with a new boot, firmware or settings
    std::vector<LaneMark> marks;
    std::vector<AlarmChange> alarms;
    std::vector<GapRow> gaps;
    std::vector<QuarantineRow> quarantine;
    std::vector<CommandView> commands;

    [[nodiscard]] bool empty() const
    {
        return records.empty() && posts.empty() && marks.empty() && alarms.empty() &&
               gaps.empty() && quarantine.empty() && commands.empty();
    }
    [[nodiscard]] Bytes bytes_of(const Accepted& record) const
    {
        return Bytes{bytes}.subspan(record.offset, record.size);
    }
};

/// What the log hands back when the daemon starts. Handed on to `Site::restore` after
/// `hold_against`, when there is a high-water mark.
struct Restored {
    LogId newest{};
    AlarmId next_alarm{1};
    std::uint64_t next_delivery{1};
    std::vector<PostView> posts;
    std::vector<LaneMark> marks;
    /// When the record before each mark came in, in their order; nothing when it is in no table.
    std::vector<std::optional<UnixMillis>> reached{};
    std::vector<Alarm> open_alarms;
    /// The newest frame of each post, and what started its open sessions and active trips: laid
    /// over each other in this order they are the site as it was.
    std::vector<RecordLogged> newest_records;
    /// What the log lacks of what it once had (S-63).
    std::optional<WentBack> went_back{};
};

}  // namespace ks::edge
