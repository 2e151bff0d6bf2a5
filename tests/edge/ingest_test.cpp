#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

std::size_t at(Lane lane) { return static_cast<std::size_t>(lane); }

}  // namespace

TEST_CASE("a record is acknowledged after it is durable and not before", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));

    CHECK(edge.acks().empty());
    const auto batch = edge.commit();

    REQUIRE(batch.records.size() == 1);
    CHECK(batch.records[0].key == RecordKey{.post = 1, .epoch = 1, .lane = Lane::event, .seq = 1});
    const auto acks = edge.acks();
    REQUIRE(acks.size() == 1);
    CHECK(acks[0].upto[at(Lane::event)] == 1);
    CHECK(acks[0].upto[at(Lane::alarm)] == 0);
}

TEST_CASE("an alarm is acknowledged the moment it is durable", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, test::overcurrent_on(3)));

    CHECK(edge.site.has_urgent());
    edge.commit();
    const auto publishes = edge.site.take_publishes();

    REQUIRE(publishes.size() == 1);
    CHECK(decode_ack(publishes[0].bytes.view())->upto[at(Lane::alarm)] == 1);
}

TEST_CASE("a record that comes twice is logged once and acknowledged again", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    const auto bytes = post.make(Lane::event, test::plugged);
    edge.hear(post, Lane::event, bytes);
    edge.commit();
    (void)edge.acks();

    edge.hear(post, Lane::event, bytes);

    CHECK(edge.commit().records.empty());
    CHECK(edge.site.figures().duplicates == 1);
    REQUIRE(edge.acks().size() == 1);
}

TEST_CASE("records ahead of a missing one are asked for again, from the missing one",
          "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    for (int i = 0; i < 5; ++i)
        post.make(Lane::event, test::plugged);
    edge.hear(post, Lane::event, post.kept(Lane::event, 1));
    edge.hear(post, Lane::event, post.kept(Lane::event, 4));
    edge.hear(post, Lane::event, post.kept(Lane::event, 5));

    const auto asked = edge.ranges();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0] == RangeRequest{.lane = Lane::event, .from = 2, .to = 5});
    CHECK(edge.ranges().empty());

    for (std::uint64_t seq = 2; seq <= 5; ++seq)
        edge.hear(post, Lane::event, post.kept(Lane::event, seq));
    CHECK(edge.commit().records.size() == 5);
    edge.wait(Ingest::quiet_limit);
    CHECK(edge.ranges().empty());
}

TEST_CASE("a question that nobody answers is asked again", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    post.make(Lane::tele, test::quiet_frame(2));
    edge.hear(post, Lane::tele, post.make(Lane::tele, test::quiet_frame(2)));
    REQUIRE(edge.ranges().size() == 1);

    edge.wait(Ingest::ask_again_after);

    CHECK(edge.ranges().size() == 1);
}

TEST_CASE("what a post has and never sends is asked for after a quiet while", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    post.make(Lane::event, test::plugged);
    edge.hear(post, post.birth(1));
    CHECK(edge.ranges().empty());

    edge.wait(Ingest::quiet_limit);

    const auto asked = edge.ranges();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0] == RangeRequest{.lane = Lane::event, .from = 1, .to = 1});
}

TEST_CASE("records a post had to give up are a declared gap, and the chain goes on behind it",
          "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    for (int i = 0; i < 9; ++i)
        post.make(Lane::event, test::plugged);
    edge.hear(post, Lane::event, post.kept(Lane::event, 1));
    edge.hear(post, post.birth(7));
    edge.hear(post, Lane::event, post.kept(Lane::event, 7));

    const auto batch = edge.commit();
    REQUIRE(batch.gaps.size() == 1);
    CHECK(batch.gaps[0].from == 2);
    CHECK(batch.gaps[0].to == 6);
    CHECK(batch.gaps[0].origin == GapOrigin::birth);
    CHECK(edge.site.figures().gaps == 1);
    CHECK(edge.site.figures().chain_breaks == 0);
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::records_lost));
    CHECK(batch.records.back().key.seq == 7);
}

TEST_CASE("a log that first meets an old post has no loss to report", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    for (int i = 0; i < 9; ++i)
        post.make(Lane::event, test::plugged);

    edge.hear(post, post.birth(5));
    edge.hear(post, Lane::event, post.kept(Lane::event, 5));

    const auto batch = edge.commit();
    REQUIRE(batch.gaps.size() == 1);
    CHECK(batch.gaps[0].origin == GapOrigin::before_log);
    CHECK(edge.site.figures().gaps == 0);
    CHECK(batch.records.size() == 1);
}

TEST_CASE("a record that does not follow is kept, marked, set aside and alarmed", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    ScriptedPost other{"POST-0002"};
    edge.hear(post, Lane::event, other.make(Lane::event, test::plugged));

    const auto batch = edge.commit();

    REQUIRE(batch.records.size() == 1);
    CHECK(batch.records[0].standing == Standing::broken);
    REQUIRE(batch.quarantine.size() == 1);
    CHECK(batch.quarantine[0].why == Poison::broken_chain);
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::chain_broken));

    // The lane goes on: an alarm behind a broken record must not wait for a person.
    edge.hear(post, Lane::event, other.make(Lane::event, test::plugged));
    const auto next = edge.commit();
    REQUIRE(next.records.size() == 1);
    CHECK(next.records[0].standing == Standing::chained);
}

