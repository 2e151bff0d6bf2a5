// From a sensor's register to a record in the journal, to the guard's relays and to the voice,
// through the post that ships.

#include "tests/sim/parking_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;
using hal::Finding;
using hal::SensorKind;
using protocol::BayMatter;
using protocol::BayNoticed;
using protocol::Lane;
using protocol::PlaceKind;

namespace {

app::Fittings fittings_of(std::initializer_list<drivers::SlaveRow> rows)
{
    auto fittings = app::no_fittings;
    for (const auto& row : rows) {
        fittings.slaves.rows.push_back(row);
        if (row.kind == SensorKind::bay)
            fittings.bays.bays = std::max(fittings.bays.bays, row.place);
    }
    fittings.bays.overstay_after = 1_min;
    fittings.bays.not_charging_after = 1_min;
    check(drivers::check_table(fittings.slaves).ok());
    return fittings;
}

app::Fittings shed()
{
    return fittings_of({{1, SensorKind::bay, 1, 0},
                        {2, SensorKind::bay, 2, 0},
                        {3, SensorKind::tag_reader, 1, 0},
                        {4, SensorKind::zone, 1, 0},
                        {5, SensorKind::barrier, 1, 0},
                        {6, SensorKind::smoke, 1, 0},
                        {7, SensorKind::temperature, 1, 0},
                        {8, SensorKind::annunciator, 0, 0}});
}

/// All slaves that a bus may have, the detector last.
app::Fittings crowd()
{
    auto fittings = fittings_of({});
    for (hal::Place i = 1; i <= 16; ++i)
        fittings.slaves.rows.push_back({i, SensorKind::zone, i, 0});
    for (hal::Place i = 1; i <= 7; ++i)
        fittings.slaves.rows.push_back(
            {static_cast<drivers::SlaveAddress>(i + 16), SensorKind::barrier, i, 0});
    fittings.slaves.rows.push_back({24, SensorKind::smoke, 1, 0});
    return fittings;
}

void plug(ParkingRig& rig, double charge)
{
    const auto profile = charger_profile("li-48v-13s").value();
    rig.world.plant().plug(
        1, {.battery = {.chemistry = profile.chemistry, .capacity_wh = 300.0, .charge = charge},
            .charger = profile});
}

std::uint16_t voice(ParkingRig& rig) { return rig.sensor(SensorKind::annunciator, 0).holding(0); }

}  // namespace

TEST_CASE("a bike in the fire lane is in the journal, at the voice and in the sounder",
          "[sim][parking][chain]")
{
    ParkingRig rig{shed()};
    rig.show_at(SensorKind::zone, 1, Finding::active);
    rig.run(32_s);
    REQUIRE(rig.noticed().size() == 1);
    const auto noticed = rig.noticed()[0];
    CHECK(noticed.kind == PlaceKind::zone);
    CHECK(int{noticed.place} == 1);
    CHECK(noticed.matter == BayMatter::forbidden);
    REQUIRE(noticed.lasted.has_value());
    CHECK(*noticed.lasted >= 29_s);
    CHECK(*noticed.lasted <= 32_s);
    CHECK(voice(rig) == static_cast<std::uint16_t>(core::Message::bike_in_zone));
    CHECK(rig.board.sounds == hal::Sound::reminder);

    rig.show_at(SensorKind::zone, 1, Finding::quiet);
    rig.run(40_s);
    CHECK(rig.noticed().back().matter == BayMatter::settled);
    CHECK(voice(rig) == 0);
    CHECK(rig.board.sounds == hal::Sound::silent);
    // Parking is nobody's danger: the post charges on.
    CHECK(rig.told<protocol::Tripped>(Lane::alarm).empty());
}

