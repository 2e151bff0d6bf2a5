#include "tests/core/bays/bay_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using hal::Finding;
using protocol::EndReason;
using protocol::OutletState;

namespace {

/// A bike parked in bay 3 while all was watched, and everything told so far forgotten.
BayRig with_bike()
{
    BayRig rig;
    rig.run_for(20_s);
    rig.park(2);
    rig.changes.clear();
    return rig;
}

void charge(BayRig& rig, protocol::CardToken card)
{
    rig.bays.session_started(3, card, rig.now);
    rig.bays.outlet_is(3, OutletState::closing, rig.now);
    rig.bays.outlet_is(3, OutletState::charging, rig.now);
}

void end(BayRig& rig, EndReason reason)
{
    rig.bays.session_ended(3, reason, rig.now);
    rig.bays.outlet_is(3, OutletState::opening, rig.now);
    rig.bays.outlet_is(3, OutletState::idle, rig.now);
}

}  // namespace

TEST_CASE("a bay is told taken and freed once each, with the bike's tag", "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    REQUIRE(rig.changes.size() == 4);
    for (const auto& changed : rig.changes)
        CHECK(changed.to == BayState::free);
    rig.changes.clear();

    rig.tag[2] = 77;
    rig.park(2);
    rig.run_for(60_s);
    rig.tag[2] = 0;
    rig.drive_off(2);

    REQUIRE(rig.changes.size() == 2);
    auto taken = BayRig::change_of(3, BayState::free, BayState::taken);
    auto freed = BayRig::change_of(3, BayState::taken, BayState::free);
    taken.tag = freed.tag = 77;
    CHECK(rig.changes[0] == taken);
    CHECK(rig.changes[1] == freed);
    CHECK(rig.events.empty());
}

TEST_CASE("bike, bay, outlet and card are brought together", "[core][bays][unit]")
{
    auto rig = with_bike();
    const auto arrived = rig.bays.taken_since(3);
    REQUIRE(arrived.has_value());
    CHECK(rig.now - *arrived <= 10_s);

    rig.bays.card_tapped(3, 0xCAFE, rig.now);
    CHECK(rig.bays.card(3) == 0xCAFE);
    CHECK(rig.bays.card(2) == 0);
    charge(rig, 0xCAFE);
    rig.bays.card_tapped(3, 0xBAD, rig.now);
    CHECK(rig.bays.card(3) == 0xCAFE);
    end(rig, EndReason::full);
    CHECK(rig.bays.card(3) == 0xCAFE);

    rig.drive_off(2);
    CHECK(rig.bays.card(3) == 0);
}

TEST_CASE("a card tapped just before the bay was seen taken is the bike's, an old tap is not",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    rig.bays.card_tapped(3, 0xCAFE, rig.now);
    rig.bays.card_tapped(4, 0xF00D, rig.now);
    rig.park(2);
    CHECK(rig.bays.card(3) == 0xCAFE);
    rig.run_for(Parking::tap_kept);
    rig.park(3);
    CHECK(rig.bays.card(4) == 0);
}

TEST_CASE("the next bike inherits neither card nor tag", "[core][bays][unit]")
{
    auto rig = with_bike();
    rig.tag[2] = 77;
    charge(rig, 0xCAFE);
    rig.run_for(10_s);
    end(rig, EndReason::stopped);
    rig.bay[2] = Finding::quiet;
    rig.tag[2] = 0;
    rig.run_for(12_s);
    REQUIRE(rig.bays.state(3) == BayState::free);
    rig.park(2);
    CHECK(rig.bays.card(3) == 0);
    CHECK(rig.bays.tag(3) == 0);
}

TEST_CASE("a bike that is seen only after its session began has that session's card",
          "[core][bays][unit]")
{
    BayRig rig;
    rig.run_for(20_s);
    charge(rig, 0xCAFE);
    rig.run_for(Parking::tap_kept);
    rig.park(2);
    CHECK(rig.bays.card(3) == 0xCAFE);
    rig.run_for(8_h);
    CHECK(rig.events.empty());
}

TEST_CASE("a bike that does not charge is told after the time set, and reminded of three times",
          "[core][bays][unit]")
{
    auto rig = with_bike();
    rig.run_for(rig.settings.not_charging_after - 10_s);
    CHECK(rig.events.empty());
    rig.run_for(12_s);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::not_charging);
    CHECK(int{rig.events[0].place} == 3);
    CHECK(int{rig.events[0].outlet} == 3);
    CHECK(rig.events[0].since == rig.bays.taken_since(3));
    CHECK(int{rig.events[0].reminder} == 0);

    const auto told_at = rig.now;
    rig.run_for(rig.settings.remind_after);
    CHECK(rig.events.size() == 2);
    rig.run_for(8_h);
    REQUIRE(rig.events.size() == 1 + Reminder::reminders_most);
    CHECK(int{rig.events.back().reminder} == 3);
    CHECK(rig.now - told_at > 7_h);
}

