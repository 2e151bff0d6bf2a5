#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

/// A log that had ten events of one post, and has four of them now.
struct ShortLog {
    ScriptedPost post{"POST-0001"};
    HighWater water;
    Restored restored;

    ShortLog()
    {
        EdgeSite edge;
        edge.hear(post, post.birth(1));
        for (int i = 0; i < 4; ++i)
            edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
        const auto early = edge.commit();
        for (int i = 0; i < 6; ++i)
            edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
        const auto late = edge.commit();
        restored.newest = early.records.back().id;
        restored.posts = early.posts;
        restored.marks = early.marks;
        water.newest = late.records.back().id;
        water.posts.push_back({.post = "POST-0001", .lanes = {}});
        water.posts[0].lanes[1] = {
            .epoch = 1, .next = late.marks.at(0).next, .digest = late.marks.at(0).digest};
    }
    [[nodiscard]] EdgeSite opened()
    {
        hold_against(water, restored);
        EdgeSite edge;
        edge.wait(Millis{60'000});
        edge.site.restore(restored, edge.now);
        return edge;
    }
};

void tell_again(EdgeSite& edge, const ScriptedPost& post, const std::vector<RangeRequest>& ranges)
{
    for (const auto& range : ranges)
        for (auto seq = range.from; seq <= range.to; ++seq)
            edge.hear(post, range.lane, post.kept(range.lane, seq));
}

}  // namespace

TEST_CASE("F-105 a log that is behind its mark is an alarm, and the lane is asked for again",
          "[edge][log]")
{
    ShortLog log;
    auto edge = log.opened();

    CHECK(edge.site.alarms().active(0, whole_post, AlarmKind::log_went_back));
    CHECK(edge.site.batch().alarms.at(0).alarm.measured == 6);
    CHECK(edge.site.batch().alarms.at(0).id > log.water.newest);
    CHECK(edge.site.complete(1).missing == 6);
    const auto ranges = edge.ranges();
    REQUIRE(ranges == std::vector{RangeRequest{.lane = Lane::event, .from = 5, .to = 10}});

    tell_again(edge, log.post, ranges);
    const auto batch = edge.commit();
    REQUIRE(batch.records.size() == 6);
    CHECK(batch.records.front().standing == Standing::chained);
    CHECK(batch.records.front().id > log.water.newest);
    CHECK(edge.site.complete(1).missing == 0);
    CHECK(edge.site.complete(1).to == edge.now.wall);
    CHECK_FALSE(edge.site.alarms().active(1, whole_post, AlarmKind::chain_broken));
}

TEST_CASE("F-106 what the post no longer holds is a gap of the log's own making", "[edge][log]")
{
    ShortLog log;
    auto edge = log.opened();
    (void)edge.ranges();

    log.post.mono = log.post.mono + Millis{1'000};
    edge.hear(log.post, log.post.birth(8));
    const auto batch = edge.commit();

    REQUIRE(batch.gaps.size() == 1);
    CHECK(batch.gaps[0].origin == GapOrigin::log_lost);
    CHECK(batch.gaps[0].from == 5);
    CHECK(batch.gaps[0].to == 7);
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::records_lost));
    CHECK(edge.site.complete(1).missing == 3);
}

TEST_CASE("F-106 the log's loss and the post's are two gaps, each with its own digest",
          "[edge][log]")
{
    ShortLog log;
    auto edge = log.opened();
    for (int i = 0; i < 5; ++i)
        log.post.make(Lane::event, test::plugged);

    log.post.mono = log.post.mono + Millis{1'000};
    edge.hear(log.post, log.post.birth(13));
    const auto batch = edge.commit();

    REQUIRE(batch.gaps.size() == 2);
    CHECK(batch.gaps[0].origin == GapOrigin::log_lost);
    CHECK(batch.gaps[0].to == 10);
    CHECK(batch.gaps[0].last == log.water.posts[0].lanes[1].digest);
    CHECK(batch.gaps[1].origin == GapOrigin::birth);
    CHECK(batch.gaps[1].from == 11);
    CHECK(batch.gaps[1].to == 12);
}

TEST_CASE("F-106 a post that tells another story than the log once had is found out", "[edge][log]")
{
    ShortLog log;
    auto edge = log.opened();
    // The same beginning, another end.
    ScriptedPost other{"POST-0001"};
    for (int i = 0; i < 4; ++i)
        other.make(Lane::event, test::plugged);
    for (int i = 0; i < 6; ++i)
        other.make(
            Lane::event,
            OutletChanged{.outlet = 4, .from = OutletState::idle, .to = OutletState::closing});

    SECTION("the same one is believed")
    {
        tell_again(edge, log.post, edge.ranges());
        CHECK_FALSE(edge.site.alarms().active(1, whole_post, AlarmKind::chain_broken));
    }
    SECTION("another one is not")
    {
        tell_again(edge, other, edge.ranges());
        CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::chain_broken));
    }
    CHECK(edge.commit().records.size() == 6);
}

