#include "tests/core/journal_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using namespace ks::test;

namespace {

constexpr hal::NorGeometry chip{.sector_size = 1'024, .sectors = 24, .page_size = 128};

std::uint64_t held(const Journal& journal, Lane lane)
{
    return journal.next_seq(lane) - journal.oldest(lane);
}

}  // namespace

TEST_CASE("F-056 a month offline thins telemetry first and keeps alarms and recent events",
          "[core][journal][sim]")
{
    sim::NorFlash flash{chip};
    Truth truth;
    Boot boot{flash};
    REQUIRE(truth.judge(boot) == "");
    for (int i = 0; i < 10; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::alarm, 80));
    for (int i = 0; i < 15; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::event, 100));

    for (int i = 0; i < 1'000; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 150));

    CHECK(boot.journal.oldest(Lane::alarm) == 1);
    CHECK(boot.journal.oldest(Lane::event) == 1);
    const auto lost = boot.journal.lost(Lane::tele);
    REQUIRE(lost);
    CHECK(lost->from == 1);
    CHECK(lost->to == boot.journal.oldest(Lane::tele) - 1);
    CHECK(held(boot.journal, Lane::tele) >= 20);

    Boot again{flash};
    CHECK(truth.judge(again) == "");
    CHECK(again.journal.lost(Lane::tele) == lost);
}

TEST_CASE("F-056 events take the room of telemetry, then turn over above their own reserve",
          "[core][journal][sim]")
{
    sim::NorFlash flash{chip};
    Truth truth;
    Boot boot{flash};
    for (int i = 0; i < 60; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 150));
    for (int i = 0; i < 300; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::event, 150));

    const auto fill = boot.journal.fill();
    CHECK(fill.lanes[2].sectors <= least_lane_sectors + 1);
    CHECK(fill.lanes[1].sectors >= fill.lanes[1].reserve);
    // What is pledged to alarms is still there though none was ever written.
    CHECK(fill.free >= fill.lanes[0].reserve);
    CHECK(boot.journal.lost(Lane::event));

    Boot again{flash};
    REQUIRE(again.report.state == MountState::ready);
}

TEST_CASE("alarms have their reserve on a chip full of everything else, and then are refused "
          "rather than lost",
          "[core][journal][sim]")
{
    sim::NorFlash flash{chip};
    Truth truth;
    Boot boot{flash};
    const auto reserve = boot.report.alarm_reserve;
    for (int i = 0; i < 400; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, i % 2 == 0 ? Lane::event : Lane::tele, 150));

    std::uint64_t kept = 0;
    std::optional<AppendRefusal> refusal;
    while (!refusal && kept < 1'000) {
        refusal = truth.append(boot.journal, Lane::alarm, protocol::record_limit);
        if (!refusal) ++kept;
    }
    CHECK(refusal == AppendRefusal::alarm_lane_full);
    CHECK(kept >= reserve);
    CHECK(boot.journal.oldest(Lane::alarm) == 1);
    for (std::uint64_t seq = 1; seq <= kept; ++seq)
        REQUIRE(boot.read(Lane::alarm, seq) == truth.record(Lane::alarm, seq));

    // The other lanes still turn over, and one acknowledgement lets alarms in again.
    CHECK_FALSE(truth.append(boot.journal, Lane::event, 150));
    CHECK_FALSE(truth.append(boot.journal, Lane::tele, 150));
    truth.acknowledge(boot.journal, Lane::alarm, kept);
    CHECK_FALSE(truth.append(boot.journal, Lane::alarm, protocol::record_limit));
}

TEST_CASE("of acknowledged records the oldest go first, whatever their lane",
          "[core][journal][sim]")
{
    sim::NorFlash flash{chip};
    Truth truth;
    Boot boot{flash};
    for (const auto lane : {Lane::event, Lane::tele})
        for (int i = 0; i < 25; ++i) {
            REQUIRE_FALSE(truth.append(boot.journal, lane, 150));
            truth.acknowledge(boot.journal, lane, truth.last(lane));
        }
    while (boot.journal.oldest(Lane::event) == 1) {
        // Telemetry's first sector was opened before all others, to count the boot.
        REQUIRE(boot.journal.oldest(Lane::tele) <= 6);
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 150));
        truth.acknowledge(boot.journal, Lane::tele, truth.last(Lane::tele));
    }
    CHECK(boot.journal.oldest(Lane::tele) > 1);
    CHECK(truth.last(Lane::tele) > 50);
}

