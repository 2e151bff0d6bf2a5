#pragma once

#include "firmware/protocol/lane.hpp"

#include <algorithm>

// Who may take a sector, and who must give one up (D5). Pure counting, no flash.
namespace ks::core {

/// D5: so many unacknowledged alarms are kept whatever else happens.
inline constexpr std::uint32_t alarm_reserve_records = 4'096;

/// Sectors that only a GAP record, a boot mark or a failed sector may use up. Two would do for the
/// proof in SPEC.md, one for gaps and one for marks; the third stands in for a sector that fails
/// while it is needed.
inline constexpr std::uint32_t spare_sectors = 3;

/// A lane turns over only while it has a sector to write to beside the one it gives up.
inline constexpr std::uint32_t least_lane_sectors = 2;

inline constexpr std::uint32_t least_sectors =
    spare_sectors + protocol::lane_count * least_lane_sectors;

struct Reserves {
    std::array<std::uint32_t, protocol::lane_count> lanes;
    std::uint32_t alarm_records;

    [[nodiscard]] constexpr std::uint32_t of(protocol::Lane lane) const
    {
        return lanes[static_cast<std::size_t>(lane)];
    }
};

/// A small chip keeps half of what is not spoken for to alarms and a quarter to events. On a large
/// one events have a quarter of the chip (our choice: ten thousand events of the usual 150 bytes).
[[nodiscard]] constexpr Reserves reserves_for(std::uint32_t sectors,
                                              std::uint32_t records_per_sector)
{
    const auto shared = sectors - std::min(sectors, spare_sectors + least_lane_sectors);
    const auto wanted = (alarm_reserve_records + records_per_sector - 1) / records_per_sector;
    const auto alarm = std::max(least_lane_sectors, std::min(wanted, shared / 2));
    const auto event = std::max(least_lane_sectors, shared / 4);
    return {.lanes = {alarm, event, least_lane_sectors},
            .alarm_records = std::min(alarm * records_per_sector, alarm_reserve_records)};
}

static_assert(reserves_for(2'048, 6).alarm_records == alarm_reserve_records);
static_assert(reserves_for(12, 2).of(protocol::Lane::alarm) == 3);
static_assert(
    [] {
        for (auto sectors = least_sectors; sectors <= 4'096; ++sectors) {
            const auto reserves = reserves_for(sectors, 6);
            const auto pledged = reserves.lanes[0] + reserves.lanes[1] + reserves.lanes[2];
            if (pledged + spare_sectors > sectors) return false;
        }
        return true;
    }(),
    "what is promised exists");

/// Sectors as they are at one moment. `reclaimable` ones hold acknowledged records alone and are
/// not their lane's newest.
struct Room {
    std::uint32_t free;
    std::array<std::uint32_t, protocol::lane_count> live;
    std::array<std::uint32_t, protocol::lane_count> reclaimable;

    [[nodiscard]] constexpr std::uint32_t held(protocol::Lane lane) const
    {
        return live[static_cast<std::size_t>(lane)] - reclaimable[static_cast<std::size_t>(lane)];
    }
    [[nodiscard]] constexpr std::uint32_t available() const
    {
        return free + reclaimable[0] + reclaimable[1] + reclaimable[2];
    }
};

enum class Space : std::uint8_t { take, evict_tele, evict_event, full };

/// May `lane` have one more sector, and if not, whose oldest unacknowledged one must go first?
/// Alarms never go. Telemetry makes way for all, events for alarms and themselves.
[[nodiscard]] constexpr Space space_for(protocol::Lane lane, const Room& room,
                                        const Reserves& reserves)
{
    using enum protocol::Lane;
    auto spoken_for = spare_sectors;
    for (const auto other : protocol::all_lanes)
        if (other != lane)
            spoken_for += reserves.of(other) - std::min(reserves.of(other), room.held(other));
    if (room.available() > spoken_for) return Space::take;

    const auto may_lose = [&](protocol::Lane victim) {
        return room.held(victim) >= least_lane_sectors &&
               (victim == lane || room.held(victim) > reserves.of(victim));
    };
    if (may_lose(tele)) return Space::evict_tele;
    if (lane != tele && may_lose(event)) return Space::evict_event;
    return Space::full;
}

namespace space_test {

constexpr Reserves reserves{.lanes = {4, 3, 2}, .alarm_records = 8};
constexpr auto full_of = [](std::uint32_t alarm, std::uint32_t event, std::uint32_t tele) {
    return Room{.free = spare_sectors, .live = {alarm, event, tele}, .reclaimable = {}};
};
using enum protocol::Lane;
static_assert(space_for(alarm, full_of(4, 3, 9), reserves) == Space::evict_tele);
static_assert(space_for(alarm, full_of(4, 9, 2), reserves) == Space::evict_event);
static_assert(space_for(alarm, full_of(9, 3, 2), reserves) == Space::full);
static_assert(space_for(event, full_of(9, 3, 2), reserves) == Space::evict_event);
static_assert(space_for(tele, full_of(4, 9, 2), reserves) == Space::evict_tele);
static_assert(space_for(tele, full_of(4, 9, 1), reserves) == Space::full);

// An acknowledged sector is as good as a free one; a pledge to alarms not yet written is not.
constexpr Room acked{.free = spare_sectors, .live = {4, 3, 5}, .reclaimable = {0, 0, 1}};
static_assert(space_for(tele, acked, reserves) == Space::take);
constexpr Room pledged{.free = spare_sectors + 2, .live = {2, 3, 4}, .reclaimable = {}};
static_assert(space_for(alarm, pledged, reserves) == Space::take);
static_assert(space_for(tele, pledged, reserves) == Space::evict_tele);

}  // namespace space_test

}  // namespace ks::core
