#include "edge/store/log_writer.hpp"
#include "edge/store/reader.hpp"
#include "edge/store/schema.hpp"
#include "edge/store/sqlite.hpp"
#include "tests/edge/log_file.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::Log;
using ks::test::ScriptedPost;
using ks::test::started;

namespace {

SessionProgressed progressed(SessionId session, std::int64_t seconds)
{
    return {.session = session,
            .outlet = 2,
            .elapsed = Millis{seconds * 1'000},
            .energy = MilliwattHours{seconds * 10},
            .lowest = Milliwatts{100'000},
            .mean = Milliwatts{120'000},
            .highest = Milliwatts{150'000}};
}

SessionEnded ended(SessionId session)
{
    return {.session = session,
            .outlet = 2,
            .reason = EndReason::full,
            .elapsed = Millis{60'000},
            .energy = MilliwattHours{600},
            .peak = Milliwatts{150'000}};
}

}  // namespace

TEST_CASE("a session is listed while it runs and complete when it has ended", "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    Reader reader{log.path};
    log.tell(Lane::event, started(9, 2));
    log.tell(Lane::event, progressed(9, 30));
    log.commit(writer);

    auto rows = reader.sessions({});
    REQUIRE(rows.size() == 1);
    CHECK_FALSE(rows[0].ended_at);
    CHECK(rows[0].energy == MilliwattHours{300});

    log.tell(Lane::event, ended(9));
    log.commit(writer);
    rows = reader.sessions({});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].reason == EndReason::full);
    CHECK(rows[0].elapsed == Millis{60'000});
    CHECK(reader.session(1, 9)->peak == Milliwatts{150'000});
    CHECK_FALSE(reader.session(1, 10));
}

TEST_CASE("an ended session whose start was lost is a session all the same", "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    log.tell(Lane::event, ended(9));
    log.commit(writer);

    const auto rows = Reader{log.path}.sessions({});
    REQUIRE(rows.size() == 1);
    CHECK(*rows[0].ended_at - rows[0].started_at == Millis{60'000});
}

TEST_CASE("sessions come in pages, newest first, of one post or outlet when asked", "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    for (SessionId id = 1; id <= 25; ++id)
        log.tell(Lane::event, started(id, static_cast<OutletNumber>(1 + id % 2)));
    log.commit(writer);
    Reader reader{log.path};

    const auto first = reader.sessions({.post = {}, .outlet = {}, .before = {}, .limit = 10});
    REQUIRE(first.size() == 10);
    CHECK(first.front().session == 25);
    const auto second =
        reader.sessions({.post = 1, .outlet = {}, .before = first.back().id, .limit = 10});
    CHECK(second.front().session == 15);
    CHECK(reader.sessions({.post = 1, .outlet = 1, .before = {}, .limit = 50}).size() == 12);
    CHECK(reader.sessions({.post = 2, .outlet = {}, .before = {}, .limit = 50}).empty());
}

TEST_CASE("a session's curve is its progress and its post's telemetry, and nobody else's",
          "[edge][store]")
{
    Log log;
    ScriptedPost other{"POST-0002"};
    LogWriter writer{log.path};
    const auto frame_of = [](std::int32_t watts) {
        auto frame = test::quiet_frame(4);
        frame.outlets[1].power = Milliwatts{watts * 1'000};
        return frame;
    };
    log.tell(Lane::tele, frame_of(999));  // before it began
    log.post.mono = log.post.mono + Millis{100};
    log.tell(Lane::event, started(9, 2));
    for (int i = 1; i <= 20; ++i) {
        log.tell(Lane::tele, frame_of(i));
        log.edge.hear(other, Lane::tele, other.make(Lane::tele, frame_of(500)));
    }
    log.tell(Lane::event, progressed(9, 30));  // the mean of what the frames told
    log.tell(Lane::event, progressed(9, 60));  // of this half minute there is nothing else
    log.commit(writer);
    Reader reader{log.path};

    const auto curve = reader.curve(1, 9, 100);
    REQUIRE(curve.size() == 21);
    CHECK(curve[19].power == Milliwatts{20'000});
    CHECK(curve.front().power == Milliwatts{1'000});
    CHECK(curve.back().power == Milliwatts{120'000});
    for (std::size_t i = 1; i < curve.size(); ++i)
        CHECK(curve[i - 1].elapsed <= curve[i].elapsed);
    CHECK(reader.curve(1, 9, 5).size() == 5);
    CHECK(reader.curve(1, 9, 5).back().power == Milliwatts{120'000});
    CHECK(reader.curve(1, 8, 5).empty());
}

TEST_CASE("whoever fell behind reads records and alarms in their one order", "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    log.tell(Lane::event, test::plugged);
    log.tell(Lane::alarm, test::overcurrent_on(3));
    log.tell(Lane::tele, test::quiet_frame(2));
    log.commit(writer);
    Reader reader{log.path};

    const auto events = reader.since(0, 100);
    REQUIRE(events.size() == 4);
    for (std::size_t i = 0; i < events.size(); ++i)
        CHECK(id_of(events[i]) == i + 1);
    CHECK(std::get<AlarmChange>(events[2]).alarm.kind == AlarmKind::hard_overcurrent);
    CHECK(std::get<RecordLogged>(events[0]).record.body == RecordBody{test::plugged});
    CHECK(reader.since(2, 1).size() == 1);
    CHECK(reader.since(4, 100).empty());
}

TEST_CASE("a delivery is pending in the log until it is settled there", "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    Commit commit;
    commit.deliveries.push_back({.id = 1,
                                 .key = "msg_1",
                                 .type = "alarm.raised",
                                 .data = "{\"a\":1}",
                                 .created_at = UnixMillis{5},
                                 .alarm = 2,
                                 .attempts = 0,
                                 .heard = {},
                                 .happened_at = UnixMillis{4}});
    writer.commit(commit);
    Reader reader{log.path};
    const auto pending = reader.pending_deliveries(10);
    REQUIRE(pending.size() == 1);
    CHECK(pending[0].data == "{\"a\":1}");
    CHECK(pending[0].happened_at == UnixMillis{4});
    CHECK(reader.restore().next_delivery == 2);

    Commit done;
    done.settled.push_back({.id = 1,
                            .state = DeliveryState::delivered,
                            .attempts = 1,
                            .status = 204,
                            .at = UnixMillis{9}});
    writer.commit(done);
    CHECK(reader.pending_deliveries(10).empty());
}

TEST_CASE("two daemons cannot write one log", "[edge][store]")
{
    Log log;
    LogWriter first{log.path};
    CHECK_THROWS_WITH(LogWriter{log.path}, Catch::Contains("another kickstand-edge"));
}

TEST_CASE("a log of a newer program is refused, not guessed at", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
    }
    {
        Database database{log.path, Database::Mode::write};
        database.run("PRAGMA user_version = 99");
    }
    CHECK_THROWS_WITH(LogWriter{log.path}, Catch::Contains("newer program"));
    CHECK_THROWS_WITH(Reader{log.path}, Catch::Contains("schema 99"));
}

TEST_CASE("bringing a log up to date twice changes nothing", "[edge][store]")
{
    Log log;
    {
        LogWriter writer{log.path};
        log.tell(Lane::event, test::plugged);
        log.commit(writer);
    }
    Database database{log.path, Database::Mode::write};
    migrate(database);
    migrate(database);
    CHECK(Reader{log.path}.counts().records == 1);
}

TEST_CASE("a full disk fails the commit whole, and what was acknowledged stays", "[edge][store]")
{
    Log log;
    LogWriter writer{log.path};
    log.tell(Lane::event, test::plugged);
    log.commit(writer);
    writer.limit_pages(40);

    bool failed = false;
    std::uint64_t durable = 1;
    for (int i = 0; i < 400 && !failed; ++i) {
        for (int n = 0; n < 20; ++n)
            log.tell(Lane::event, test::plugged);
        try {
            log.commit(writer);
            durable += 20;
        } catch (const StoreError&) {
            failed = true;
        }
    }

    CHECK(failed);
    CHECK(Reader{log.path}.counts().records == durable);
    CHECK(Reader{log.path}.restore().marks.at(0).next == durable + 1);
}

TEST_CASE("nothing that was acknowledged is missing after a kill at any moment",
          "[edge][store][slow]")
{
    for (const std::uint64_t commits : {1U, 2U, 7U, 20U, 55U, 140U}) {
        CAPTURE(commits);
        Log log;
        int channel[2];
        REQUIRE(::pipe(channel) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(channel[0]);
            LogWriter writer{log.path};
            for (std::uint64_t seq = 1;; ++seq) {
                log.tell(Lane::event, test::plugged);
                log.commit(writer);
                if (::write(channel[1], &seq, sizeof seq) != sizeof seq) ::_exit(1);
            }
        }
        ::close(channel[1]);
        // By the time it is killed it is somewhere inside a later commit.
        std::uint64_t acknowledged = 0;
        while (acknowledged < commits)
            REQUIRE(::read(channel[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        std::uint64_t seq = 0;
        while (::read(channel[0], &seq, sizeof seq) == sizeof seq)
            acknowledged = seq;
        ::close(channel[0]);

        LogWriter writer{log.path};
        Reader reader{log.path};
        const auto records = reader.counts().records;
        CHECK(records >= acknowledged);
        CHECK(reader.restore().marks.at(0).next == records + 1);
    }
}
