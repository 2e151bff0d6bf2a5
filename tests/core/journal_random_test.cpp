#include "tests/core/journal_fixture.hpp"
#include "tests/support/rounds.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using namespace ks::test;

namespace {

hal::NorGeometry any_chip(std::mt19937_64& random)
{
    constexpr std::array<std::uint32_t, 3> pages{64, 128, 256};
    return {.sector_size = random() % 4 == 0 ? 4'096U : 1'024U,
            .sectors = least_sectors + static_cast<std::uint32_t>(random() % 16),
            .page_size = pages[random() % pages.size()]};
}

/// Reads anywhere, and from the front as the link does.
std::string read_around(Boot& boot, const Truth& truth, std::mt19937_64& random)
{
    for (const auto lane : protocol::all_lanes) {
        if (truth.last(lane) == 0) continue;
        const auto seq = 1 + random() % truth.last(lane);
        const auto read = boot.read(lane, seq);
        if (seq >= boot.journal.oldest(lane) && read != truth.record(lane, seq))
            return "record " + std::to_string(seq) + " differs";
        if (seq < boot.journal.oldest(lane) && read)
            return "record " + std::to_string(seq) + " should be gone";
    }
    return {};
}

/// A life of random appends, acknowledgements, reboots, cuts and failing sectors.
std::string live(std::uint64_t seed)
{
    std::mt19937_64 random{seed};
    sim::NorFlash flash{any_chip(random)};
    Truth truth;
    std::optional<Boot> boot{flash};
    auto wrong = truth.judge(*boot);
    int failures_left = seed % 3 == 0 ? 1 : 0;
    for (int step = 0; step < 400 && wrong.empty(); ++step) {
        const auto dice = random() % 1'000;
        const auto lane = protocol::all_lanes[random() % 3];
        if (dice < 750) {
            static_cast<void>(truth.append(boot->journal, lane, 16 + random() % 300));
        } else if (dice < 870) {
            if (truth.last(lane) > 0)
                truth.acknowledge(boot->journal, lane, 1 + random() % truth.last(lane));
        } else if (dice < 950) {
            static_cast<void>(boot->journal.tidy());
            wrong = read_around(*boot, truth, random);
        } else if (dice < 960 && failures_left > 0) {
            --failures_left;
            flash.set_fault(static_cast<std::uint32_t>(random() % flash.geometry().sectors),
                            sim::NorFault::program_fails);
        } else if (dice < 985) {
            flash.power_fails_at(flash.operations() + random() % 30, random(),
                                 seed % 2 == 0 ? sim::TornCells::settled
                                               : sim::TornCells::unstable);
        } else {
            boot.emplace(flash);
            if (flash.powered()) wrong = truth.judge(*boot);
        }
        if (flash.powered()) continue;
        flash.power_up();
        boot.emplace(flash);
        wrong = truth.judge(*boot);
    }
    return wrong;
}

}  // namespace

TEST_CASE("I-24 I-25 whatever happens to it in whatever order, a journal keeps what it promised",
          "[core][journal][sim][slow]")
{
    for (std::uint64_t seed = 0; seed < rounds(40); ++seed) {
        const auto wrong = live(seed);
        CAPTURE(seed);
        REQUIRE(wrong == "");
    }
}
