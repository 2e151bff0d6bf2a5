#include "tests/sim/world/world_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;
using ks::test::SmallWorld;

TEST_CASE("a quiet shed's log is its post's truth within a second (I-12)", "[sim][world]")
{
    SmallWorld shed{{}};
    shed.charge_by_card();
    CHECK(shed.world.auditor().sessions() == 1);
    shed.world.settle(Millis{1'000});
}

TEST_CASE("an edge that is killed between any two of its steps has lost nothing that it "
          "acknowledged (F-094, I-13)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.world.slow_store(Millis{400}, Millis{60'000});
    shed.world.plug(0, 1, common_bike());
    shed.world.tap_card(0, 1, 5);
    for (int ticks = 1; ticks < 40; ++ticks) {
        shed.world.run_for(Millis{World::tick.count() * ticks * 2});
        shed.world.kill_edge(World::tick);
    }
    shed.settle();
}

TEST_CASE("a disk that stalls for seconds delays what is acknowledged, and loses nothing (F-110)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.world.slow_store(Millis{4'000}, Millis{20'000});
    for (int round = 0; round < 3; ++round) {
        shed.charge_by_card();
        shed.leave();
    }
    shed.settle();
}

TEST_CASE("a post that loses power in the middle of a write tells what was durable, and no more "
          "(F-050, I-12)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    for (int round = 0; round < 6; ++round) {
        shed.world.plug(0, 1, common_bike());
        shed.world.tap_card(0, 1, 5);
        shed.world.run_for(Millis{400} + Millis{350 * round});
        shed.world.tear_next_write(0);
        shed.leave();
    }
    shed.settle();
}

TEST_CASE("an alarm arrives although edge, line and receiver all fail meanwhile (F-114)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.charge_by_card();
    shed.world.inject(0, 1, Overload{});
    shed.world.run_for(Millis{200});
    shed.world.cut_line(0, PostLine::Broker::left_waiting);
    shed.world.kill_edge(Millis{4'000});
    shed.world.run_for(Millis{6'000});
    REQUIRE(shed.world.auditor().trips() > 0);
    shed.settle();
    CHECK(shed.world.auditor().unheard().empty());
}

// What a post says between a broker's restart and the edge's return goes to nobody: the broker has
// forgotten the edge and has its PUBACK for everything. The post waits 30 s for the edge's word.
TEST_CASE("an alarm told to a broker that has forgotten the edge arrives within 40 s (F-085)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.charge_by_card();
    shed.world.stall_edge(Millis{6'000});
    shed.world.kill_broker(Millis{100});
    shed.world.run_for(Millis{3'000});
    REQUIRE(shed.world.post(0).linked());
    REQUIRE_FALSE(shed.world.broker().edge_there());
    shed.world.inject(0, 1, Overload{});
    shed.world.run_for(Millis{2'000});
    REQUIRE(shed.world.auditor().trips() > 0);
    CHECK_FALSE(shed.world.auditor().unheard().empty());
    shed.world.settle(Millis{35'000});
}
