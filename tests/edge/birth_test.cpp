#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

std::size_t at(Lane lane) { return static_cast<std::size_t>(lane); }

}  // namespace

TEST_CASE("a birth that arrives late changes nothing", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    const auto early = post.birth(1);
    edge.hear(post, early);
    for (int i = 0; i < 3; ++i)
        edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    edge.hear(post, post.birth(1));
    edge.commit();

    edge.hear(post, early);

    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    const auto batch = edge.commit();
    REQUIRE(batch.records.size() == 1);
    CHECK(batch.records[0].key.epoch == 1);
    CHECK_FALSE(edge.site.alarms().active(1, whole_post, AlarmKind::journal_restarted));
}

TEST_CASE("an alarm that overtakes the birth sent before it puts no post in doubt",
          "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    const auto birth = post.birth(1);
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, test::overcurrent_on(3)));
    edge.hear(post, birth);
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));

    CHECK(edge.commit().records.size() == 2);
    const auto acks = edge.acks();
    REQUIRE_FALSE(acks.empty());
    CHECK(acks.back().upto[at(Lane::alarm)] == 1);
    CHECK(acks.back().upto[at(Lane::event)] == 1);
}

TEST_CASE("F-060: a post whose journal went back begins a new epoch, alarmed, and loses nothing by "
          "an old acknowledgement",
          "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    for (int i = 0; i < 5; ++i)
        edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    edge.hear(post, post.birth(1));
    edge.commit();
    (void)edge.told();

    post.forget();
    post.boot = 1;
    post.mono = Instant{Millis{50}};
    post.make(Lane::event, test::plugged);
    post.boot = 2;
    edge.hear(post, post.birth(1));
    // Said once it may be an old message that came late; acknowledging 5 now would cost record 1.
    CHECK(edge.acks().empty());
    post.mono = post.mono + Millis{500};
    edge.hear(post, post.birth(1));
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::journal_restarted));
    edge.hear(post, Lane::event, post.kept(Lane::event, 1));

    const auto batch = edge.commit();
    REQUIRE(batch.records.size() == 1);
    CHECK(batch.records[0].key == RecordKey{.post = 1, .epoch = 2, .lane = Lane::event, .seq = 1});
    CHECK(batch.records[0].standing == Standing::chained);
    const auto acks = edge.acks();
    REQUIRE_FALSE(acks.empty());
    CHECK(acks.back().upto[at(Lane::event)] == 1);
}

TEST_CASE("two boots of one post are one lane", "[edge][ingest]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    post.boot = 2;
    post.mono = Instant{Millis{20}};
    edge.hear(post, post.birth(1));
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));

    CHECK(edge.commit().records.size() == 2);
    CHECK(edge.site.alarms().open().empty());

    // A record of a boot before its predecessor's is a journal somebody turned back.
    post.boot = 1;
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::journal_restarted));
}
