#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::EndReason;
using protocol::TripCause;

namespace {

/// At 200 V, 6 A are the factory's tier exactly, and its overload pickup, which never trips.
GuardRig at_the_tier()
{
    auto rig = GuardRig::ready(1);
    rig.set_mains(200_V);
    rig.socket(1).load = 6_A;
    check(rig.answer_to(rig.start(1)) == protocol::CommandOutcome::done);
    rig.run_for(2_s);
    return rig;
}

}  // namespace

TEST_CASE("power above the outlet's tier opens it after the hold time, and says by how much",
          "[core][guard][overpower][unit]")
{
    auto rig = at_the_tier();
    rig.set_mains(210_V);

    const auto took = rig.run_until(30_s, [&] { return !rig.closed(1); });

    const auto hold = bench_settings.types[0].power_hold;
    CHECK(took >= hold);
    CHECK(took <= hold + GuardRig::refresh + GuardRig::poll + GuardRig::tick);
    REQUIRE(rig.trips() == std::vector{TripCause::overpower});
    const auto trip = rig.all<NewsTripped>().front().trip;
    CHECK(trip.measured == 1'260'000);
    CHECK(trip.limit == 1'200'000);
    CHECK(trip.held_for == hold);
    rig.run_for(2_s);
    CHECK(rig.end_of(1) == EndReason::tripped);
}

TEST_CASE("the tier's own power is delivered for as long as anybody likes",
          "[core][guard][overpower][unit]")
{
    auto rig = at_the_tier();
    rig.run_for(60_s);
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
}

TEST_CASE("a charger that is above the tier for less than the hold time, again and again, goes on",
          "[core][guard][overpower][unit]")
{
    auto rig = at_the_tier();
    for (int burst = 0; burst < 4; ++burst) {
        rig.set_mains(210_V);
        rig.run_for(9_s);
        rig.set_mains(200_V);
        rig.run_for(1_s);
    }
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
}

TEST_CASE("F-030: with its shunt the wrong way round an outlet is protected like any other",
          "[core][guard][overpower][unit]")
{
    auto rig = at_the_tier();
    rig.socket(1).shunt = GuardRig::Socket::Shunt::reversed;
    rig.set_mains(210_V);

    rig.run_for(12_s);

    REQUIRE(rig.trips() == std::vector{TripCause::overpower});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 1'260'000);
    CHECK(rig.readings->frame.outlets[0].power <= Milliwatts{});
}