TEST_CASE("a record in words we have not learnt is kept whole and the lane goes on",
          "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    // A record of tomorrow: its bytes are no record of ours, but its digest follows.
    auto strange = post.make(Lane::event, test::plugged);
    strange[1] = std::byte{0x18};
    const auto digest = chained(genesis(post.id(), Lane::event), strange);
    std::copy(digest.begin(), digest.end(), strange.end() - 16);

    edge.hear(post, Lane::event, strange);
    const auto batch = edge.commit();

    REQUIRE(batch.records.size() == 1);
    CHECK(batch.records[0].standing == Standing::unreadable);
    CHECK(equal(batch.bytes_of(batch.records[0]), strange));
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::record_unreadable));
    CHECK(edge.acks().at(0).upto[at(Lane::event)] == 1);
}

TEST_CASE("garbage is set aside, alarmed once, and nothing waits for it", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    const std::vector<std::byte> garbage(40, std::byte{0xFF});
    const std::vector<std::byte> too_long(record_limit + 1, std::byte{0});
    edge.hear(post, Lane::event, garbage);
    edge.hear(post, Lane::event, {});
    edge.hear(post, Lane::event, too_long);
    edge.hear(post, Up::birth, garbage);
    edge.hear(post, Up::nonce, garbage);
    edge.site.hear({.topic = "ks/1/SITE-TEST/post/up/event", .payload = garbage}, edge.now);
    edge.site.hear({.topic = "", .payload = {}}, edge.now);
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));

    const auto batch = edge.commit();
    CHECK(batch.quarantine.size() == 7);
    CHECK(batch.records.size() == 1);
    CHECK(edge.site.alarms().open().size() == 2);  // the post's, and the edge's for unknown topics
}

TEST_CASE("a storm of garbage is counted and cannot fill the disk", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    const std::vector<std::byte> garbage(40, std::byte{0xFF});
    for (int i = 0; i < 10'000; ++i)
        edge.hear(post, Lane::event, garbage);

    CHECK(edge.commit().quarantine.size() == Site::quarantine_per_minute);
    CHECK(edge.site.figures().quarantined == 10'000);
}

TEST_CASE("after a restart the log goes on where it was", "[edge][ingest]")
{
    EdgeSite before;
    ScriptedPost post{"POST-0001"};
    before.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    before.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    const auto batch = before.commit();

    EdgeSite after;
    Restored restored;
    restored.newest = batch.records.back().id;
    restored.posts = batch.posts;
    restored.marks = batch.marks;
    after.site.restore(restored, after.now);
    after.hear(post, Lane::event, post.kept(Lane::event, 2));
    after.hear(post, Lane::event, post.make(Lane::event, test::plugged));

    const auto next = after.commit();
    REQUIRE(next.records.size() == 1);
    CHECK(next.records[0].key.seq == 3);
    CHECK(next.records[0].standing == Standing::chained);
    CHECK(next.records[0].id > batch.records.back().id);
}

TEST_CASE("however a network drops, doubles and shuffles, each lane is logged whole and in order",
          "[edge][ingest][property]")
{
    const auto seed = GENERATE(range(1u, 41u));
    CAPTURE(seed);
    std::mt19937 random{seed};
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    std::vector<RecordKey> logged;
    const auto collect = [&] {
        for (const auto& record : edge.commit().records) {
            CHECK(record.standing == Standing::chained);
            logged.push_back(record.key);
        }
    };
    std::vector<std::pair<Lane, std::uint64_t>> wire;
    for (int round = 0; round < 300; ++round) {
        const auto lane = all_lanes[random() % lane_count];
        if (round < 200) {
            if (lane == Lane::alarm)
                post.make(lane, test::overcurrent_on(1));
            else if (lane == Lane::event)
                post.make(lane, test::plugged);
            else
                post.make(lane, test::quiet_frame(1));
            wire.emplace_back(lane, post.next(lane) - 1);
        }
        // Deliver some of what is on the wire: any of it, twice, or never.
        for (int i = 0; i < 3 && !wire.empty(); ++i) {
            const auto pick = random() % std::min<std::size_t>(wire.size(), 4);
            const auto [of, seq] = wire[pick];
            const auto fate = random() % 10;
            if (fate != 0) edge.hear(post, of, post.kept(of, seq));
            if (fate != 1) wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(pick));
        }
        edge.wait(Millis{300});
        for (const auto& range : edge.ranges())
            for (auto seq = range.from; seq <= range.to && seq < post.next(range.lane); ++seq)
                wire.emplace_back(range.lane, seq);
        if (random() % 4 == 0) collect();
    }
    // At last the line is good: whatever is asked for arrives.
    for (int round = 0; round < 20; ++round) {
        post.mono = post.mono + Millis{1};
        edge.hear(post, post.birth(1));
        edge.wait(Ingest::quiet_limit);
        for (const auto& range : edge.ranges())
            for (auto seq = range.from; seq <= range.to; ++seq)
                edge.hear(post, range.lane, post.kept(range.lane, seq));
        collect();
    }

    for (const auto lane : all_lanes) {
        std::uint64_t expected = 1;
        for (const auto& key : logged)
            if (key.lane == lane) CHECK(key.seq == expected++);
        CHECK(expected == post.next(lane));
    }
    CHECK(edge.site.figures().gaps == 0);
}
