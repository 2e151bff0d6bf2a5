#include "tests/sim/world/world_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;
using ks::test::SmallWorld;

// Whatever the broker does, `settle` ends only when the log is the post's truth, record by record
// and byte for byte (I-12), and every acknowledgement on the way was for what is durable (I-13).

TEST_CASE("a broker that dies with what it had acknowledged costs no record (F-085, I-12)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.world.stall_edge(Millis{8'000});
    shed.charge_by_card();
    shed.world.kill_broker(Millis{2'000});
    shed.leave();
    shed.settle();
    CHECK(shed.world.auditor().acknowledged() > 0);
}

TEST_CASE("a broker that drops in silence what it had acknowledged costs no record (F-086, I-12)",
          "[sim][world]")
{
    SmallWorld shed{{.in_flight = 1, .queued = 1}};
    shed.charge_by_card();
    shed.world.stall_edge(Millis{12'000});
    shed.leave();
    shed.charge_by_card();
    shed.leave();
    CHECK(shed.world.broker().dropped() > 0);
    shed.settle();
    CHECK(shed.world.auditor().log().gaps().empty());
}

TEST_CASE("what comes twice and in another order is in the log once and in its place (F-089, I-12)",
          "[sim][world]")
{
    SmallWorld shed{{.in_flight = 4, .queued = 1'000, .again = Manners::Again::last}};
    for (int round = 0; round < 4; ++round) {
        shed.world.stall_edge(Millis{1'500});
        shed.charge_by_card();
        shed.world.cut_line(0, PostLine::Broker::left_waiting);
        shed.world.kill_edge(Millis{50});
        shed.leave();
    }
    REQUIRE(shed.world.edge() != nullptr);
    CHECK(shed.world.auditor().sessions() > 0);
    shed.settle();
}

TEST_CASE("a post that the access list silenced tells everything once it may speak (F-087)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.world.deny(0, Millis{20'000});
    shed.world.plug(0, 1, common_bike());
    shed.world.tap_card(0, 1, 5);
    shed.world.run_for(Millis{20'000});
    const auto event = LaneOf{.post = "POST-0001", .lane = protocol::Lane::event};
    CHECK(shed.world.auditor().log().upto(event) < shed.world.auditor().truth().upto(event));
    shed.settle();
}

TEST_CASE("a post whose name somebody else takes again and again loses no record (F-088)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    for (int round = 0; round < 5; ++round) {
        shed.charge_by_card();
        shed.world.take_over(0);
        shed.leave();
    }
    shed.settle();
}

TEST_CASE("a stop that somebody says again gets its old answer, and the next visitor charges on "
          "(I-19)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.charge_by_card();
    shed.world.ask(0, protocol::StopOutlet{.outlet = 1});
    shed.leave();
    shed.world.run_for(Millis{6'000});  // the relay has rested
    shed.charge_by_card();
    REQUIRE(shed.world.auditor().sessions() == 2);
    shed.world.replay_command(1);
    shed.world.run_for(Millis{1'000});
    CHECK(shed.world.post(0).plant().coil(1) == hal::Relay::closed);
    shed.settle();
}

TEST_CASE("a command that somebody says again starts nothing a second time (F-127, I-19)",
          "[sim][world]")
{
    SmallWorld shed{{}};
    shed.charge_by_card();
    REQUIRE(shed.world.auditor().sessions() == 1);
    shed.world.ask(0, protocol::StopOutlet{.outlet = 1});
    shed.leave();
    shed.world.run_for(Millis{6'000});  // the relay has rested
    shed.world.plug(0, 1, common_bike());
    for (std::uint64_t which = 0; which < 3; ++which) {
        shed.world.replay_command(which);
        shed.world.run_for(Millis{1'000});
    }
    CHECK(shed.world.auditor().sessions() == 1);
    CHECK(shed.world.post(0).plant().coil(1) == hal::Relay::open);
    shed.settle();
}