TEST_CASE("F-106 a post that a new log has never heard of is asked for everything it still holds",
          "[edge][log]")
{
    ShortLog log;
    log.restored = {};
    auto edge = log.opened();

    REQUIRE(edge.site.fleet().posts().size() == 1);
    CHECK(edge.site.complete(1).missing == 10);
    CHECK_FALSE(edge.site.complete(1).to);
    const auto ranges = edge.ranges();
    REQUIRE(ranges == std::vector{RangeRequest{.lane = Lane::event, .from = 1, .to = 10}});
    tell_again(edge, log.post, ranges);
    CHECK(edge.commit().records.size() == 10);
}

TEST_CASE("F-106 a journal that began anew since an old backup is taken in from its first record",
          "[edge][log]")
{
    ShortLog log;
    log.water.posts[0].lanes[1].epoch = 2;
    auto edge = log.opened();
    const auto ranges = edge.ranges();

    REQUIRE(ranges == std::vector{RangeRequest{.lane = Lane::event, .from = 1, .to = 10}});
    tell_again(edge, log.post, ranges);
    const auto batch = edge.commit();
    REQUIRE(batch.records.size() == 10);
    CHECK(batch.records[0].key.epoch == 2);
}

TEST_CASE("a journal that is shorter than what the log once had of it began anew", "[edge][log]")
{
    ShortLog log;
    auto edge = log.opened();
    ScriptedPost fresh{"POST-0001"};
    for (int i = 0; i < 7; ++i)
        fresh.make(Lane::event, test::plugged);
    for (int i = 0; i < 2; ++i) {
        fresh.mono = fresh.mono + Millis{5'000};
        edge.hear(fresh, fresh.birth(1));
    }

    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::journal_restarted));
}

TEST_CASE("a log that is at its mark, or beyond it, is no alarm", "[edge][log]")
{
    ShortLog log;
    log.water.posts[0].lanes[1].next = 5;
    log.water.newest = log.restored.newest;
    const auto newest = log.restored.newest;
    auto edge = log.opened();

    CHECK(edge.site.alarms().open().empty());
    CHECK(edge.ranges().empty());
    CHECK(log.restored.newest == newest);
}

TEST_CASE("a post that stays away is not asked all the time", "[edge][log]")
{
    ShortLog log;
    auto edge = log.opened();
    std::size_t asked = 0;
    for (int second = 0; second < 300; ++second) {
        edge.wait(Millis{750});
        asked += edge.ranges().size();
    }
    CHECK(asked >= 8);
    CHECK(asked <= 10);
}

TEST_CASE("a disk is told at 80, 90 and 95 percent, once each, and when it is over", "[edge][log]")
{
    EdgeSite edge;
    const auto active = [&](AlarmKind kind) {
        return edge.site.alarms().active(0, whole_post, kind);
    };
    const auto look = [&](std::int64_t permille) {
        for (int i = 0; i < 3; ++i)
            edge.site.look_at({.used_permille = permille, .room = DiskState::Room::enough},
                              edge.now);
    };
    look(799);
    CHECK(edge.site.alarms().open().empty());
    look(800);
    CHECK(active(AlarmKind::disk_filling));
    look(951);
    CHECK(active(AlarmKind::disk_full));
    look(949);  // hovers
    look(951);
    CHECK(edge.site.figures().alarms == 3);
    look(870);
    CHECK_FALSE(active(AlarmKind::disk_nearly_full));
    CHECK(active(AlarmKind::disk_filling));
    look(779);
    CHECK_FALSE(active(AlarmKind::disk_filling));

    edge.site.look_at({.used_permille = 100, .room = DiskState::Room::out}, edge.now);
    CHECK(active(AlarmKind::disk_full));
    CHECK(severity_of(AlarmKind::disk_full) == Severity::hazard);
}

TEST_CASE("F-108 telemetry that had no room is a gap in its lane, and evidence stays",
          "[edge][log]")
{
    test::OnePost one;
    one.tell(Lane::event, test::plugged);
    for (int i = 0; i < 5; ++i)
        one.tell(Lane::tele, test::quiet_frame(2));
    one.tell(Lane::alarm, test::overcurrent_on(2));
    auto batch = one.edge.site.take_batch();
    const auto last = digest_of(one.post.kept(Lane::tele, 5));

    give_up_telemetry(batch);

    CHECK(batch.records.size() == 2);
    REQUIRE(batch.gaps.size() == 1);
    CHECK(batch.gaps[0].origin == GapOrigin::disk_full);
    CHECK(batch.gaps[0].from == 1);
    CHECK(batch.gaps[0].to == 5);
    CHECK(batch.gaps[0].last == last);
    one.edge.site.committed(batch);
    const auto acks = one.edge.acks();
    REQUIRE_FALSE(acks.empty());
    CHECK(acks.back().upto[2] == 5);
}
