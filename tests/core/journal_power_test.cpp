#include "tests/core/journal_power.hpp"
#include "tests/support/rounds.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using namespace ks::test;

// Rehearse an evening once to count what it does to the chip, then die at each of these steps.

namespace {

struct Cut {
    std::uint64_t at;
    std::uint64_t seed;
    sim::TornCells cells;
    std::uint64_t second_after;  // operations of the recovery until power goes again; 0 for never
};

constexpr int evening = 100;
constexpr std::uint64_t evening_seed = 5;

/// What is wrong after this cut; empty when nothing is.
std::string suffer(const Cut& cut)
{
    sim::NorFlash flash{chip};
    Truth truth;
    flash.power_fails_at(cut.at, cut.seed, cut.cells);
    {
        Boot boot{flash};
        if (flash.powered()) {
            auto wrong = truth.judge(boot);
            if (!wrong.empty()) return "before the cut: " + wrong;
            live_through(flash, boot, truth, evening_seed, evening);
        }
        if (flash.powered()) return "power did not fail";
    }
    std::uint32_t cuts = 1;
    flash.power_up();
    if (cut.second_after != 0) {
        flash.power_fails_at(flash.operations() + cut.second_after - 1, cut.seed + 1, cut.cells);
        Boot interrupted{flash};
        if (flash.powered()) {
            const auto wrong = truth.judge(interrupted);
            if (!wrong.empty() && flash.powered()) return "interrupted: " + wrong;
            live_through(flash, interrupted, truth, cut.seed, 10);
        }
        if (flash.powered()) return {};  // the recovery was shorter; another cut covers it
        flash.power_up();
        ++cuts;
    }
    {
        Boot recovered{flash};
        auto wrong = truth.judge(recovered);
        if (!wrong.empty()) return wrong;
        if (recovered.report.discarded_tails > cuts) return "more than one tail for a cut";
        live_through(flash, recovered, truth, cut.seed, 12);
    }
    Boot later{flash};
    auto wrong = truth.judge(later);
    return wrong.empty() ? wrong : "later: " + wrong;
}

std::uint64_t rehearse(Truth& truth)
{
    sim::NorFlash flash{chip};
    Boot boot{flash};
    REQUIRE(truth.judge(boot) == "");
    live_through(flash, boot, truth, evening_seed, evening);
    REQUIRE(truth.judge(boot) == "boot count repeated");
    return flash.operations();
}

void die_everywhere(sim::TornCells cells, std::uint64_t patterns)
{
    Truth truth;
    const auto steps = rehearse(truth);
    for (std::uint64_t at = 0; at < steps; ++at)
        for (std::uint64_t pattern = 0; pattern < patterns; ++pattern) {
            const auto seed = at * 1'000 + pattern;
            const auto wrong = suffer({at, seed, cells, 0});
            if (wrong.empty()) continue;
            CAPTURE(at, seed);
            REQUIRE(wrong == "");
        }
}

}  // namespace

TEST_CASE("the rehearsed evening has gaps, evictions and turns of every lane in it",
          "[core][journal][sim]")
{
    Truth truth;
    CHECK(rehearse(truth) > 200);

    std::size_t gaps = 0;
    for (const auto lane : {Lane::event, Lane::tele})
        for (std::uint64_t seq = 1; seq <= truth.last(lane); ++seq)
            if (gap_in(lane, truth.record(lane, seq))) ++gaps;
    CHECK(gaps >= 3);
    CHECK(truth.last(Lane::alarm) >= 5);
}

TEST_CASE("F-049 F-050 F-052 F-056 power may fail at any program or erase and tear it",
          "[core][journal][sim][slow]")
{
    die_everywhere(sim::TornCells::settled, 2);
}

TEST_CASE("F-051 cells that read differently each time after a cut change no verdict",
          "[core][journal][sim][slow]")
{
    die_everywhere(sim::TornCells::unstable, 1);
}

TEST_CASE("F-049 power may fail again while the journal recovers", "[core][journal][sim][slow]")
{
    Truth truth;
    const auto steps = rehearse(truth);
    std::mt19937_64 random{3};
    for (std::uint64_t i = 0; i < rounds(200); ++i) {
        const Cut cut{.at = random() % steps,
                      .seed = random(),
                      .cells = i % 2 == 0 ? sim::TornCells::settled : sim::TornCells::unstable,
                      .second_after = 1 + random() % 14};
        const auto wrong = suffer(cut);
        if (wrong.empty()) continue;
        CAPTURE(cut.at, cut.seed, cut.second_after, i);
        REQUIRE(wrong == "");
    }
}