TEST_CASE("bike, bay, outlet and tag are one record, and the tag's number is in none",
          "[sim][parking][chain]")
{
    constexpr std::uint64_t tag = 0xE280'1160'6000'0207;
    ParkingRig rig{shed()};
    rig.run(20_s);
    rig.show_at(SensorKind::bay, 1, Finding::active);
    show_tag(rig.sensor(SensorKind::tag_reader, 1), tag);
    rig.run(10_s);
    const auto changes = rig.told<protocol::BayChanged>(Lane::event);
    REQUIRE(changes.size() == 3);
    const auto& taken = changes.back();
    CHECK(int{taken.bay} == 1);
    CHECK(taken.to == protocol::BayState::taken);
    CHECK(int{taken.outlet} == 1);
    CHECK(taken.tag == app::token_of(tag, rig.identity().signing_key));
    CHECK(taken.tag != tag);
}

TEST_CASE("what a bike does after its session is told: finished, overstay, and how long it stayed",
          "[sim][parking][chain]")
{
    ParkingRig rig{shed()};
    rig.run(15_s);
    rig.show_at(SensorKind::bay, 1, Finding::active);
    rig.run(8_s);
    plug(rig, 0.4);
    rig.start(1);
    rig.run(20_s);
    REQUIRE(rig.told<protocol::SessionStarted>(Lane::event).size() == 1);
    CHECK(rig.noticed().empty());

    rig.stop(1);
    rig.run(5_s);
    REQUIRE(rig.noticed().size() == 1);
    CHECK(rig.noticed()[0].matter == BayMatter::finished);
    CHECK(int{rig.noticed()[0].outlet} == 1);
    rig.run(60_s);
    REQUIRE(rig.noticed().size() == 2);
    CHECK(rig.noticed()[1].matter == BayMatter::overstay);
    CHECK(rig.noticed()[1].lasted >= 59_s);

    rig.show_at(SensorKind::bay, 1, Finding::quiet);
    rig.run(15_s);
    const auto left = rig.told<protocol::BayChanged>(Lane::event).back();
    CHECK(left.to == protocol::BayState::free);
    REQUIRE(left.stayed.has_value());
    CHECK(*left.stayed >= 60_s);
    CHECK(*left.stayed <= 75_s);
}

TEST_CASE("a detector on the bus cuts post, contactor and group, and its smoke holds the latch",
          "[sim][parking][fire]")
{
    const auto detector = GENERATE(SensorKind::smoke, SensorKind::temperature);
    ParkingRig rig{shed()};
    rig.run(6_s);
    plug(rig, 0.4);
    rig.start(1);
    rig.run(4_s);
    REQUIRE(rig.board.relays[0] == hal::Relay::closed);
    REQUIRE(rig.board.contactor == hal::Relay::closed);

    if (detector == SensorKind::smoke)
        rig.show_at(detector, 1, Finding::active);
    else
        show_temperature(rig.sensor(detector, 1), DeciCelsius{950});
    REQUIRE(rig.run_until(5_s, [&] { return rig.board.contactor == hal::Relay::open; }));
    CHECK(rig.board.relays[0] == hal::Relay::open);
    CHECK(rig.board.group == hal::GroupLine::pulled);
    rig.run(2_s);
    const auto trips = rig.told<protocol::Tripped>(Lane::alarm);
    REQUIRE(trips.size() == 1);
    CHECK(trips[0].cause ==
          (detector == SensorKind::smoke ? protocol::TripCause::smoke : protocol::TripCause::heat));
    CHECK(trips[0].measured == 1);
    REQUIRE(rig.noticed().size() == 1);
    CHECK(rig.noticed()[0].matter == BayMatter::fire);
    CHECK(rig.noticed()[0].kind ==
          (detector == SensorKind::smoke ? PlaceKind::smoke_detector : PlaceKind::heat_detector));
    CHECK(rig.board.sounds == hal::Sound::alarm);
}

