#include "tests/core/journal_power.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using namespace ks::test;

namespace {

/// Something a journal does, and the life that leads up to it.
struct Moment {
    void (*lead_up)(Boot&, Truth&);
    Lane lane;
    std::array<std::size_t, 3> sizes;  // of the records appended then
};

/// Which torn patterns are tried. Few cells are shaky in just the way that fools a journal, so the
/// short run begins at patterns that did fool one with the rule under test taken out.
struct Patterns {
    std::uint64_t first;
    std::uint64_t count;
};

/// Tears each operation of the moment in many ways, then boots three times more, living on in
/// between: a cell that read right at first may read wrong later.
void die_within(const Moment& moment, const Patterns& patterns)
{
    sim::NorFlash flash{chip};
    Truth before;
    {
        Boot boot{flash};
        REQUIRE(before.judge(boot) == "");
        moment.lead_up(boot, before);
    }
    const auto image = flash.image();
    std::uint64_t steps = 1;
    for (std::uint64_t at = 0; at < steps; ++at)
        for (std::uint64_t i = 0; i <= patterns.count; ++i) {
            const auto seed = patterns.first + i;
            flash.load(image);
            Truth truth = before;
            std::string wrong;
            {
                Boot boot{flash};
                wrong = truth.judge(boot);
                const auto begin = flash.operations();
                if (i > 0) flash.power_fails_at(begin + at, seed, sim::TornCells::unstable);
                for (const auto size : moment.sizes)
                    if (flash.powered())
                        static_cast<void>(truth.append(boot.journal, moment.lane, size));
                if (i == 0) steps = flash.operations() - begin;
            }
            flash.power_up();
            for (int boots = 0; boots < 3 && wrong.empty(); ++boots) {
                Boot boot{flash};
                wrong = truth.judge(boot);
                live_through(flash, boot, truth, seed, 30);
            }
            if (wrong.empty()) continue;
            CAPTURE(at, seed);
            REQUIRE(wrong == "");
        }
}

}  // namespace

TEST_CASE("F-051 a sector half given up when power fails is settled for good by the next boot",
          "[core][journal][sim]")
{
    die_within({.lead_up =
                    [](Boot& boot, Truth& truth) {
                        while (!boot.journal.gap_needed(Lane::tele))
                            static_cast<void>(truth.append(boot.journal, Lane::tele, 120));
                    },
                .lane = Lane::tele,
                .sizes = {120, 20, 20}},
               {.first = 43, .count = 11});
}

TEST_CASE("F-051 a sector half opened when power fails is trusted with nothing that may fade",
          "[core][journal][sim]")
{
    die_within({.lead_up =
                    [](Boot& boot, Truth& truth) {
                        for (int i = 0; i < 3; ++i)
                            static_cast<void>(truth.append(boot.journal, Lane::event, 250));
                    },
                .lane = Lane::event,
                .sizes = {400, 60, 60}},
               {.first = 95, .count = 10});
}
