#include "edge/store/log_mark.hpp"
#include "edge/store/reader.hpp"
#include "edge/store/sqlite.hpp"
#include "firmware/protocol/codec.hpp"
#include "tests/edge/crash_disk.hpp"
#include "tests/edge/log_file.hpp"
#include "tests/support/rounds.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::CrashDisk;
using ks::test::Log;

namespace {

/// A power cut at one operation, and what had been acknowledged before it.
struct CutHere {
    CrashDisk::Image image;
    std::uint64_t acknowledged;
};

/// What the log had better hold when it is opened again: every acknowledged record with its bytes,
/// nothing in between missing, and the lane's end where the last record says.
void judge(const CutHere& cut, const Log& live, const std::filesystem::path& folder)
{
    for (const auto* part : {"log.db", "log.db-wal", "log.db-shm", "log.db-journal"})
        std::filesystem::remove(folder / part);
    CrashDisk::lay_out(cut.image, folder);
    const auto path = (folder / "log.db").string();
    LogWriter writer{path};
    Reader reader{path};

    auto restored = reader.restore();
    const auto rows = reader.chain(Reader::Table::evidence, 0, 10'000);
    REQUIRE(rows.size() >= cut.acknowledged);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        REQUIRE(rows[i].key.seq == i + 1);
        REQUIRE(equal(rows[i].bytes, live.post.kept(Lane::event, i + 1)));
    }
    if (!rows.empty()) {
        REQUIRE(restored.marks.size() == 1);
        REQUIRE(restored.marks[0].next == rows.size() + 1);
        REQUIRE(restored.marks[0].digest == digest_of(rows.back().bytes));
    }
    // The mark, which was written behind the last acknowledged commit, raises no false alarm.
    if (const auto mark = LogMark{live.path}.read()) hold_against(*mark, restored);
    REQUIRE_FALSE(restored.went_back);
}

/// One log from its beginning, cut at every operation; gives how many cuts there were.
std::uint64_t live_through(std::uint32_t seed, std::uint64_t most)
{
    std::mt19937 random{seed};
    CrashDisk disk;
    Log log;
    std::vector<CutHere> cuts;
    std::uint64_t acknowledged = 0;
    std::uint64_t judged = 0;
    test::TempDir after;
    disk.before = [&](CrashDisk::Operation) {
        using Unsynced = CrashDisk::Unsynced;
        const auto left = std::array{Unsynced::nothing, Unsynced::torn, Unsynced::torn,
                                     Unsynced::all}[random() % 4];
        cuts.push_back({.image = disk.power_fails(left, random), .acknowledged = acknowledged});
    };
    LogWriter writer{log.path};
    for (int i = 0; i < 40 && judged < most; ++i) {
        for (auto records = random() % 30 + 1; records > 0; --records)
            log.tell(Lane::event, test::plugged);
        cuts.clear();
        log.commit(writer);
        acknowledged = log.post.next(Lane::event) - 1;
        // Folding away happens between two commits, and power may fail there as well.
        if (random() % 5 == 0) writer.checkpoint();
        const auto before = std::exchange(disk.before, {});
        for (const auto& cut : cuts) {
            CAPTURE(seed, i, judged);
            judge(cut, log, after.path());
            ++judged;
        }
        writer.mark();
        disk.before = before;
    }
    disk.before = {};
    return judged;
}

}  // namespace

TEST_CASE("F-104 whatever a power cut leaves of unsynced writes, what was acknowledged is there",
          "[edge][store][slow]")
{
    const auto wanted = test::rounds(600);
    std::uint64_t points = 0;
    for (std::uint32_t seed = 1; points < wanted; ++seed)
        points += live_through(seed, wanted - points);
    CHECK(points >= wanted);
}

TEST_CASE("the disk of these tests does lose what nobody synced", "[edge][store]")
{
    CrashDisk disk;
    Log log;
    std::mt19937 random{1};
    {
        LogWriter writer{log.path};
        log.tell(Lane::event, test::plugged);
        log.commit(writer);
    }
    Database careless{log.path, Database::Mode::write};
    careless.run("PRAGMA synchronous = OFF");
    careless.run("UPDATE lane SET next = 99");

    test::TempDir folder;
    CrashDisk::lay_out(disk.power_fails(CrashDisk::Unsynced::nothing, random), folder.path());

    CHECK(Reader{log.path}.restore().marks.at(0).next == 99);
    const auto left = (folder.path() / "log.db").string();
    LogWriter recovers{left};
    CHECK(Reader{left}.restore().marks.at(0).next == 2);
}
