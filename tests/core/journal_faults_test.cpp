#include "tests/core/journal_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using namespace ks::test;

namespace {

/// Telemetry and events, acknowledged a little later, so that every sector comes to use.
void write_and_acknowledge(Boot& boot, Truth& truth, int records)
{
    for (int i = 0; i < records; ++i) {
        const auto lane = i % 3 == 0 ? Lane::event : Lane::tele;
        REQUIRE_FALSE(truth.append(boot.journal, lane, 90));
        truth.acknowledge(boot.journal, lane, truth.last(lane) - truth.last(lane) % 3);
    }
}

struct FaultyChip {
    sim::NorFault fault;
    std::uint32_t sector;
};

/// What is wrong after a life with one bad sector, from the start or from midlife on.
std::string live_with(const FaultyChip& bad, int healthy_records)
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        if (const auto wrong = truth.judge(boot); !wrong.empty()) return wrong;
        write_and_acknowledge(boot, truth, healthy_records);
        flash.set_fault(bad.sector, bad.fault);
        write_and_acknowledge(boot, truth, 200);
        if (boot.journal.fill().retired != 1) return "not retired";
    }
    Boot again{flash};
    if (const auto wrong = truth.judge(again); !wrong.empty()) return wrong;
    write_and_acknowledge(again, truth, 60);
    Boot last{flash};
    return truth.judge(last);
}

}  // namespace

TEST_CASE("F-053 F-054 a sector that fails or lies is retired and no record is lost with it",
          "[core][journal][sim]")
{
    using enum sim::NorFault;
    for (const auto fault : {program_fails, program_ignored, erase_fails, erase_ignored})
        for (std::uint32_t sector = 0; sector < small_chip.sectors; ++sector)
            for (const int healthy : {0, 50}) {
                CAPTURE(static_cast<int>(fault), sector, healthy);
                REQUIRE(live_with({fault, sector}, healthy) == "");
            }
}