TEST_CASE("from a smoke detector's register to the coil, on an empty bus and on a full one",
          "[sim][parking][fire][budget]")
{
    struct Row {
        std::string_view bus;
        app::Fittings fittings;
        Millis most;
    };
    const Row rows[] = {
        {"one detector", fittings_of({{1, SensorKind::smoke, 1, 0}}), 100_ms},
        {"eight slaves", shed(), 600_ms},
        {"24 slaves", crowd(), 2_s},
    };
    for (const auto& row : rows) {
        CAPTURE(row.bus);
        Millis worst{};
        // Phases spread over a round of the full bus.
        for (int phase = 0; phase < 6; ++phase) {
            ParkingRig rig{row.fittings};
            rig.run(1_s + Millis{phase * 175});
            REQUIRE(rig.board.contactor == hal::Relay::closed);
            rig.show_at(SensorKind::smoke, 1, Finding::active);
            const auto from = rig.now();
            REQUIRE(rig.run_until(10_s, [&] { return rig.board.contactor == hal::Relay::open; }));
            worst = std::max(worst, rig.now() - from);
        }
        WARN(row.bus << ": " << worst.count() << " ms at worst");
        CHECK(worst <= row.most);
    }
}

TEST_CASE("a detector that dies or owns up to a fault is told, and cuts nobody",
          "[sim][parking][chain]")
{
    ParkingRig rig{shed()};
    const bool dies = GENERATE(true, false);
    if (dies)
        rig.sensor(SensorKind::smoke, 1).suffer(SlaveFault::silent);
    else
        rig.show_at(SensorKind::smoke, 1, Finding::faulty);
    rig.run(35_s);
    REQUIRE(rig.noticed().size() == 1);
    CHECK(rig.noticed()[0].kind == PlaceKind::smoke_detector);
    CHECK(rig.noticed()[0].matter == (dies ? BayMatter::sensor_silent : BayMatter::sensor_faulty));
    CHECK_FALSE(rig.noticed()[0].lasted.has_value());
    CHECK(rig.board.contactor == hal::Relay::closed);

    rig.sensor(SensorKind::smoke, 1).suffer(SlaveFault::none);
    rig.show_at(SensorKind::smoke, 1, Finding::quiet);
    // One that was silent for long is asked ever more seldom.
    rig.run(drivers::ModbusRtu::rest_most + 5_s);
    CHECK(rig.noticed().back().matter == BayMatter::sensor_back);
}

TEST_CASE("the parking evening that we ship tells what it says it does", "[sim][parking][chain]")
{
    auto reading = read_scenario_file("config/scenarios/parking.toml");
    REQUIRE(reading.ok());
    Fleet fleet{rig_identities(1), rig_fleet_setup(), reading.scenario()};
    fleet.power_up_all();
    for (Instant now{}; now < Instant{2_min + 35_s};) {
        now = now + 5_ms;
        fleet.pass(now);
    }
    std::vector<BayNoticed> noticed;
    for (const auto& record : fleet.post(0).journal(Lane::event))
        if (const auto* one = std::get_if<BayNoticed>(&record.body)) noticed.push_back(*one);
    const auto times = [&](PlaceKind kind, BayMatter matter) {
        return std::count_if(noticed.begin(), noticed.end(), [&](const BayNoticed& one) {
            return one.kind == kind && one.matter == matter;
        });
    };
    CHECK(times(PlaceKind::bay, BayMatter::not_charging) >= 1);
    CHECK(times(PlaceKind::zone, BayMatter::forbidden) == 1);
    CHECK(times(PlaceKind::zone, BayMatter::settled) == 1);
    CHECK(times(PlaceKind::barrier, BayMatter::opened) == 1);
    CHECK(times(PlaceKind::barrier, BayMatter::settled) == 1);
    CHECK(times(PlaceKind::bay, BayMatter::sensor_silent) == 1);
    CHECK(times(PlaceKind::smoke_detector, BayMatter::fire) == 1);
    CHECK_FALSE(fleet.post(0).plant().contactor().closed());
}
