#include "firmware/drivers/slave_table.hpp"

namespace ks::drivers {

namespace {

constexpr bool has_place(hal::SensorKind kind) { return kind != hal::SensorKind::annunciator; }

std::optional<TableReason> fault_of(const SlaveTable& table, std::size_t i)
{
    const auto& row = table.rows[i];
    if (row.address == 0) return TableReason::broadcast;
    if (!is_slave_address(row.address)) return TableReason::reserved_address;
    if (has_place(row.kind) && (row.place == 0 || row.place > place_most))
        return TableReason::place_missing;
    if (!has_place(row.kind) && row.place != 0) return TableReason::place_not_meant;
    if (row.map > table.maps.size()) return TableReason::no_such_map;
    if (map_of(table, row).kind != row.kind) return TableReason::map_of_other_kind;
    for (std::size_t j = 0; j < i; ++j) {
        const auto& other = table.rows[j];
        if (other.address == row.address) return TableReason::address_twice;
        if (has_place(row.kind) && other.kind == row.kind && other.place == row.place)
            return TableReason::place_twice;
    }
    return std::nullopt;
}

}  // namespace

Result<Done, TableFault> check_table(const SlaveTable& table)
{
    for (std::size_t i = 0; i < table.maps.size(); ++i)
        if (!check_map(table.maps[i]).ok())
            return Failure{
                TableFault{.reason = TableReason::bad_map, .at = static_cast<std::uint8_t>(i)}};
    for (std::size_t i = 0; i < table.rows.size(); ++i)
        if (const auto reason = fault_of(table, i))
            return Failure{TableFault{.reason = *reason, .at = static_cast<std::uint8_t>(i)}};
    return Done{};
}

const RegisterMap& map_of(const SlaveTable& table, const SlaveRow& row)
{
    return row.map == 0 ? generic_map(row.kind) : table.maps[row.map - 1U];
}

ModbusRtu bus_for(const SlaveTable& table, const ModbusRtu::Setup& setup)
{
    ModbusRtu bus{setup};
    for (const auto& row : table.rows) {
        const auto& map = map_of(table, row);
        const auto added = bus.add({.slave = row.address,
                                    .function = map.function,
                                    .first = map.first,
                                    .count = map.count});
        check(added.ok());
    }
    return bus;
}

}  // namespace ks::drivers
