#include "tests/core/journal_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using namespace ks::test;

TEST_CASE("a new journal holds nothing, counts its first boot and starts every lane at one",
          "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Boot boot{flash};

    CHECK(boot.report.state == MountState::ready);
    CHECK(boot.journal.boot_count() == 1);
    for (const auto lane : protocol::all_lanes) {
        CHECK(boot.journal.next_seq(lane) == 1);
        CHECK(boot.journal.oldest(lane) == 1);
        CHECK(boot.journal.acked(lane) == 0);
        CHECK(boot.journal.head_digest(lane) == ChainDigest{});
        CHECK_FALSE(boot.journal.lost(lane));
    }
}

TEST_CASE("what was appended is read back byte for byte, now and after a reboot",
          "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        REQUIRE(truth.judge(boot) == "");
        for (const std::size_t size : {16U, 17U, 100U, 300U, 511U, 512U})
            for (const auto lane : protocol::all_lanes)
                REQUIRE_FALSE(truth.append(boot.journal, lane, size));
        CHECK(boot.read(Lane::event, 3) == truth.record(Lane::event, 3));
        CHECK(boot.journal.head_digest(Lane::event) == digest_of(truth.record(Lane::event, 6)));
    }
    Boot again{flash};
    CHECK(truth.judge(again) == "");
    CHECK(again.journal.boot_count() == 2);
    CHECK(again.report.discarded_tails == 0);
    CHECK(again.report.damaged_spots == 0);
}

TEST_CASE("reading says why there is nothing to read", "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Boot boot{flash};
    Truth truth;
    REQUIRE_FALSE(truth.append(boot.journal, Lane::event, 100));

    std::array<std::byte, protocol::record_limit> room;
    auto& journal = boot.journal;
    CHECK(journal.read(Lane::event, 0, room).reason() == ReadRefusal::never_written);
    CHECK(journal.read(Lane::event, 2, room).reason() == ReadRefusal::never_written);
    CHECK(journal.read(Lane::tele, 1, room).reason() == ReadRefusal::never_written);
    CHECK(journal.read(Lane::event, 1, std::span{room}.first(99)).reason() == ReadRefusal::no_room);
    CHECK(journal.read(Lane::event, 1, std::span{room}.first(100)).value() == 100);
}

TEST_CASE("records that cannot be kept are refused and leave the lane as it was",
          "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Boot boot{flash};
    const Record long_one(protocol::record_limit + 1);
    const Record short_one(15);

    CHECK(boot.journal.append(Lane::tele, long_one).reason() == AppendRefusal::too_long);
    CHECK(boot.journal.append(Lane::tele, short_one).reason() == AppendRefusal::too_short);
    CHECK(boot.journal.next_seq(Lane::tele) == 1);
}

TEST_CASE("an acknowledgement of what was never written is refused", "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Boot boot{flash};
    Truth truth;
    REQUIRE_FALSE(truth.append(boot.journal, Lane::event, 40));

    CHECK(boot.journal.acknowledge(Lane::event, 2).reason() == AckRefusal::never_written);
    CHECK(boot.journal.acked(Lane::event) == 0);
    CHECK(boot.journal.acknowledge(Lane::event, 1).ok());
    CHECK(boot.journal.acknowledge(Lane::event, 0).ok());
    CHECK(boot.journal.acked(Lane::event) == 1);
}

