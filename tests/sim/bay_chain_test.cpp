// From a sensor's bytes to an event, and from an event to the annunciator's register: chips, wire,
// driver, maps and bays, as the post joins them.

#include "firmware/app/bay_side.hpp"
#include "tests/support/wire_board.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using hal::Finding;
using hal::SensorKind;

namespace {

struct Shed {
    static constexpr Millis turn{5};

    app::Fittings fittings{.slaves = {},
                           .bus = {.baud = drivers::ModbusBaud::at_9600, .response = Millis{100}},
                           .bays = core::factory_bay_settings};
    test::WireBoard board;
    std::optional<app::BaySide<test::WireBoard>> side;
    Instant now{};
    std::vector<core::BayChanged> changes;
    std::vector<core::BayEvent> events;

    std::size_t mount(SensorKind kind, hal::Place place)
    {
        const auto address = static_cast<drivers::SlaveAddress>(fittings.slaves.rows.size() + 1);
        fittings.slaves.rows.push_back(
            {.address = address, .kind = kind, .place = place, .map = 0});
        return board.wire.attach(sim::modbus_sensor(kind, address));
    }
    void run_for(Millis time)
    {
        if (!side) side.emplace(board, fittings);
        for (const auto until = now + time; now < until;) {
            now = now + turn;
            board.wire.advance_to(now);
            side->turn(now);
            while (const auto news = side->bays().take()) {
                if (const auto* changed = std::get_if<core::BayChanged>(&*news))
                    changes.push_back(*changed);
                if (const auto* event = std::get_if<core::BayEvent>(&*news))
                    events.push_back(*event);
            }
        }
    }
};

}  // namespace

TEST_CASE("a tagged bike rolls into bay 2 and out again, over the real bytes", "[sim][bays][chain]")
{
    Shed shed;
    shed.fittings.bays.bays = 2;
    shed.mount(SensorKind::bay, 1);
    const auto sensor = shed.mount(SensorKind::bay, 2);
    const auto reader = shed.mount(SensorKind::tag_reader, 2);
    shed.run_for(20_s);
    REQUIRE(shed.changes.size() == 2);

    sim::show(shed.board.wire.slave(sensor), SensorKind::bay, Finding::active);
    sim::show_tag(shed.board.wire.slave(reader), 0xE280'1160'6000'0207);
    shed.run_for(10_s);
    REQUIRE(shed.changes.size() == 3);
    CHECK(shed.changes[2] == core::BayChanged{.bay = 2,
                                              .from = core::BayState::free,
                                              .to = core::BayState::taken,
                                              .tag = 0xE280'1160'6000'0207,
                                              .outlet = 2,
                                              .card = 0,
                                              .stayed = std::nullopt});

    sim::show(shed.board.wire.slave(sensor), SensorKind::bay, Finding::quiet);
    shed.run_for(15_s);
    REQUIRE(shed.changes.size() == 4);
    CHECK(shed.changes[3].to == core::BayState::free);
    CHECK(shed.events.empty());
}

TEST_CASE(
    "a bike in the restricted zone is told, and the annunciator is told to say it and to stop",
    "[sim][bays][chain]")
{
    Shed shed;
    const auto zone = shed.mount(SensorKind::zone, 3);
    const auto voice = shed.mount(SensorKind::annunciator, 0);
    shed.run_for(5_s);

    sim::show(shed.board.wire.slave(zone), SensorKind::zone, Finding::active);
    shed.run_for(shed.fittings.bays.zone_hold + 2_s);
    REQUIRE(shed.events.size() == 1);
    CHECK(shed.events[0].matter == core::BayMatter::bike_in_zone);
    auto& annunciator = shed.board.wire.slave(voice);
    CHECK(annunciator.holding(0) == static_cast<std::uint16_t>(core::Message::bike_in_zone));
    CHECK(annunciator.holding(1) == 3);

    shed.run_for(shed.fittings.bays.announce_for);
    CHECK(annunciator.holding(0) == 0);
}

TEST_CASE("a voice that missed the end of its message is silenced all the same",
          "[sim][bays][chain]")
{
    Shed shed;
    const auto voice = shed.mount(SensorKind::annunciator, 0);
    shed.run_for(5_s);
    auto& annunciator = shed.board.wire.slave(voice);
    annunciator.set_holding(0, 5);
    shed.run_for(app::BaySide<test::WireBoard>::say_again_after + 2_s);
    CHECK(annunciator.holding(0) == 0);
}

TEST_CASE("each fault of a bay's sensor leaves the bay unknown and is told", "[sim][bays][chain]")
{
    using enum sim::SlaveFault;
    const auto fault = GENERATE(silent, bad_crc, wrong_length, other_address, busy, babbling);
    CAPTURE(static_cast<int>(fault));
    Shed shed;
    shed.fittings.bays.bays = 2;
    const auto sick = shed.mount(SensorKind::bay, 1);
    const auto well = shed.mount(SensorKind::bay, 2);
    shed.run_for(20_s);
    REQUIRE(shed.side->bays().state(1) == core::BayState::free);

    shed.board.wire.slave(sick).suffer(fault);
    shed.run_for(shed.fittings.bays.silent_after + 5_s);
    CHECK(shed.side->bays().state(1) == core::BayState::unknown);
    REQUIRE(shed.events.size() == 1);
    CHECK(shed.events[0].matter == core::BayMatter::sensor_lost);

    // Its neighbour is none the worse.
    CHECK(shed.side->bays().state(2) == core::BayState::free);
    sim::show(shed.board.wire.slave(well), SensorKind::bay, Finding::active);
    shed.run_for(10_s);
    CHECK(shed.side->bays().state(2) == core::BayState::taken);
}

TEST_CASE("two sensors on one address make their bays unknown, never free", "[sim][bays][chain]")
{
    Shed shed;
    shed.fittings.bays.bays = 1;
    shed.mount(SensorKind::bay, 1);
    auto twin = sim::modbus_sensor(SensorKind::bay, 1);
    sim::show(twin, SensorKind::bay, Finding::active);
    sim::show_distance(twin, Millimetres{500});
    static_cast<void>(shed.board.wire.attach(twin));
    shed.run_for(60_s);
    CHECK(shed.side->bays().state(1) == core::BayState::unknown);
    CHECK(shed.changes.empty());
}

TEST_CASE("a full bus tells smoke within two seconds", "[sim][bays][budget]")
{
    Shed shed;
    shed.fittings.bays.bays = 12;
    for (hal::Place place = 1; place <= 10; ++place)
        shed.mount(SensorKind::bay, place);
    for (hal::Place place = 1; place <= 8; ++place)
        shed.mount(SensorKind::tag_reader, place);
    std::vector<std::size_t> detectors;
    for (hal::Place place = 1; place <= 6; ++place)
        detectors.push_back(shed.mount(SensorKind::smoke, place));
    shed.run_for(15_s);
    REQUIRE(shed.side->bays().smoke() == core::WatchState::quiet);

    auto& slave = shed.board.wire.slave(detectors.back());
    sim::show(slave, SensorKind::smoke, Finding::active);
    const auto from = shed.now;
    while (shed.side->bays().smoke() != core::WatchState::active && shed.now - from < 10_s)
        shed.run_for(Shed::turn);
    CHECK(shed.now - from <= 2_s);
}
