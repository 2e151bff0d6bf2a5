#pragma once

#include "firmware/drivers/modbus_rtu.hpp"
#include "firmware/drivers/register_map.hpp"

namespace ks::drivers {

/// Bays, zones, barriers and detectors of a post are numbered from 1 to this, each kind of its own.
inline constexpr hal::Place place_most = 16;
/// Maps that a site's settings bring along, beside the generic ones.
inline constexpr std::size_t site_maps_most = 4;

/// One slave as the installer has set it up.
struct SlaveRow {
    SlaveAddress address;
    hal::SensorKind kind;
    /// Which bay, zone, barrier or detector; 0 for an annunciator, which speaks for the post.
    hal::Place place;
    /// Which of the site's maps, from 1; 0 is the generic one.
    std::uint8_t map;
};

/// What hangs on a post's bus. An empty table is a post without a bus.
struct SlaveTable {
    FixedVector<SlaveRow, modbus_slaves_most> rows;
    FixedVector<RegisterMap, site_maps_most> maps;
};

enum class TableReason : std::uint8_t {
    broadcast,
    reserved_address,
    address_twice,
    place_missing,  // or beyond the last
    place_not_meant,
    place_twice,  // two slaves of one kind for one place
    no_such_map,
    map_of_other_kind,
    bad_map,
};

/// What is wrong, and in which row (or map, for `bad_map`), from 0.
struct TableFault {
    TableReason reason;
    std::uint8_t at;
    constexpr bool operator==(const TableFault&) const = default;
};

/// Says the first thing that is wrong. A table with one wrong row is refused as a whole: half a
/// table would leave a detector unread that the installer believes in.
[[nodiscard]] Result<Done, TableFault> check_table(const SlaveTable& table);

[[nodiscard]] const RegisterMap& map_of(const SlaveTable& table, const SlaveRow& row);

/// The poll plan of a table that `check_table` takes.
[[nodiscard]] ModbusRtu bus_for(const SlaveTable& table, const ModbusRtu::Setup& setup);

static_assert(sizeof(SlaveTable) <= 1'024, "kept twice in RAM while settings change");

}  // namespace ks::drivers
