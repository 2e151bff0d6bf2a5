#include "sim/world/command.hpp"
#include "sim/world/fate.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace ks;
using namespace ks::sim;
using ks::test::TempDir;

namespace {

LifeFigures lived(std::uint64_t seed)
{
    TempDir folder;
    return live({.seed = seed, .lasts = Millis{8'000}, .posts = 1, .outlets = 1}, folder.path());
}

}  // namespace

TEST_CASE("one seed is one life, event by event, and another seed is another (I-33)",
          "[sim][world]")
{
    const auto once = lived(3);
    const auto again = lived(3);
    CHECK(once.digest == again.digest);
    CHECK(once.events == again.events);
    CHECK(once.events > 10);
    CHECK(lived(4).digest != once.digest);
}

TEST_CASE("the life that breaks a promise ends the run with the line that replays it",
          "[sim][world]")
{
    std::ostringstream out;
    const auto code = run_worlds({.first_seed = 4,
                                  .last_seed = 9,
                                  .minutes = 1,
                                  .posts = 1,
                                  .outlets = 1,
                                  .order = WorldEdge::Order::acknowledge_then_commit},
                                 out);
    CHECK(code == 1);
    CHECK_THAT(out.str(), Catch::Matchers::Contains("acknowledged up to"));
    CHECK_THAT(out.str(),
               Catch::Matchers::EndsWith(
                   "replay: kickstand-world --seed 4 --minutes 1 --posts 1 --outlets 1\n"));
}
