#include "sim/world/world.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;
using ks::test::TempDir;

TEST_CASE("a quiet shed's log is its posts' truth", "[sim][world]")
{
    TempDir folder;
    World world{{.seed = 1, .folder = folder.path()}};
    world.run_for(Millis{3'000});
    for (const auto& l : world.trace().newest()) WARN(l);
    WARN(int(world.post(0).linked()));
    world.run_for(Millis{17'000});
    world.settle(Millis{60'000});
    CHECK(world.auditor().acknowledged() > 0);
    for (const auto& l : world.trace().newest())
        WARN(l);
}
