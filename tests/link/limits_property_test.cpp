#include "tests/link/thief_of_the_broker.hpp"
#include "tests/support/rounds.hpp"

#include <catch2/catch.hpp>

#include <iostream>

// Slow, because a claim about all sequences wants many of them: a sample in every run, a million
// by `scripts/campaign messages`.
TEST_CASE("S-23, D2: no message sequence loosens a limit but the settings record of two approvers, "
          "and none energises without a fresh nonce used once",
          "[link][property][slow]")
{
    using ks::test::ThiefOfTheBroker;
    const auto sequences = ks::test::rounds(20'000);
    const auto stock = ks::test::Stock::made(7, 40);

    ThiefOfTheBroker::Seen seen{};
    std::uint64_t played = 0;
    for (std::uint32_t life = 1; played < sequences; ++life) {
        CAPTURE(life);
        ThiefOfTheBroker thief{life, stock};
        for (; played < sequences && !thief.used_up(); ++played)
            thief.play_sequence();
        INFO(thief.broken().value_or(""));
        REQUIRE_FALSE(thief.broken());
        const auto& of_life = thief.seen();
        seen.messages += of_life.messages;
        seen.refused += of_life.refused;
        seen.starts += of_life.starts;
        seen.clears += of_life.clears;
        seen.tightened += of_life.tightened;
        seen.loosened += of_life.loosened;
        seen.reboots += of_life.reboots;
        seen.cut_in_the_middle += of_life.cut_in_the_middle;
    }

    // A campaign that never gets anywhere proves nothing.
    CHECK(seen.starts * 100 > played);
    CHECK(seen.tightened * 100 > played);
    CHECK(seen.loosened * 1'000 > played);
    CHECK(seen.clears * 10'000 > played);
    CHECK(seen.reboots * 100 > played);
    CHECK(seen.refused > played);
    std::cout << played << " sequences, " << seen.messages << " commands, " << seen.refused
              << " refused, " << seen.starts << " starts, " << seen.clears << " trips cleared, "
              << seen.tightened << " tightened, " << seen.loosened << " loosened, " << seen.reboots
              << " reboots, " << seen.cut_in_the_middle << " in the middle\n";
}
