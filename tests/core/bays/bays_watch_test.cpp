#include "tests/core/bays/bay_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using hal::Finding;
using hal::SensorKind;

TEST_CASE("a bike may pass through a restricted zone but not stay", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.zone[1] = Finding::active;
    rig.run_for(rig.settings.zone_hold);
    rig.zone[1] = Finding::quiet;
    rig.run_for(60_s);
    CHECK(rig.events.empty());
    CHECK(rig.bays.announcement().message == Message::silence);

    rig.zone[1] = Finding::active;
    const auto entered = rig.now + rig.poll;
    rig.run_for(rig.settings.zone_hold + 2_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::bike_in_zone);
    CHECK(int{rig.events[0].place} == 2);
    CHECK(rig.events[0].since == entered);
    CHECK(rig.bays.announcement() == Announcement{.message = Message::bike_in_zone, .place = 2});

    rig.run_for(rig.settings.announce_for);
    CHECK(rig.bays.announcement().message == Message::silence);
}

TEST_CASE("when the bike leaves the zone the voice stops, and it is told once it is sure",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.zone[1] = Finding::active;
    rig.run_for(rig.settings.zone_hold + 2_s);
    rig.zone[1] = Finding::quiet;
    rig.run_for(Bays::zone_clear_hold);
    CHECK(rig.events_of(BayMatter::zone_clear).empty());
    rig.run_for(2_s);
    CHECK(rig.events_of(BayMatter::zone_clear).size() == 1);
    CHECK(rig.bays.announcement().message == Message::silence);
    rig.run_for(8_h);
    CHECK(rig.events.size() == 2);
}

TEST_CASE("a flapping detector is one matter, not a storm", "[core][bays][storm]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.zone[0] = Finding::active;
    rig.run_for(40_s);
    for (int i = 0; i < 1'000; ++i) {
        rig.zone[0] = i % 3 == 0 ? Finding::active : Finding::quiet;
        rig.run_for(8_s);
    }
    CHECK(rig.events_of(BayMatter::bike_in_zone).size() <= 1 + Reminder::reminders_most);
    CHECK(rig.events_of(BayMatter::zone_clear).empty());
}

TEST_CASE("a bike that stays in a zone for a night is told four times", "[core][bays][storm]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.zone[0] = Finding::active;
    rig.run_for(8_h);
    const auto told = rig.events_of(BayMatter::bike_in_zone);
    REQUIRE(told.size() == 1 + Reminder::reminders_most);
    for (std::size_t i = 0; i < told.size(); ++i)
        CHECK(std::size_t{told[i].reminder} == i);
}

TEST_CASE("a detector that is silent, faulty or never there is an event", "[core][bays][unit]")
{
    const auto kind = GENERATE(SensorKind::zone, SensorKind::barrier, SensorKind::smoke,
                               SensorKind::tag_reader, SensorKind::temperature);
    CAPTURE(static_cast<int>(kind));
    BayRig rig;
    rig.silent.push_back({kind, 1});
    rig.run_for(rig.settings.silent_after);
    CHECK(rig.events.empty());
    rig.run_for(4_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::sensor_lost);
    CHECK(rig.events[0].kind == kind);

    rig.silent.clear();
    rig.run_for(4_s);
    REQUIRE(rig.events.size() == 2);
    CHECK(rig.events[1].matter == BayMatter::sensor_back);
    rig.silent.push_back({kind, 1});
    rig.run_for(8_h);
    CHECK(rig.events.size() == 3);
}

TEST_CASE("a detector that finds something straight after a silence does not say since when",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.zone[0] = Finding::active;
    rig.run_for(rig.settings.zone_hold + 4_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::bike_in_zone);
    CHECK_FALSE(rig.events[0].since.has_value());
}

TEST_CASE("a detector that owns up to a fault is lost, and one that warns meanwhile has warned",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.smoke[0] = Finding::faulty;
    rig.run_for(rig.settings.silent_after + 4_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::sensor_faulty);
    CHECK(rig.bays.smoke() == WatchState::lost);

    rig.smoke[0] = Finding::active;
    rig.run_for(2_s);
    CHECK(rig.events_of(BayMatter::smoke).size() == 1);
    CHECK(rig.bays.smoke() == WatchState::active);
}

TEST_CASE("one reading of smoke is smoke, and it is heard above everything", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    CHECK(rig.bays.smoke() == WatchState::quiet);
    rig.zone[0] = Finding::active;
    rig.run_for(rig.settings.zone_hold + 2_s);
    rig.smoke[2] = Finding::active;
    rig.step();
    CHECK(rig.events_of(BayMatter::smoke).size() == 1);
    CHECK(rig.bays.smoke() == WatchState::active);
    CHECK(rig.bays.announcement() == Announcement{.message = Message::smoke, .place = 3});

    rig.smoke[2] = Finding::quiet;
    rig.run_for(Bays::smoke_clear_hold + 4_s);
    CHECK(rig.events_of(BayMatter::smoke_clear).size() == 1);
}