TEST_CASE("nothing unacknowledged goes before its gap record is written", "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    Boot boot{flash};
    auto& journal = boot.journal;
    while (!journal.gap_needed(Lane::tele))
        REQUIRE_FALSE(truth.append(journal, Lane::tele, 200));
    const auto gap = *journal.gap_needed(Lane::tele);
    CHECK(gap.lane == Lane::tele);
    CHECK(gap.from == 1);
    CHECK(gap.last == digest_of(truth.record(Lane::tele, gap.to)));

    const auto large = record_of(Lane::tele, journal.next_seq(Lane::tele), 0, 512);
    CHECK(journal.append(Lane::tele, large).reason() == AppendRefusal::needs_gap);
    auto other = gap;
    ++other.to;
    CHECK(journal.append_gap(other, gap_record(other, 1)).reason() == AppendRefusal::stale_gap);
    CHECK(journal.append_gap(gap, large).reason() == AppendRefusal::too_long);
    CHECK(journal.oldest(Lane::tele) == 1);

    // An acknowledgement that comes in between makes the declaration pointless, so it is refused.
    truth.acknowledge(journal, Lane::tele, gap.to);
    CHECK(journal.append_gap(gap, gap_record(gap, 1)).reason() == AppendRefusal::stale_gap);
    CHECK_FALSE(journal.gap_needed(Lane::tele));
}

TEST_CASE("gaps add up until the edge has acknowledged one of them", "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    Boot boot{flash};
    auto& journal = boot.journal;
    REQUIRE_FALSE(truth.append(journal, Lane::tele, 100));
    REQUIRE_FALSE(truth.append(journal, Lane::tele, 100));
    truth.acknowledge(journal, Lane::tele, 2);
    for (int i = 0; i < 200; ++i)
        REQUIRE_FALSE(truth.append(journal, Lane::tele, 100));
    const auto lost = journal.lost(Lane::tele);
    REQUIRE(lost);
    CHECK(lost->from == 3);
    CHECK(lost->before == digest_of(truth.record(Lane::tele, 2)));

    truth.acknowledge(journal, Lane::tele, truth.last(Lane::tele));
    CHECK_FALSE(journal.lost(Lane::tele));
    for (int i = 0; i < 200; ++i)
        REQUIRE_FALSE(truth.append(journal, Lane::tele, 100));
    CHECK(journal.lost(Lane::tele)->from > 200);

    Boot again{flash};
    CHECK(truth.judge(again) == "");
}

TEST_CASE("a late acknowledgement within a declared gap is remembered and unsettles nothing",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    Boot boot{flash};
    for (int i = 0; i < 150; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 100));
    const auto oldest = boot.journal.oldest(Lane::tele);
    REQUIRE(oldest > 10);
    truth.acknowledge(boot.journal, Lane::tele, oldest - 5);
    CHECK(boot.journal.acked(Lane::tele) == oldest - 5);
    for (int i = 0; i < 50; ++i)
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 100));

    Boot again{flash};
    CHECK(truth.judge(again) == "");
}

TEST_CASE("the longest gap record on the smallest chip never blocks the lane it speaks for",
          "[core][journal][sim]")
{
    constexpr hal::NorGeometry least{
        .sector_size = 1'024, .sectors = least_sectors, .page_size = 256};
    sim::NorFlash flash{least};
    Boot boot{flash};
    auto& journal = boot.journal;
    for (int i = 0; i < 300; ++i) {
        const auto lane = i % 2 == 0 ? Lane::event : Lane::tele;
        int rounds = 0;
        while (const auto gap = journal.gap_needed(lane)) {
            auto record = gap_record(*gap, journal.next_seq(gap->lane));
            record.resize(gap_record_limit);
            REQUIRE(journal.append_gap(*gap, record).ok());
            REQUIRE(++rounds <= 4);
        }
        const auto seq = journal.next_seq(lane);
        REQUIRE(journal.append(lane, record_of(lane, seq, 0, 512)).value() == seq);
    }
}

TEST_CASE("F-003 five hundred boots in a row count on, on a chip full of unacknowledged records",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        for (int i = 0; i < 100; ++i)
            REQUIRE_FALSE(truth.append(boot.journal, i % 2 == 0 ? Lane::event : Lane::tele, 120));
        while (!truth.append(boot.journal, Lane::alarm, 100)) {
        }
    }
    for (int i = 0; i < 500; ++i) {
        Boot boot{flash};
        REQUIRE(truth.judge(boot) == "");
    }
    Boot boot{flash};
    CHECK_FALSE(truth.append(boot.journal, Lane::event, 300));
}

TEST_CASE("F-003 three hundred power cuts in a row, each within a boot, wear nothing out",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        for (int i = 0; i < 100; ++i)
            REQUIRE_FALSE(truth.append(boot.journal, i % 2 == 0 ? Lane::event : Lane::tele, 120));
    }
    std::mt19937_64 random{11};
    for (int i = 0; i < 300; ++i) {
        flash.power_fails_at(flash.operations() + random() % 9, random(), sim::TornCells::settled);
        Boot boot{flash};
        if (flash.powered()) {
            REQUIRE(truth.judge(boot) == "");
            static_cast<void>(truth.append(boot.journal, Lane::tele, 100));
        }
        flash.power_up();
    }
    Boot boot{flash};
    REQUIRE(truth.judge(boot) == "");
    CHECK_FALSE(truth.append(boot.journal, Lane::event, 300));
    CHECK_FALSE(truth.append(boot.journal, Lane::tele, 300));
    CHECK_FALSE(truth.append(boot.journal, Lane::alarm, 300));
}
