#include "firmware/drivers/slave_table.hpp"
#include "sim/chips/modbus_slave.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::drivers;
using hal::Finding;
using hal::SensorKind;

namespace {

constexpr SensorKind all_kinds[] = {
    SensorKind::smoke, SensorKind::temperature, SensorKind::bay,        SensorKind::tag_reader,
    SensorKind::zone,  SensorKind::barrier,     SensorKind::annunciator};

/// What the master makes of a simulated slave's block, over the real bytes.
hal::SensorReading read(sim::ModbusSlave& slave, const RegisterMap& map)
{
    const ModbusQuestion question{
        .slave = slave.address(), .function = map.function, .first = map.first, .count = map.count};
    const auto answer = modbus_answer(*slave.hear(modbus_frame(question).view()), question);
    return reading_from(map, 3, std::get<ModbusWords>(*answer), Instant{Millis{7}});
}

RegisterMap with_field(SensorKind kind, const RegisterField& field)
{
    RegisterMap map{.kind = kind,
                    .function = ModbusFunction::read_input_registers,
                    .first = 100,
                    .count = 4,
                    .fields = {}};
    map.fields.push_back(field);
    return map;
}

constexpr RegisterField degrees{.meaning = Meaning::temperature, .shape = Shape::signed_word};

}  // namespace

