#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;

TEST_CASE("a session begins when its relay closes and ends when its current is seen to vanish",
          "[core][guard][session][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).load = 700_mA;

    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    CHECK(rig.closed(1));
    CHECK_FALSE(rig.closed(2));
    CHECK(rig.all<NewsStarted>().size() == 1);
    rig.run_for(60_s);
    CHECK(rig.state(1) == OutletState::charging);
    CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.state(1) == OutletState::opening);
    CHECK(rig.all<NewsEnded>().empty());
    rig.run_for(1_s);

    REQUIRE(rig.all<NewsEnded>().size() == 1);
    const auto ended = rig.all<NewsEnded>().front();
    CHECK(ended.reason == EndReason::stopped);
    CHECK(ended.elapsed == 60_s + GuardRig::tick);
    CHECK(ended.energy.count() >= 154'000 * 60 / 3'600 - bench_pulse.milliwatt_hours);
    CHECK(ended.energy.count() <= 154'000 * 60 / 3'600 + bench_pulse.milliwatt_hours);
    CHECK(ended.peak == Milliwatts{154'000});
    CHECK(rig.state(1) == OutletState::idle);
    CHECK(rig.trips().empty());
}
