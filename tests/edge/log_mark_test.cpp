#include "edge/store/log_mark.hpp"
#include "edge/store/open_log.hpp"
#include "edge/store/reader.hpp"
#include "tests/edge/log_file.hpp"
#include "tests/edge/wal_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::Log;

namespace fs = std::filesystem;

namespace {

HighWater some_water()
{
    HighWater water{.newest = 70, .next_alarm = 3, .next_delivery = 9, .posts = {}};
    water.posts.push_back({.post = "POST-0001", .lanes = {}});
    water.posts.push_back({.post = "ANOTHER-LONGER-NAME-OF-A-POST-00", .lanes = {}});
    water.posts[0].lanes[1] = {.epoch = 2, .next = 41, .digest = {std::byte{7}}};
    return water;
}

/// Commits with a mark after each, like a daemon that dies just behind the last.
void write_marked(Log& log, LogWriter& writer, int commits)
{
    for (int i = 0; i < commits; ++i) {
        log.tell(Lane::event, test::plugged);
        log.commit(writer);
        writer.mark();
    }
}

/// The files of a log as they lie there when power fails.
void copy_log(const std::string& from, const std::string& to)
{
    for (const auto* part : {"", "-wal", ".mark-a", ".mark-b"})
        if (fs::exists(from + part))
            fs::copy_file(from + part, to + part, fs::copy_options::overwrite_existing);
}

std::uint64_t missing_in(const std::string& path)
{
    const auto log = open_log(path, {});
    return log.restored.went_back ? log.restored.went_back->records : 0;
}

}  // namespace

TEST_CASE("a mark is read as it was written, and refused when a bit of it is not", "[edge][store]")
{
    const NumberedWater water{.turn = 5, .water = some_water()};
    auto bytes = encode(water);
    REQUIRE(decode_water(bytes));
    CHECK(decode_water(bytes)->water == water.water);
    CHECK(decode_water(bytes)->turn == 5);

    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        const auto mask = static_cast<std::byte>(1u << bit % 8);
        bytes[bit / 8] ^= mask;
        CHECK_FALSE(decode_water(bytes));
        bytes[bit / 8] ^= mask;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decode_water(Bytes{bytes}.first(size)));
    bytes.resize(bytes.size() + 100);  // what an older, longer one left behind
    CHECK(decode_water(bytes));
}

TEST_CASE("a mark that was cut off while it was written leaves the one before", "[edge][store]")
{
    Log log;
    LogMark mark{log.path};
    auto water = some_water();
    for (LogId newest = 1; newest <= 4; ++newest) {
        water.newest = newest;
        mark.write(water);
    }
    CHECK(LogMark{log.path}.read()->newest == 4);

    for (const auto* slot : {".mark-a", ".mark-b"}) {
        std::fstream file{log.path + slot, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(20);
        file.put('x');
        file.close();
        const auto left = LogMark{log.path}.read();
        const bool is_last = std::string_view{slot} == ".mark-b";
        CHECK((left ? left->newest : 0) == (is_last ? 0 : 3));
    }
}

TEST_CASE("the mark never runs ahead of the log, and lags by no commit after it was written",
          "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        write_marked(log, writer, 20);
        log.tell(Lane::event, test::plugged);
        log.commit(writer);  // and no time for a mark
    }
    const auto mark = LogMark{log.path}.read();
    REQUIRE(mark);
    REQUIRE(mark->posts.size() == 1);
    CHECK(mark->posts[0].lanes[1].next == 21);
    CHECK(mark->posts[0].lanes[1].digest == digest_of(log.post.kept(Lane::event, 20)));
    CHECK(missing_in(log.path) == 0);
}

TEST_CASE("F-105 E18 one flipped bit anywhere in the write-ahead log is found by the mark",
          "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    write_marked(log, writer, 40);
    const test::WalFile wal{log.path + "-wal"};
    REQUIRE(wal.frames() > 40);
    const auto copy = (log.folder.path() / "copy.db").string();

    for (std::size_t frame = 0; frame < wal.frames(); frame += 3) {
        CAPTURE(frame);
        for (const auto suffix : {"", "-wal", "-shm"})
            fs::remove(copy + suffix);
        copy_log(log.path, copy);
        test::WalFile{copy + "-wal"}.flip_bit(frame, 24 + frame * 97 % 4'096);

        // The last commit's frames are behind everything the database shows as sound.
        const auto missing = missing_in(copy);
        CHECK(missing > 0);
        CHECK(Reader{copy}.restore().marks.size() <= 1);
    }
}

TEST_CASE("F-106 E19 a write-ahead log that is gone is found by the mark, and the posts fill it up",
          "[edge][store]")
{
    Log log;
    const auto copy = (log.folder.path() / "copy.db").string();
    {
        LogWriter writer{log.path};
        log.edge.hear(log.post, log.post.birth(1));
        write_marked(log, writer, 40);
        copy_log(log.path, copy);
    }
    fs::remove(copy + "-wal");

    auto opened = open_log(copy, {});
    REQUIRE(opened.restored.went_back);
    CHECK(opened.restored.went_back->records == 40);
    EdgeSite again;
    again.site.restore(opened.restored, again.now);
    CHECK(again.site.alarms().active(0, whole_post, AlarmKind::log_went_back));
    for (const auto& range : again.ranges())
        for (auto seq = range.from; seq <= range.to; ++seq)
            again.hear(log.post, range.lane, log.post.kept(range.lane, seq));
    Commit commit;
    commit.batch = again.site.take_batch();
    opened.writer.commit(commit);
    opened.writer.mark();

    Reader reader{copy};
    CHECK(reader.counts().records == 40);
    auto healed = reader.restore();
    hold_against(*LogMark{copy}.read(), healed);
    CHECK_FALSE(healed.went_back);
}

TEST_CASE("F-106 an old backup put back is found by the mark, and stays known until it is healed",
          "[edge][store]")
{
    Log log;
    const auto backup = (log.folder.path() / "backup.db").string();
    {
        LogWriter writer{log.path};
        write_marked(log, writer, 10);
        writer.checkpoint();
        fs::copy_file(log.path, backup);
        write_marked(log, writer, 15);
    }
    for (const auto* part : {"-wal", "-shm"})
        fs::remove(log.path + part);
    fs::copy_file(backup, log.path, fs::copy_options::overwrite_existing);

    CHECK(missing_in(log.path) == 15);
    {
        // A daemon that dies before the posts have answered must not forget what it lacked.
        auto opened = open_log(log.path, {});
        EdgeSite again;
        again.site.restore(opened.restored, again.now);
        Commit commit;
        commit.batch = again.site.take_batch();
        opened.writer.commit(commit);
        opened.writer.mark();
    }
    CHECK(missing_in(log.path) == 15);
}

TEST_CASE("F-106 a log of which nothing is left is found by the mark", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        write_marked(log, writer, 10);
    }
    for (const auto* part : {"", "-wal", "-shm"})
        fs::remove(log.path + part);

    const auto opened = open_log(log.path, {});
    REQUIRE(opened.restored.went_back);
    CHECK(opened.restored.went_back->records == 10);
    CHECK(opened.restored.newest > 10);
    CHECK(opened.restored.next_alarm > 1);
}
