#include "edge/store/open_log.hpp"
#include "edge/store/reader.hpp"
#include "edge/store/sqlite.hpp"
#include "tests/edge/crash_disk.hpp"
#include "tests/edge/log_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::CrashDisk;
using ks::test::EdgeSite;
using ks::test::Log;

namespace fs = std::filesystem;

namespace {

StoreFault fault_when(const std::function<void()>& work)
{
    try {
        work();
    } catch (const StoreError& error) {
        return error.fault();
    }
    FAIL("nothing was thrown");
    return StoreFault::other;
}

void commit_events(Log& log, LogWriter& writer, int count)
{
    for (int i = 0; i < count; ++i)
        log.tell(Lane::event, test::plugged);
    log.commit(writer);
}

std::string set_aside(const OpenLog& log) { return log.set_aside.value_or(""); }

}  // namespace

TEST_CASE("F-109 after one failed write or fsync nothing is trusted until the log is opened anew",
          "[edge][store]")
{
    using Operation = CrashDisk::Operation;
    const auto of = GENERATE(Operation::write, Operation::sync);
    const auto result = GENERATE(SQLITE_IOERR_FSYNC, SQLITE_IOERR_WRITE, SQLITE_READONLY);
    for (std::size_t after = 0; after < (of == Operation::write ? 6 : 1); ++after) {
        CAPTURE(after, result);
        CrashDisk disk;
        Log log;
        std::uint64_t durable = 0;
        {
            LogWriter writer{log.path};
            for (int i = 0; i < 5; ++i)
                commit_events(log, writer, 3);
            durable = 15;
            disk.fail(
                {.of = of, .after = after, .result = result, .lasting = CrashDisk::Lasting::once});
            CHECK(fault_when([&] { commit_events(log, writer, 3); }) == StoreFault::io);
            // The disk is well again, and all the same.
            CHECK(fault_when([&] { writer.commit({}); }) == StoreFault::io);
        }
        std::mt19937 random{7};
        test::TempDir folder;
        CrashDisk::lay_out(disk.power_fails(CrashDisk::Unsynced::torn, random), folder.path());
        LogWriter recovers{(folder.path() / "log.db").string()};
        CHECK(Reader{(folder.path() / "log.db").string()}.counts().records >= durable);

        auto again = open_log(log.path, {});
        CHECK(again.writer.failed_before().has_value());
        CHECK(again.restored.marks.at(0).next > durable);
        again.writer.commit({});
        CHECK_FALSE(again.writer.failed_before());
        CHECK_FALSE(fs::exists(log.path + ".failed"));
    }
}

TEST_CASE("F-109 a disk that refuses while the write-ahead log is folded away is heard of",
          "[edge][store]")
{
    CrashDisk disk;
    Log log;
    LogWriter writer{log.path};
    std::size_t syncs = 0;
    disk.before = [&](CrashDisk::Operation is) { syncs += is == CrashDisk::Operation::sync; };
    std::uint64_t durable = 0;
    StoreFault fault = StoreFault::other;
    for (int i = 0; i < 200 && fault == StoreFault::other; ++i) {
        for (int n = 0; n < 60; ++n)
            log.tell(Lane::event, test::plugged);
        auto batch = log.edge.site.take_batch();
        // One sync is the commit's own; the next but one belongs to the folding.
        syncs = 0;
        disk.fail({.of = CrashDisk::Operation::sync,
                   .after = 1,
                   .result = SQLITE_IOERR_FSYNC,
                   .lasting = CrashDisk::Lasting::for_ever});
        Commit commit{.batch = std::move(batch), .deliveries = {}, .settled = {}};
        try {
            writer.commit(commit);
            durable += 60;
        } catch (const StoreError& error) {
            fault = error.fault();
        }
    }
    CHECK(fault == StoreFault::io);
    CHECK(durable > 600);
    disk.heal();
    CHECK(Reader{log.path}.counts().records == durable);
}

TEST_CASE("F-107 a log that is no database is kept, and a new one is begun", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        commit_events(log, writer, 5);
        writer.mark();
    }
    SECTION("its head is garbage")
    {
        std::fstream file{log.path, std::ios::in | std::ios::out | std::ios::binary};
        file << "this is no database at all, and never was one";
    }
    SECTION("a page in the middle is garbage")
    {
        std::fstream file{log.path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(4'096 * 2);
        file << std::string(4'096 * 6, 'x');
    }
    SECTION("it lacks a table")
    {
        Database database{log.path, Database::Mode::write};
        database.run("DROP TABLE evidence");
    }
    SECTION("it is a database of somebody else")
    {
        fs::remove(log.path);
        Database database{log.path, Database::Mode::write};
        database.run("CREATE TABLE evidence (of TEXT)");
    }
    SECTION("the run before found it damaged")
    {
        std::ofstream{log.path + ".failed"} << "damaged: database disk image is malformed";
    }

    auto opened = open_log(log.path, {});

    CHECK(set_aside(opened).starts_with(log.path + ".damaged-2"));
    CHECK(fs::file_size(set_aside(opened)) > 0);
    CHECK(opened.restored.went_back->records == 5);
    EdgeSite again;
    again.site.restore(opened.restored, again.now);
    for (const auto& range : again.ranges())
        for (auto seq = range.from; seq <= range.to; ++seq)
            again.hear(log.post, range.lane, log.post.kept(range.lane, seq));
    Commit commit;
    commit.batch = again.site.take_batch();
    opened.writer.commit(commit);
    CHECK(Reader{log.path}.counts().records == 5);
}

TEST_CASE("a sound log is never set aside, nor is one of a newer program", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        commit_events(log, writer, 5);
    }
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(open_log(log.path, {}).set_aside);
    {
        Database database{log.path, Database::Mode::write};
        database.run("PRAGMA user_version = 99");
    }
    CHECK(fault_when([&] { (void)open_log(log.path, {}); }) == StoreFault::other);
    CHECK(fs::exists(log.path));
}

TEST_CASE("two logs that were damaged in one second are both kept", "[edge][store]")
{
    Log log;
    std::set<std::string> kept;
    for (int i = 0; i < 3; ++i) {
        std::ofstream{log.path} << std::string(8'192, 'x');
        kept.insert(set_aside(open_log(log.path, {})));
    }
    CHECK(kept.size() == 3);
}
