#include "tests/sim/world/world_rig.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <memory>

using namespace ks;
using namespace ks::sim;
using ks::test::SmallWorld;

// Promises that nothing can break prove nothing: here each is broken on purpose.
namespace {

using Catch::Matchers::Contains;

/// With the edge dead, somebody writes into the log's file. Nothing of what runs would do it.
void alter(const SmallWorld& shed, const char* sql)
{
    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open((shed.folder.path() / "log.db").c_str(), &opened) == SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database{opened, sqlite3_close};
    REQUIRE(sqlite3_exec(opened, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_changes(opened) > 0);
}

/// What is thrown when the edge opens that file.
std::string found_after(const char* sql)
{
    SmallWorld shed{{}};
    shed.charge_by_card();
    shed.world.settle(Millis{5'000});
    shed.world.kill_edge(Millis{100});
    alter(shed, sql);
    try {
        shed.world.run_for(Millis{1'000});
        shed.settle();
    } catch (const BrokenChain& broken) {
        return broken.what();
    }
    return "nothing";
}

}  // namespace

TEST_CASE("an edge that acknowledges before it has committed is caught at once (I-13)",
          "[sim][world]")
{
    SmallWorld shed{{}, WorldEdge::Order::acknowledge_then_commit};
    shed.world.slow_store(Millis{4'000}, Millis{20'000});
    CHECK_THROWS_WITH(shed.charge_by_card(), Contains("acknowledged up to"));
}

TEST_CASE("a session that no command of the edge stands behind is caught (I-21)", "[sim][world]")
{
    SmallWorld shed{{}};
    shed.world.plug(0, 1, common_bike());
    shed.world.post(0).command_here(
        {.post = *protocol::PostId::from("POST-0001"),
         .id = {std::byte{9}},
         .nonce = {},
         .role = protocol::Role::installer,
         .issuer = {},
         .issued = {},
         .good_for = Millis{30'000},
         .body = protocol::StartOutlet{.outlet = 1,
                                       .card = 0,
                                       .time_limit = Millis{600'000},
                                       .energy_limit = MilliwattHours{10'000}}});
    CHECK_THROWS_WITH(shed.world.run_for(Millis{3'000}), Contains("never commanded"));
}

TEST_CASE("a row that goes from the log is missed (I-12)", "[sim][world]")
{
    CHECK_THAT(found_after("DELETE FROM evidence WHERE lane = 1 AND seq = 2"),
               Contains("lists no gap"));
}

TEST_CASE("a gap that is listed for what the post still holds is found (I-14)", "[sim][world]")
{
    CHECK_THAT(found_after("INSERT INTO gap SELECT post, epoch, lane, seq, seq, 1, substr(bytes, "
                           "1, 16), arrived_ms, NULL FROM evidence WHERE lane = 1 AND seq = 2; "
                           "DELETE FROM evidence WHERE lane = 1 AND seq = 2"),
               Contains("holds it still"));
}

TEST_CASE("the newest rows that go from the log are missed (I-12)", "[sim][world]")
{
    CHECK_THAT(found_after("DELETE FROM evidence WHERE lane = 1 AND seq > 3"),
               Contains("opened again with"));
}

TEST_CASE("a row whose last byte was altered is found (I-12)", "[sim][world]")
{
    CHECK_THAT(found_after("UPDATE evidence SET bytes = substr(bytes, 1, length(bytes) - 1) || "
                           "x'00' WHERE lane = 1 AND seq = 2"),
               Contains("other bytes"));
}

TEST_CASE("a record that is in the log a second time is found (I-12)", "[sim][world]")
{
    CHECK_THAT(found_after("INSERT INTO evidence SELECT id + 100000, post, epoch + 1, lane, seq, "
                           "standing, arrived_ms, bytes FROM evidence WHERE lane = 1 AND seq = 2"),
               Contains("second epoch"));
}

TEST_CASE("an alarm that never reached its receiver is named", "[sim][world]")
{
    Auditor auditor;
    const protocol::Tripped trip{.outlet = 1,
                                 .cause = protocol::TripCause::hard_overcurrent,
                                 .session = 1,
                                 .measured = 12'000,
                                 .limit = 10'000,
                                 .held_for = Millis{20},
                                 .count = 1};
    auditor.happened(
        "POST-0001",
        {.head = {.lane = protocol::Lane::alarm, .seq = 1, .boot = 1, .mono = {}, .wall = {}},
         .body = trip});
    CHECK(auditor.unheard() == "POST-0001|1|hard_overcurrent|raised");
    auditor.arrived("POST-0001|2|hard_overcurrent|raised|1.0.1");
    CHECK_FALSE(auditor.unheard().empty());
    auditor.arrived("POST-0001|1|hard_overcurrent|raised|1.0.1");
    CHECK(auditor.unheard().empty());
}