TEST_CASE("F-053 a stuck cell is found by reading back, and its sector retired",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    Boot boot{flash};
    flash.stick(5 * 1'024 + 700, std::byte{0x10});
    write_and_acknowledge(boot, truth, 150);
    CHECK(boot.journal.fill().retired == 1);

    Boot again{flash};
    CHECK(truth.judge(again) == "");
    CHECK(again.report.retired == 1);
}

TEST_CASE("F-054 an erase that leaves a cell behind is noticed before the sector is used",
          "[core][journal][unit]")
{
    sim::NorFlash flash{small_chip};
    for (std::uint32_t sector = 0; sector < small_chip.sectors; ++sector)
        if (sector % 2 == 0) flash.stick(sector * 1'024 + 500, std::byte{0x01});
    Boot boot{flash};
    while (boot.journal.tidy() == Tidied::worked) {
    }

    CHECK(boot.journal.fill().retired >= 2);
    CHECK(boot.journal.fill().clean >= 1);
}

TEST_CASE("F-053 a chip that takes nothing any more is reported and refuses, without end or loss",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    std::optional<Boot> boot{flash};
    write_and_acknowledge(*boot, truth, 20);
    for (std::uint32_t sector = 0; sector < small_chip.sectors; ++sector)
        flash.set_fault(sector, sim::NorFault::program_fails);

    CHECK(truth.append(boot->journal, Lane::alarm, 50) == AppendRefusal::flash_failed);
    CHECK(boot->read(Lane::event, truth.last(Lane::event)) ==
          truth.record(Lane::event, truth.last(Lane::event)));
    boot.emplace(flash);
    CHECK(boot->report.state == MountState::cannot_write);
    CHECK(boot->journal.next_seq(Lane::tele) == truth.last(Lane::tele) + 1);
}

TEST_CASE("F-053 while a sector cannot be read nothing is written, and nothing is lost",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        write_and_acknowledge(boot, truth, 30);
    }
    const auto before = flash.image();
    for (std::uint32_t sector = 0; sector < small_chip.sectors; ++sector) {
        flash.set_fault(sector, sim::NorFault::read_fails);
        Boot blind{flash};
        CHECK(blind.report.state == MountState::cannot_read);
        CHECK_FALSE(blind.journal.append(Lane::event, record_of(Lane::event, 1, 1, 50)).ok());
        flash.set_fault(sector, sim::NorFault::none);
    }

    CHECK(flash.image() == before);
    Boot again{flash};
    CHECK(truth.judge(again) == "");
}

TEST_CASE("F-057 a damaged record is skipped with its digest known, and later ones stay readable",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    std::optional<Boot> boot{flash};
    for (int i = 0; i < 8; ++i)
        REQUIRE_FALSE(truth.append(boot->journal, Lane::event, 100));
    const auto image = flash.image();
    const auto& third = truth.record(Lane::event, 3);
    const auto found = std::search(image.begin(), image.end(), third.begin(), third.begin() + 40);
    REQUIRE(found != image.end());
    flash.flip(static_cast<std::uint32_t>(found - image.begin()) + 5, std::byte{0x04});

    for (int reboot = 0; reboot < 2; ++reboot) {
        std::array<std::byte, protocol::record_limit> room;
        CHECK(boot->journal.read(Lane::event, 3, room).reason() == ReadRefusal::damaged);
        CHECK(boot->journal.digest_of(Lane::event, 3).value() == digest_of(third));
        for (const std::uint64_t seq : {1U, 2U, 4U, 5U, 6U, 7U, 8U})
            CHECK(boot->read(Lane::event, seq) == truth.record(Lane::event, seq));
        CHECK(boot->journal.next_seq(Lane::event) == 9);
        boot.emplace(flash);
    }
}

TEST_CASE("F-057 I-25 any flipped bit costs one record at most, alters none, and turns no "
          "sequence or boot count back",
          "[core][journal][sim][slow]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        write_and_acknowledge(boot, truth, 70);
        for (int i = 0; i < 3; ++i)
            REQUIRE_FALSE(truth.append(boot.journal, Lane::alarm, 60));
    }
    for (int i = 0; i < 3; ++i)
        Boot{flash};
    const auto image = flash.image();
    std::uint32_t boots = 0;
    {
        Boot boot{flash};
        boots = boot.journal.boot_count();
    }
    // A prime step meets every kind of bit in every kind of field.
    for (std::uint32_t bit = 0; bit < image.size() * 8; bit += 59) {
        flash.load(image);
        flash.flip(bit / 8, static_cast<std::byte>(1U << bit % 8));
        Boot boot{flash};
        CAPTURE(bit);
        REQUIRE(boot.journal.boot_count() >= boots);
        int lost = 0;
        for (const auto lane : protocol::all_lanes) {
            REQUIRE(boot.journal.next_seq(lane) == truth.last(lane) + 1);
            REQUIRE(boot.journal.acked(lane) <= truth.acked(lane));
            for (auto seq = boot.journal.oldest(lane); seq <= truth.last(lane); ++seq) {
                const auto read = boot.read(lane, seq);
                if (!read)
                    ++lost;
                else
                    REQUIRE(*read == truth.record(lane, seq));
            }
        }
        REQUIRE(lost <= 1);
    }
}

TEST_CASE("F-057 a sector whose header is ruined in one place keeps all its records",
          "[core][journal][sim]")
{
    sim::NorFlash flash{small_chip};
    Truth truth;
    {
        Boot boot{flash};
        write_and_acknowledge(boot, truth, 60);
    }
    const auto image = flash.image();
    for (std::uint32_t sector = 0; sector < small_chip.sectors; ++sector)
        for (const std::uint32_t offset : {16U, 1'024U - 104U}) {
            flash.load(image);
            for (std::uint32_t i = 0; i < 100; ++i)
                flash.flip(sector * 1'024 + offset + i, std::byte{0x5A});
            Boot boot{flash};
            CAPTURE(sector, offset);
            for (const auto lane : protocol::all_lanes) {
                REQUIRE(boot.journal.next_seq(lane) == truth.last(lane) + 1);
                for (auto seq = boot.journal.oldest(lane); seq <= truth.last(lane); ++seq)
                    REQUIRE(boot.read(lane, seq) == truth.record(lane, seq));
            }
        }
}

TEST_CASE("F-055 at the worst steady rate a sector of the post's chip lasts well over ten years",
          "[core][journal][unit]")
{
    // D5: one telemetry frame in 10 s, day and night, of the largest size, is the worst a post
    // writes for ever; twice that for events and marks.
    constexpr std::uint64_t records = 2ULL * 10 * 365 * 24 * 360;
    constexpr std::uint64_t room = 4'096 - stamp_size - 2 * header_size;
    constexpr std::uint64_t per_sector = room / (2 * entry_header_size + body_limit);
    constexpr std::uint64_t erases = records / per_sector / 2'048;
    STATIC_REQUIRE(erases < 10'000);
    STATIC_REQUIRE(erases < rated_erases * 8 / 10);
}