TEST_CASE("a detector that told of fire and then falls silent may have burnt: the fire stands",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    CHECK_FALSE(rig.bays.fire_at(SensorKind::smoke).has_value());
    rig.smoke[2] = Finding::active;
    rig.step();
    REQUIRE(rig.bays.fire_at(SensorKind::smoke).has_value());
    CHECK(int{*rig.bays.fire_at(SensorKind::smoke)} == 3);
    CHECK_FALSE(rig.bays.fire_at(SensorKind::temperature).has_value());

    rig.silent.push_back({SensorKind::smoke, 3});
    rig.run_for(10_min);
    CHECK(rig.events_of(BayMatter::sensor_lost).size() == 1);
    CHECK(rig.bays.fire_at(SensorKind::smoke).has_value());

    rig.silent.clear();
    rig.smoke[2] = Finding::quiet;
    rig.run_for(4_s);
    CHECK_FALSE(rig.bays.fire_at(SensorKind::smoke).has_value());
}

TEST_CASE("a thermometer tells of fire from its limit on, and not at one reading",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.heat = rig.settings.heat_limit - DeciCelsius{1};
    rig.run_for(60_s);
    CHECK(rig.events.empty());

    rig.heat = rig.settings.heat_limit;
    rig.step();
    rig.heat = DeciCelsius{215};
    rig.step();
    CHECK(rig.events.empty());

    rig.heat = rig.settings.heat_limit;
    rig.run_for(4_s);
    REQUIRE(rig.events_of(BayMatter::heat).size() == 1);
    CHECK(rig.bays.fire_at(SensorKind::temperature).has_value());
    CHECK(rig.bays.announcement() == Announcement{.message = Message::heat, .place = 1});
    CHECK(rig.bays.temperature(1) == rig.settings.heat_limit);

    // A broken element is no cool one.
    rig.heat.reset();
    rig.run_for(2_min);
    CHECK(rig.events_of(BayMatter::sensor_faulty).size() == 1);
    CHECK(rig.bays.fire_at(SensorKind::temperature).has_value());
    rig.heat = DeciCelsius{215};
    rig.run_for(2_min);
    CHECK_FALSE(rig.bays.fire_at(SensorKind::temperature).has_value());
}

TEST_CASE("heat that is over is told when it has been over for a while", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.heat = DeciCelsius{900};
    rig.run_for(4_s);
    rig.heat = DeciCelsius{300};
    rig.run_for(Bays::smoke_clear_hold - 2_s);
    CHECK(rig.events_of(BayMatter::heat_clear).empty());
    CHECK(rig.bays.fire_at(SensorKind::temperature).has_value());
    rig.run_for(4_s);
    CHECK(rig.events_of(BayMatter::heat_clear).size() == 1);
    CHECK_FALSE(rig.bays.fire_at(SensorKind::temperature).has_value());
}

TEST_CASE("a barrier taken away is an event, and one put back is too", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.barrier[3] = Finding::active;
    rig.run_for(6_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::barrier_open);
    CHECK(int{rig.events[0].place} == 4);
    CHECK(rig.bays.announcement().message == Message::barrier_open);
    rig.barrier[3] = Finding::quiet;
    rig.run_for(6_s);
    CHECK(rig.bays.announcement().message == Message::silence);
    REQUIRE(rig.events.size() == 2);
    CHECK(rig.events[1].matter == BayMatter::barrier_closed);
}

TEST_CASE("parking is announced only where the site wants it", "[core][bays][unit]")
{
    const auto aloud = GENERATE(Aloud::dangers_only, Aloud::parking_too);
    auto settings = BayRig::four_bays();
    settings.aloud = aloud;
    BayRig rig{settings};
    rig.run_for(20_s);
    rig.park(0);
    while (rig.events.empty())
        rig.step();
    CHECK(rig.events[0].matter == BayMatter::not_charging);
    const auto expected = aloud == Aloud::parking_too ? Message::not_charging : Message::silence;
    CHECK(rig.bays.announcement().message == expected);
}

TEST_CASE("a thermometer's reading is known while it is heard", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    CHECK(rig.bays.temperature(1) == DeciCelsius{215});
    CHECK_FALSE(rig.bays.temperature(2).has_value());
    rig.silent.push_back({SensorKind::temperature, 1});
    rig.run_for(40_s);
    CHECK_FALSE(rig.bays.temperature(1).has_value());
}
