#include "tests/core/bays/bay_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using hal::Finding;
using hal::SensorKind;

TEST_CASE("after a restart a taken bay is taken since nobody knows when", "[core][bays][restart]")
{
    BayRig rig;
    rig.bay[0] = Finding::active;
    rig.run_for(20_s);

    REQUIRE(rig.changes.size() == 4);
    CHECK(rig.changes[0].from == BayState::unknown);
    CHECK(rig.changes[0].to == BayState::taken);
    CHECK_FALSE(rig.bays.taken_since(1).has_value());
    rig.run_for(rig.settings.not_charging_after);
    REQUIRE(rig.events.size() == 1);
    CHECK_FALSE(rig.events[0].since.has_value());
}

TEST_CASE("a bay whose sensor falls silent is told unknown, and no rule counts on",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.park(0);
    rig.changes.clear();
    rig.silent.push_back({SensorKind::bay, 1});
    rig.run_for(8_h);

    REQUIRE(rig.changes.size() == 1);
    CHECK(rig.changes[0].to == BayState::unknown);
    CHECK(rig.bays.state(1) == BayState::unknown);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::sensor_lost);
    CHECK(rig.events[0].kind == SensorKind::bay);
}

TEST_CASE("a hiccup of the bus is forgiven, a long doubt makes the bike a new one",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.park(0);
    const auto since = rig.bays.taken_since(1);
    rig.bays.card_tapped(1, 9, rig.now);

    rig.silent.push_back({SensorKind::bay, 1});
    rig.run_for(60_s);
    REQUIRE(rig.bays.state(1) == BayState::unknown);
    rig.silent.clear();
    rig.run_for(10_s);
    REQUIRE(rig.bays.state(1) == BayState::taken);
    CHECK(rig.bays.taken_since(1) == since);
    CHECK(rig.bays.card(1) == 9);

    rig.silent.push_back({SensorKind::bay, 1});
    rig.run_for(Bays::doubt_forgiven + 60_s);
    rig.silent.clear();
    rig.run_for(10_s);
    REQUIRE(rig.bays.state(1) == BayState::taken);
    CHECK_FALSE(rig.bays.taken_since(1).has_value());
    CHECK(rig.bays.card(1) == 0);
    CHECK(rig.events_of(BayMatter::sensor_back).size() == 2);
}

TEST_CASE("a doubt that is over says nothing about the next bike", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.park(0);
    rig.silent.push_back({SensorKind::bay, 1});
    rig.run_for(60_s);
    rig.silent.clear();
    rig.run_for(10_s);
    rig.drive_off(0);
    rig.run_for(Bays::doubt_forgiven + 60_s);

    rig.bays.card_tapped(1, 9, rig.now);
    rig.park(0);
    CHECK(rig.bays.card(1) == 9);
    CHECK(rig.bays.taken_since(1).has_value());
}

TEST_CASE("a tag that is read late is told, and another tag is another bike", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.park(0);
    rig.bays.card_tapped(1, 9, rig.now);
    rig.changes.clear();

    rig.tag[0] = 70;
    rig.run_for(10_s);
    REQUIRE(rig.changes.size() == 1);
    auto tagged = BayRig::change_of(1, BayState::taken, BayState::taken);
    tagged.tag = 70;
    tagged.card = 9;
    CHECK(rig.changes[0] == tagged);
    CHECK(rig.bays.card(1) == 9);

    rig.tag[0] = 71;
    rig.run_for(20_s);
    CHECK(rig.bays.tag(1) == 70);
    rig.run_for(20_s);
    CHECK(rig.bays.tag(1) == 71);
    CHECK(rig.changes.size() == 2);
    CHECK(rig.bays.card(1) == 0);
}

TEST_CASE("the tag of a bike that only rode past is not the next one's", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.tag[0] = 70;
    rig.run_for(6_s);
    rig.tag[0] = 0;
    rig.run_for(60_s);
    rig.park(0);
    CHECK(rig.bays.state(1) == BayState::taken);
    CHECK(rig.bays.tag(1) == 0);
}

TEST_CASE("news that find no room are told later, and none is lost", "[core][bays][bad]")
{
    BayRig rig;
    for (auto* findings : {&rig.bay, &rig.zone, &rig.barrier, &rig.smoke})
        findings->fill(Finding::active);
    // Nobody takes anything for a night.
    rig.poll = 10_s;
    for (int i = 0; i < 2'880; ++i) {
        rig.now = rig.now + rig.poll;
        for (const auto& where : BayRig::all_sensors())
            rig.bays.hear(rig.reading_of(where));
        rig.bays.turn(rig.now);
    }
    rig.run_for(1_min);

    for (const auto matter : {BayMatter::bike_in_zone, BayMatter::barrier_open, BayMatter::smoke})
        CHECK(rig.events_of(matter).size() >= 4);
    CHECK(rig.changes.size() == 4);
    CHECK(rig.events_of(BayMatter::not_charging).size() >= 4);
}

TEST_CASE("what no sensor was set up for is not heard", "[core][bays][bad]")
{
    Bays bays{BayRig::four_bays(), {}};
    BayRig rig;
    for (int i = 0; i < 20; ++i) {
        rig.now = rig.now + rig.poll;
        for (const auto& where : BayRig::all_sensors())
            bays.hear(rig.reading_of(where));
        bays.turn(rig.now);
    }
    CHECK_FALSE(bays.take().has_value());
    CHECK(bays.state(1) == BayState::unknown);
    CHECK_FALSE(bays.temperature(1).has_value());
    CHECK(bays.smoke() == WatchState::unheard);
}