TEST_CASE("charging ends the matter, and an outlet that is locked out never makes one",
          "[core][bays][unit]")
{
    auto rig = with_bike();
    rig.run_for(14_min);
    charge(rig, 1);
    rig.run_for(5_h);
    CHECK(rig.events.empty());

    end(rig, EndReason::tripped);
    rig.bays.outlet_is(3, OutletState::locked_out, rig.now);
    rig.run_for(5_h);
    CHECK(rig.events.empty());

    // Repaired: from here on it is the resident's turn again.
    rig.bays.outlet_is(3, OutletState::idle, rig.now);
    rig.run_for(rig.settings.not_charging_after - 4_s);
    CHECK(rig.events.empty());
    rig.run_for(6_s);
    CHECK(rig.events_of(BayMatter::not_charging).size() == 1);
}

TEST_CASE("a bike that stays after its session is an overstay, counted from the session's end",
          "[core][bays][unit]")
{
    auto rig = with_bike();
    charge(rig, 5);
    rig.run_for(3_h);
    end(rig, EndReason::full);
    const auto ended_at = rig.now;
    rig.run_for(rig.settings.overstay_after - 2_s);
    CHECK(rig.events_of(BayMatter::overstay).empty());
    rig.run_for(2_s);

    REQUIRE(rig.events_of(BayMatter::overstay).size() == 1);
    CHECK(rig.events.back().since == ended_at);
    CHECK(rig.events.back().card == 5);
    rig.drive_off(2);
    rig.run_for(8_h);
    CHECK(rig.events_of(BayMatter::overstay).size() == 1);
}

TEST_CASE("a session's end in a taken bay is told once, and how long the bike stayed when it left",
          "[core][bays][unit]")
{
    auto rig = with_bike();
    charge(rig, 5);
    rig.run_for(1_h);
    CHECK(rig.events.empty());
    end(rig, EndReason::full);
    const auto ended_at = rig.now;
    rig.run_for(10_min);
    REQUIRE(rig.events.size() == 1);
    CHECK(rig.events[0].matter == BayMatter::finished);
    CHECK(rig.events[0].since == ended_at);
    CHECK(int{rig.events[0].outlet} == 3);
    CHECK(rig.events[0].card == 5);

    rig.drive_off(2);
    REQUIRE(rig.changes.size() == 1);
    CHECK(rig.changes[0].card == 5);
    REQUIRE(rig.changes[0].stayed.has_value());
    CHECK(*rig.changes[0].stayed >= 10_min);
    CHECK(*rig.changes[0].stayed <= 10_min + 4_s);
    CHECK(rig.events_of(BayMatter::settled).empty());
}

TEST_CASE("a bike that charges again has settled what was told of it", "[core][bays][unit]")
{
    auto rig = with_bike();
    charge(rig, 5);
    end(rig, EndReason::full);
    rig.run_for(10_s);
    charge(rig, 5);
    rig.run_for(10_s);
    REQUIRE(rig.events.size() == 2);
    CHECK(rig.events[1].matter == BayMatter::settled);
    CHECK(int{rig.events[1].place} == 3);
    rig.run_for(8_h);
    CHECK(rig.events.size() == 2);
    rig.drive_off(2);
    CHECK_FALSE(rig.changes.back().stayed.has_value());
}

TEST_CASE("another bike, come while nobody watched, settles what was told of the one before",
          "[core][bays][unit]")
{
    auto rig = with_bike();
    charge(rig, 5);
    end(rig, EndReason::full);
    rig.run_for(10_s);
    rig.silent.push_back({hal::SensorKind::bay, 3});
    rig.run_for(Bays::doubt_forgiven + 60_s);
    rig.silent.clear();
    rig.run_for(10_s);
    CHECK(rig.events_of(BayMatter::settled).size() == 1);
}

TEST_CASE("only what the resident chose or got ends in an overstay", "[core][bays][unit]")
{
    using enum EndReason;
    for (const auto reason : {unplugged, full, time_limit, time_cap, energy_limit, stopped, no_load,
                              tripped, power_lost, contactor_opened, post_fault}) {
        CAPTURE(static_cast<int>(reason));
        auto rig = with_bike();
        charge(rig, 5);
        end(rig, reason);
        rig.run_for(rig.settings.overstay_after);
        const bool theirs = reason == unplugged || reason == full || reason == time_limit ||
                            reason == time_cap || reason == energy_limit || reason == stopped;
        CHECK(rig.events_of(BayMatter::overstay).size() == (theirs ? 1 : 0));
    }
}

TEST_CASE("a site that sets no times is told of no parking matters", "[core][bays][unit]")
{
    auto settings = BayRig::four_bays();
    settings.not_charging_after = Millis{};
    settings.overstay_after = Millis{};
    BayRig rig{settings};
    rig.run_for(20_s);
    rig.park(0);
    rig.run_for(8_h);
    CHECK(rig.events.empty());
}

TEST_CASE("a bay without an outlet is never told as not charging", "[core][bays][unit]")
{
    auto settings = BayRig::four_bays();
    settings.outlets[2] = 0;
    BayRig rig{settings};
    rig.run_for(20_s);
    rig.park(2);
    rig.run_for(8_h);
    CHECK(rig.events.empty());
    CHECK(rig.bays.state(3) == BayState::taken);
}
