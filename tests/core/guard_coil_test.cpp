#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// Coils and contacts that do not do as they are told.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;
using Driver = GuardRig::Socket::Driver;

}  // namespace

TEST_CASE("F-017: a shorted coil driver is found by its read-back, and the contactor takes the "
          "post down",
          "[core][guard][coil][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    rig.run_for(10_s);
    rig.socket(1).driver = Driver::shorted;

    const auto took = rig.run_until(1_s, [&] { return !rig.trips().empty(); });

    CHECK(took == Coil::hold + GuardRig::tick);
    CHECK(rig.trips() == Causes{TripCause::coil_mismatch});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 1);
    CHECK(rig.all<NewsTripped>().front().trip.limit == 0);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK_FALSE(rig.closed(2));
    rig.run_for(5_s);
    CHECK(rig.trips().size() == 1);
    CHECK(rig.end_of(2) == EndReason::contactor_opened);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::contactor_open);
    CHECK(rig.answer_to(rig.clear(1, TripCause::coil_mismatch)) == CommandOutcome::cause_present);
    rig.socket(1).driver = Driver::sound;
    rig.run_for(1_s);
    CHECK(rig.answer_to(rig.clear(1, TripCause::coil_mismatch)) == CommandOutcome::done);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
}

TEST_CASE("F-017: a driver that shorts while its outlet charges is found with the opening",
          "[core][guard][coil][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.socket(1).driver = Driver::shorted;
    rig.run_for(10_s);
    CHECK(rig.trips().empty());
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    rig.run_for(60_ms);
    CHECK(rig.trips() == Causes{TripCause::coil_mismatch});
    CHECK(rig.guard().contactor() == hal::Relay::open);
    rig.run_for(2_s);
    CHECK(rig.end_of(1) == EndReason::stopped);
}

TEST_CASE("F-017: the driver of an outlet that is locked already takes its latch over",
          "[core][guard][coil][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.socket(1).contact = DeciCelsius{800};
    rig.run_for(3_s);
    rig.socket(1).driver = Driver::shorted;
    rig.run_for(100_ms);
    CHECK(rig.trips() == Causes{TripCause::contact_overheated, TripCause::coil_mismatch});
    CHECK(rig.guard().contactor() == hal::Relay::open);
    rig.run_for(3_s);
    CHECK(rig.trips().size() == 2);
}

TEST_CASE("F-016: a driver that never closes its coil is told, not paid for",
          "[core][guard][coil][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).driver = Driver::broken;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1); });
    CHECK(took == Coil::hold + GuardRig::tick);
    REQUIRE(rig.trips() == Causes{TripCause::no_current});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 0);
    CHECK(rig.all<NewsTripped>().front().trip.limit == 1);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
}

TEST_CASE("a driver that follows a tick or two late is sound", "[core][guard][coil][unit]")
{
    Coil rule;
    Instant now{};
    for (int i = 0; i < 20; ++i) {
        const auto told = i % 2 == 0 ? hal::Relay::closed : hal::Relay::open;
        const auto was = i % 2 == 0 ? hal::Relay::open : hal::Relay::closed;
        for (int tick = 0; tick < 10; ++tick) {
            now = now + GuardRig::tick;
            CHECK_FALSE(rule.observe(now, told, was));
            CHECK_FALSE(rule.agrees());
        }
        now = now + GuardRig::tick;
        CHECK_FALSE(rule.observe(now, told, told));
        CHECK(rule.agrees());
    }
}

TEST_CASE("F-017: a contactor whose driver is shorted keeps the post down until it is mended",
          "[core][guard][coil][unit]")
{
    GuardRig rig{2};
    rig.contactor_driver = Driver::shorted;
    rig.run_for(100_ms);
    CHECK(rig.trips() == Causes{TripCause::coil_mismatch});
    CHECK(rig.all<NewsTripped>().front().trip.outlet == protocol::whole_post);
    rig.restore(bench_settings);
    rig.run_for(10_s);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::hazard_present);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::coil_mismatch)) ==
          CommandOutcome::cause_present);
    rig.contactor_driver = Driver::sound;
    rig.run_for(1_s);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::coil_mismatch)) ==
          CommandOutcome::done);
    rig.run_for(1_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("a contactor whose driver does not close is told for the whole post",
          "[core][guard][coil][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.contactor_driver = Driver::broken;
    rig.run_for(100_ms);
    CHECK(rig.trips() == Causes{TripCause::no_current});
    CHECK_FALSE(rig.closed(1));
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::no_current)) ==
          CommandOutcome::cause_present);
    rig.contactor_driver = Driver::sound;
    rig.run_for(100_ms);
    CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::no_current)) ==
          CommandOutcome::done);
}

TEST_CASE("F-016: five starts in a row that carry nothing lock an outlet whose relay or fuse is "
          "open",
          "[core][guard][coil][unit]")
{
    auto settings = bench_settings;
    settings.types[0].no_load_wait = 1_s;
    auto rig = GuardRig::ready(1, settings);
    rig.socket(1).load = 1_A;
    rig.socket(1).contacts = GuardRig::Socket::Contacts::stuck_open;
    const auto start_for_nothing = [&] {
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.run_for(20_s);
    };
    for (int start = 0; start < 4; ++start)
        start_for_nothing();
    CHECK(rig.trips().empty());
    SECTION("the fifth")
    {
        start_for_nothing();
        REQUIRE(rig.trips() == Causes{TripCause::no_current});
        CHECK(rig.all<NewsTripped>().front().trip.measured == 5);
        CHECK(rig.all<NewsTripped>().front().trip.limit == 5);
        CHECK(rig.end_of(1) == EndReason::no_load);
        CHECK(rig.answer_to(rig.clear(1, TripCause::no_current)) == CommandOutcome::done);
        rig.run_for(2_s);
        CHECK(rig.trips().size() == 1);
        start_for_nothing();
        CHECK(rig.trips().size() == 1);
    }
    SECTION("but not when one of them carried something")
    {
        rig.socket(1).contacts = GuardRig::Socket::Contacts::sound;
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.run_for(5_s);
        REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
        rig.run_for(20_s);
        rig.socket(1).contacts = GuardRig::Socket::Contacts::stuck_open;
        for (int start = 0; start < 4; ++start)
            start_for_nothing();
        CHECK(rig.trips().empty());
    }
}

TEST_CASE("F-015: a relay that welds within a session is found by its next opening, and the "
          "energy until then is the session's",
          "[core][guard][coil][unit]")
{
    auto rig = GuardRig::charging(2, 2_A);
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    const auto took = rig.run_until(3_s, [&] { return !rig.trips().empty(); });
    CHECK(took <= Conduction::verdict_limit);
    CHECK(rig.trips() == Causes{TripCause::relay_welded});
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::contactor_open);
}