TEST_CASE("a PZEM-004T's published answer decodes to its published numbers",
          "[drivers][registers][golden]")
{
    // ESPHome's pzemac.cpp reads it as 225.7 V, 0.108 A, 24.4 W, 38 Wh.
    constexpr std::uint16_t words[] = {0x08D1, 0x006C, 0, 0x00F4, 0, 0x0026, 0, 0x01F4, 0x64, 0};
    const auto low_first = [&](std::uint8_t word, std::int32_t multiply) {
        const RegisterField field{.meaning = Meaning::distance,
                                  .shape = Shape::low_word_first,
                                  .word = word,
                                  .scale = {.multiply = multiply}};
        return field_value(field, words);
    };
    const RegisterField volts{
        .meaning = Meaning::distance, .shape = Shape::word, .scale = {.multiply = 100}};
    CHECK(field_value(volts, words) == 225'700);  // mV
    CHECK(low_first(1, 1) == 108);                // mA
    CHECK(low_first(3, 100) == 24'400);           // mW
    CHECK(low_first(5, 1'000) == 38'000);         // mWh
}

TEST_CASE("every kind has a generic map that is in order, and its chip speaks it",
          "[drivers][registers][unit]")
{
    for (const auto kind : all_kinds) {
        CAPTURE(static_cast<int>(kind));
        const auto& map = generic_map(kind);
        CHECK(map.kind == kind);
        CHECK(check_map(map).ok());
        auto slave = sim::modbus_sensor(kind, 9);
        const auto reading = read(slave, map);
        CHECK(reading.finding == Finding::quiet);
        CHECK(reading.kind == kind);
        CHECK(int{reading.place} == 3);
        CHECK(reading.at == Instant{Millis{7}});
    }
}

TEST_CASE("a sensor's states come through its generic map as they are",
          "[drivers][registers][unit]")
{
    for (const auto kind :
         {SensorKind::smoke, SensorKind::bay, SensorKind::zone, SensorKind::barrier}) {
        CAPTURE(static_cast<int>(kind));
        auto slave = sim::modbus_sensor(kind, 9);
        sim::show(slave, kind, Finding::active);
        CHECK(read(slave, generic_map(kind)).finding == Finding::active);
        sim::show(slave, kind, Finding::quiet);
        CHECK(read(slave, generic_map(kind)).finding == Finding::quiet);
        if (kind == SensorKind::barrier) continue;  // a contact cannot know its own fault
        sim::show(slave, kind, Finding::faulty);
        CHECK(read(slave, generic_map(kind)).finding == Finding::faulty);
    }
}

TEST_CASE("temperatures, distances and tags keep sign, size and faults",
          "[drivers][registers][unit]")
{
    auto thermometer = sim::modbus_sensor(SensorKind::temperature, 9);
    sim::show_temperature(thermometer, DeciCelsius{-125});
    const auto& degrees_map = generic_map(SensorKind::temperature);
    CHECK(read(thermometer, degrees_map).temperature == DeciCelsius{-125});
    sim::show_temperature(thermometer, std::nullopt);
    CHECK_FALSE(read(thermometer, degrees_map).temperature.has_value());
    CHECK(read(thermometer, degrees_map).finding == Finding::faulty);

    auto bay = sim::modbus_sensor(SensorKind::bay, 9);
    sim::show_distance(bay, Millimetres{640});
    CHECK(read(bay, generic_map(SensorKind::bay)).distance == Millimetres{640});
    sim::show_distance(bay, std::nullopt);
    CHECK(read(bay, generic_map(SensorKind::bay)).finding == Finding::faulty);

    auto reader = sim::modbus_sensor(SensorKind::tag_reader, 9);
    sim::show_tag(reader, 0xE280'1160'6000'0207);
    CHECK(read(reader, generic_map(SensorKind::tag_reader)).tag == 0xE280'1160'6000'0207);
}

TEST_CASE("a detector that warns and owns up to a fault has warned; a bay in doubt is in doubt",
          "[drivers][registers][unit]")
{
    auto zone = sim::modbus_sensor(SensorKind::zone, 9);
    zone.set_discrete(0, 1);
    zone.set_discrete(1, 1);
    CHECK(read(zone, generic_map(SensorKind::zone)).finding == Finding::active);

    auto bay = sim::modbus_sensor(SensorKind::bay, 9);
    sim::show(bay, SensorKind::bay, Finding::active);
    sim::show_distance(bay, std::nullopt);
    CHECK(read(bay, generic_map(SensorKind::bay)).finding == Finding::faulty);
}

TEST_CASE("a status word that means nothing known is a fault and never quiet",
          "[drivers][registers][bad]")
{
    auto smoke = sim::modbus_sensor(SensorKind::smoke, 9);
    for (std::uint16_t word = 2; word < 300; ++word) {
        smoke.set_holding(0, word);
        REQUIRE(read(smoke, generic_map(SensorKind::smoke)).finding == Finding::faulty);
    }
}

TEST_CASE("scales are exact to the ends of their words", "[drivers][registers][unit]")
{
    constexpr std::uint16_t ends[] = {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF};
    RegisterField field{.meaning = Meaning::distance, .shape = Shape::high_word_first};
    const auto value = [&](Scale scale) {
        field.scale = scale;
        return *field_value(field, ends);
    };
    constexpr std::int64_t most = 0xFFFF'FFFF;
    CHECK(value({}) == most);
    CHECK(value({.multiply = INT32_MAX, .offset = INT32_MAX}) == (most + 1) * INT32_MAX);
    CHECK(value({.multiply = INT32_MIN, .offset = INT32_MIN}) == INT64_MIN);
    CHECK(value({.multiply = INT32_MIN, .divide = -1, .offset = INT32_MAX}) == INT64_MAX);
    CHECK(value({.divide = INT32_MIN}) == -1);
    field.shape = Shape::signed_word;
    field.scale = {.multiply = 1, .divide = 10, .offset = -400};
    CHECK(field_value(field, ends) == -400);
    field.shape = Shape::four_words;
    CHECK_FALSE(field_value(field, ends).has_value());
}

TEST_CASE("wrong maps are refused, each for its reason", "[drivers][registers][bad]")
{
    const auto reason = [](auto change) {
        auto map = with_field(SensorKind::temperature, degrees);
        REQUIRE(check_map(map).ok());
        change(map);
        return check_map(map).reason();
    };
    using Map = RegisterMap;
    CHECK(reason([](Map& m) { m.function = ModbusFunction::write_single_register; }) ==
          MapFault::not_a_read);
    CHECK(reason([](Map& m) { m.count = 0; }) == MapFault::too_many_registers);
    CHECK(reason([](Map& m) { m.count = 13; }) == MapFault::too_many_registers);
    CHECK(reason([](Map& m) { m.first = 0xFFFE; }) == MapFault::too_many_registers);
    CHECK(reason([](Map& m) { m.fields.clear(); }) == MapFault::no_fields);
    CHECK(reason([](Map& m) { m.fields[0].word = 4; }) == MapFault::beyond_the_block);
    CHECK(reason([](Map& m) { m.fields[0].word = 255; }) == MapFault::beyond_the_block);
    CHECK(reason([](Map& m) {
              m.fields[0].shape = Shape::low_word_first;
              m.fields[0].word = 3;
          }) == MapFault::beyond_the_block);
    CHECK(reason([](Map& m) { m.fields[0].scale.divide = 0; }) == MapFault::divides_by_zero);
    CHECK(reason([](Map& m) { m.fields[0].shape = Shape::bit; }) == MapFault::wrong_shape);
    CHECK(reason([](Map& m) { m.fields.push_back(degrees); }) == MapFault::meaning_twice);
    CHECK(reason([](Map& m) { m.kind = SensorKind::barrier; }) == MapFault::wrong_meaning);
    CHECK(reason([](Map& m) { m.kind = SensorKind::smoke; }) == MapFault::meaning_missing);

    auto words = with_field(SensorKind::zone, {.meaning = Meaning::active, .shape = Shape::word});
    REQUIRE(check_map(words).ok());
    words.fields[0].active_word = words.fields[0].quiet_word;
    CHECK(check_map(words).reason() == MapFault::same_word_twice);

    auto bits = generic_map(SensorKind::zone);
    bits.fields[0].bit = 2;
    CHECK(check_map(bits).reason() == MapFault::no_such_bit);
    bits.fields[0].bit = 16;
    CHECK(check_map(bits).reason() == MapFault::no_such_bit);

    auto output = generic_map(SensorKind::annunciator);
    output.function = ModbusFunction::read_input_registers;
    CHECK(check_map(output).reason() == MapFault::wrong_shape);
}

TEST_CASE("wrong tables are refused with the row that is wrong", "[drivers][registers][bad]")
{
    SlaveTable table;
    table.rows.push_back({.address = 1, .kind = SensorKind::bay, .place = 1, .map = 0});
    table.rows.push_back({.address = 2, .kind = SensorKind::tag_reader, .place = 1, .map = 0});
    table.rows.push_back({.address = 3, .kind = SensorKind::temperature, .place = 1, .map = 1});
    table.maps.push_back(with_field(SensorKind::temperature, degrees));
    REQUIRE(check_table(table).ok());
    CHECK(map_of(table, table.rows[2]).first == 100);
    CHECK(check_table({}).ok());

    const auto fault = [&](std::size_t row, auto change) {
        auto wrong = table;
        change(wrong.rows[row]);
        const auto found = check_table(wrong).reason();
        CHECK(std::size_t{found.at} == row);
        return found.reason;
    };
    CHECK(fault(0, [](SlaveRow& r) { r.address = 0; }) == TableReason::broadcast);
    CHECK(fault(0, [](SlaveRow& r) { r.address = 248; }) == TableReason::reserved_address);
    CHECK(fault(1, [](SlaveRow& r) { r.address = 1; }) == TableReason::address_twice);
    CHECK(fault(1, [](SlaveRow& r) { r.kind = SensorKind::bay; }) == TableReason::place_twice);
    CHECK(fault(0, [](SlaveRow& r) { r.place = 0; }) == TableReason::place_missing);
    CHECK(fault(0, [](SlaveRow& r) { r.place = 17; }) == TableReason::place_missing);
    CHECK(fault(2, [](SlaveRow& r) {
              r.kind = SensorKind::annunciator;
              r.map = 0;
          }) == TableReason::place_not_meant);
    CHECK(fault(2, [](SlaveRow& r) { r.map = 2; }) == TableReason::no_such_map);
    CHECK(fault(0, [](SlaveRow& r) { r.map = 1; }) == TableReason::map_of_other_kind);

    auto wrong = table;
    wrong.maps[0].count = 0;
    CHECK(check_table(wrong).reason() == TableFault{.reason = TableReason::bad_map, .at = 0});
}

TEST_CASE("a table becomes a poll plan, and a message its write", "[drivers][registers][unit]")
{
    SlaveTable table;
    for (std::uint8_t i = 1; i <= modbus_slaves_most; ++i)
        table.rows.push_back({.address = i,
                              .kind = i <= place_most ? SensorKind::smoke : SensorKind::zone,
                              .place = static_cast<hal::Place>((i - 1) % place_most + 1),
                              .map = 0});
    REQUIRE(check_table(table).ok());
    CHECK(bus_for(table, {.baud = ModbusBaud::at_9600, .response = Millis{100}}).slaves() ==
          modbus_slaves_most);

    auto slave = sim::modbus_sensor(SensorKind::annunciator, 30);
    auto map = generic_map(SensorKind::annunciator);
    const auto question = output_question(map, 30, 5, 12);
    REQUIRE(check_question(question).ok());
    CHECK(modbus_answer(*slave.hear(modbus_frame(question).view()), question).ok());
    CHECK(slave.holding(0) == 5);
    CHECK(slave.holding(1) == 12);

    map.fields[0].shape = Shape::word;
    map.fields[0].word = 1;
    const auto single = output_question(map, 30, 9, 12);
    CHECK(single.function == ModbusFunction::write_single_register);
    CHECK(modbus_answer(*slave.hear(modbus_frame(single).view()), single).ok());
    CHECK(slave.holding(1) == 9);
}