TEST_CASE("acknowledgements survive a reboot as old as sixty-four records at most",
          "[core][journal][unit]")
{
    sim::NorFlash flash{{.sector_size = 4'096, .sectors = 16, .page_size = 256}};
    Truth truth;
    {
        Boot boot{flash};
        for (int i = 0; i < 150; ++i) {
            REQUIRE_FALSE(truth.append(boot.journal, Lane::event, 30));
            truth.acknowledge(boot.journal, Lane::event, truth.last(Lane::event));
        }
    }
    Boot again{flash};
    CHECK(again.journal.acked(Lane::event) <= 150);
    CHECK(again.journal.acked(Lane::event) >= 150 - 64);
    CHECK_FALSE(again.journal.lost(Lane::event));
}

TEST_CASE("a lane whose records are all acknowledged runs round the chip for ever without a gap",
          "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    Boot boot{flash};
    for (int i = 0; i < 600; ++i) {
        REQUIRE_FALSE(boot.journal.gap_needed(Lane::tele));
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 120));
        truth.acknowledge(boot.journal, Lane::tele, truth.last(Lane::tele));
    }

    CHECK(boot.journal.oldest(Lane::tele) > 500);
    CHECK_FALSE(boot.journal.lost(Lane::tele));
    CHECK(boot.journal.read(Lane::tele, 3, {}).reason() == ReadRefusal::evicted);

    Boot again{flash};
    CHECK(truth.judge(again) == "");
    CHECK_FALSE(again.journal.lost(Lane::tele));
}

TEST_CASE("erases spread over the whole chip within a small factor", "[core][journal][unit]")
{
    sim::NorFlash flash{{.sector_size = 1'024, .sectors = 24, .page_size = 128}};
    Truth truth;
    std::optional<Boot> boot{flash};
    REQUIRE_FALSE(truth.append(boot->journal, Lane::alarm, 60));
    for (int i = 0; i < 3'000; ++i) {
        const auto lane = i % 5 == 0 ? Lane::event : Lane::tele;
        REQUIRE_FALSE(truth.append(boot->journal, lane, 120));
        truth.acknowledge(boot->journal, lane, truth.last(lane));
        if (i % 500 == 499) boot.emplace(flash);
    }

    std::vector<std::uint32_t> erases;
    for (std::uint32_t sector = 0; sector < 24; ++sector)
        erases.push_back(flash.erases(sector));
    std::sort(erases.begin(), erases.end());
    // One sector holds the only alarm, and nothing wears it.
    CHECK(erases.front() == 1);
    CHECK(erases[1] >= 20);
    CHECK(erases.back() <= 2 * erases[1]);
    CHECK(boot->journal.fill().most_erases == erases.back());
}

TEST_CASE("a chip is shared with its other owners and never touched outside its own sectors",
          "[core][journal][unit]")
{
    sim::NorFlash flash{{.sector_size = 1'024, .sectors = 16, .page_size = 128}};
    const auto before = flash.image();
    Boot boot{flash, {.first = 2, .count = 12}};
    Truth truth;
    for (int i = 0; i < 200; ++i) {
        REQUIRE_FALSE(truth.append(boot.journal, Lane::tele, 100));
        truth.acknowledge(boot.journal, Lane::tele, truth.last(Lane::tele));
    }

    const auto after = flash.image();
    CHECK(std::equal(before.begin(), before.begin() + 2 * 1'024, after.begin()));
    CHECK(std::equal(before.begin() + 14 * 1'024, before.end(), after.begin() + 14 * 1'024));
}

TEST_CASE("a chip too small to turn over is refused", "[core][journal][unit]")
{
    sim::NorFlash flash{{.sector_size = 1'024, .sectors = least_sectors - 1, .page_size = 128}};
    Boot boot{flash};
    CHECK(boot.report.state == MountState::too_small);
    CHECK(boot.journal.append(Lane::alarm, record_of(Lane::alarm, 1, 0, 40)).reason() ==
          AppendRefusal::flash_failed);
}

TEST_CASE("the reserve for alarms is 4,096 on the post's chip, and a smaller chip says what it has",
          "[core][journal][unit]")
{
    sim::NorFlash large{sim::w25q64};
    core::JournalIndex<2'048> index{};
    Journal journal{large, {.first = 0, .count = 2'048}, index};
    CHECK(journal.mount().alarm_reserve == alarm_reserve_records);

    sim::NorFlash small{small_chip};
    Boot boot{small};
    CHECK(boot.report.alarm_reserve > 0);
    CHECK(boot.report.alarm_reserve < alarm_reserve_records);
}
