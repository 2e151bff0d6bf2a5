#pragma once

#include "firmware/protocol/record.hpp"

// What the journal answers.
namespace ks::core {

/// The part of a chip that belongs to the journal.
struct SectorRange {
    std::uint32_t first;
    std::uint32_t count;
};

enum class AppendRefusal : std::uint8_t {
    too_short,  // no room for a digest
    too_long,
    needs_gap,        // see `gap_needed`
    stale_gap,        // the gap is not, or no longer, the one that is needed
    alarm_lane_full,  // every alarm is unacknowledged: count repeats, start nothing
    lane_full,
    sequence_spent,
    flash_failed,  // not one of several sectors took it
};

enum class ReadRefusal : std::uint8_t {
    never_written,
    evicted,
    damaged,
    no_room,  // in the caller's span
};

enum class AckRefusal : std::uint8_t { never_written };

/// Records `from` to `to` of a lane, and the digests of the records just before and at the end.
struct GapToDeclare {
    protocol::Lane lane;
    std::uint64_t from;
    std::uint64_t to;
    protocol::ChainDigest before;
    protocol::ChainDigest last;
    constexpr bool operator==(const GapToDeclare&) const = default;
};

/// A GAP record may be no longer than this: several must fit where one sector is given up, or
/// declaring would use up what evicting frees. (The protocol's takes about 100 bytes.)
inline constexpr std::size_t gap_record_limit = 192;

enum class MountState : std::uint8_t {
    ready,
    too_small,     // fewer sectors, or smaller ones, than the journal can turn over
    cannot_read,   // nothing can be appended or read; mounting again may help
    cannot_write,  // the boot could not be counted durably
};

/// Whether a lane's chain goes on from its newest record or, that one being damaged, begins anew.
enum class ChainState : std::uint8_t { whole, broken };

struct MountReport {
    MountState state;
    std::uint32_t boot;
    std::uint32_t live;
    std::uint32_t free;
    std::uint32_t retired;
    std::uint32_t half_erased;      // or half opened: neither blank, nor live, nor given up
    std::uint32_t discarded_tails;  // appends that power interrupted
    std::uint32_t damaged_spots;    // in the newest sector of each lane
    /// Alarms that surely fit, of whatever size; less than `alarm_reserve_records` on a small chip.
    std::uint32_t alarm_reserve;
    std::array<ChainState, protocol::lane_count> chains;
};

struct LaneFill {
    std::uint32_t sectors;
    std::uint32_t acknowledged;  // of these, how many hold nothing that is still needed
    std::uint32_t reserve;
};

struct Fill {
    std::array<LaneFill, protocol::lane_count> lanes;
    std::uint32_t free;
    std::uint32_t clean;  // of the free ones, erased beforehand
    std::uint32_t retired;
    std::uint32_t most_erases;
};

/// W25Q64: more than 100,000 erases per sector, as its data sheet is quoted (docs/sources.md).
inline constexpr std::uint32_t rated_erases = 100'000;

enum class Tidied : std::uint8_t { worked, nothing_to_do };

}  // namespace ks::core
