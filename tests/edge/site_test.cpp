#include "edge/domain/names.hpp"
#include "firmware/protocol/names.hpp"
#include "firmware/protocol/word_range.hpp"
#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {}  // namespace

TEST_CASE("a site has room for so many posts, and turns the rest away", "[edge][site]")
{
    Fleet fleet;
    for (std::size_t i = 0; i < post_limit; ++i)
        REQUIRE(fleet.number_of(*PostId::from("POST-" + std::to_string(10'000 + i))) == i + 1);

    CHECK(fleet.number_of(*PostId::from("POST-ONE-MORE")) == 0);
    CHECK(fleet.number_of(*PostId::from("POST-10000")) == 1);
}

TEST_CASE("a message of another site is none of ours", "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.site.hear({.topic = post.topic("SITE-ELSE", Up::event),
                    .payload = post.make(Lane::event, test::plugged)},
                   edge.now);

    CHECK(edge.site.fleet().posts().empty());
    CHECK(edge.site.figures().quarantined == 1);
}

TEST_CASE("a post that sends much is acknowledged in steps, not record by record", "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    (void)edge.told();
    std::size_t acks = 0;
    for (int i = 0; i < 160; ++i) {
        edge.hear(post, Lane::tele, post.make(Lane::tele, test::quiet_frame(4)));
        edge.commit();
        for (const auto& publish : edge.site.take_publishes())
            acks += publish.what == Down::ack;
    }

    CHECK(acks == 160 / Site::acknowledge_after);
}

TEST_CASE("every birth and nonce is answered with the time", "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, post.birth(1));
    const auto times = edge.told_of<TimeNotice>(Down::time, decode_time_notice);

    REQUIRE(times.size() == 1);
    CHECK(times[0].echo == post.mono);
}

TEST_CASE("records given up while nobody listened are confirmed by the post's own record",
          "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    for (int i = 0; i < 6; ++i)
        post.make(Lane::event, test::plugged);
    edge.hear(post, Lane::event, post.kept(Lane::event, 1));
    edge.hear(post, post.birth(6));
    edge.hear(post, Lane::event, post.kept(Lane::event, 6));
    const Gap gap{.from = 2,
                  .to = 5,
                  .before = post.before(Lane::event, 2),
                  .last = post.before(Lane::event, 6)};
    edge.hear(post, Lane::event, post.make(Lane::event, gap));

    const auto batch = edge.commit();
    REQUIRE(batch.gaps.size() == 2);
    CHECK(batch.gaps[0].last == gap.last);
    CHECK(batch.gaps[1].origin == GapOrigin::record);
    CHECK(batch.gaps[1].last == batch.gaps[0].last);
    CHECK(edge.site.figures().gaps == 1);
}

TEST_CASE("refused commands are counted as the post counts them, also over its boots",
          "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    const auto tell = [&](std::uint32_t count) {
        edge.hear(post, Lane::event,
                  post.make(Lane::event, CommandsRefused{.outcome = CommandOutcome::not_authentic,
                                                         .count = count}));
    };
    tell(3);
    tell(5);
    CHECK(edge.site.figures().refused_commands == 5);
    tell(2);
    CHECK(edge.site.figures().refused_commands == 7);
}

TEST_CASE("facts are numbered once, in one order, whatever they are", "[edge][site]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, test::overcurrent_on(1)));
    edge.hear(post, Lane::event, post.make(Lane::event, test::plugged));
    edge.site.raise_own(AlarmKind::delivery_dead, edge.now);

    const auto batch = edge.commit();
    REQUIRE(batch.records.size() == 2);
    REQUIRE(batch.alarms.size() == 2);
    CHECK(batch.records[0].id == 1);
    CHECK(batch.alarms[0].id == 2);
    CHECK(batch.records[1].id == 3);
    CHECK(batch.alarms[1].id == 4);
}

TEST_CASE("however causes come and go, an alarm is raised, then seen or over, then gone",
          "[edge][alarm][property]")
{
    const auto seed = GENERATE(range(1u, 31u));
    CAPTURE(seed);
    std::mt19937 random{seed};
    AlarmBook book;
    Now now{.mono = Instant{Millis{1}}, .wall = UnixMillis{1}};
    constexpr AlarmKind kinds[] = {AlarmKind::overload, AlarmKind::relay_welded,
                                   AlarmKind::post_silent, AlarmKind::chain_broken};
    std::map<AlarmId, std::vector<AlarmStep>> lives;
    for (int step = 0; step < 2'000; ++step) {
        now.mono = now.mono + Millis{static_cast<std::int64_t>(random() % 60'000)};
        const auto post = static_cast<PostNo>(1 + random() % 3);
        const auto kind = kinds[random() % 4];
        std::vector<AlarmChange> changes;
        switch (random() % 4) {
        case 0:
            changes.push_back(
                book.raise({.post = post, .outlet = 1, .kind = kind, .at = now.wall}, now.mono));
            break;
        case 1:
            if (auto change = book.clear(post, 1, kind, now)) changes.push_back(*change);
            break;
        case 2:
            if (auto change = book.acknowledge(1 + random() % 400, "somebody", now))
                changes.push_back(change.value());
            break;
        case 3: changes = book.calm(now); break;
        }
        for (const auto& change : changes)
            lives[change.alarm.id].push_back(change.step);
    }
    for (const auto& [id, steps] : lives) {
        CHECK(steps.front() == AlarmStep::raised);
        const auto count = [&, &of = steps](AlarmStep step) {
            return std::count(of.begin(), of.end(), step);
        };
        CHECK(count(AlarmStep::raised) == 1);
        CHECK(count(AlarmStep::cleared) <= 1);
        CHECK(count(AlarmStep::acknowledged) <= 1);
        const bool over = count(AlarmStep::cleared) == 1 && count(AlarmStep::acknowledged) == 1;
        CHECK(book.open().contains(id) == !over);
    }
}

TEST_CASE("every word the edge writes has a name of its own", "[edge][names]")
{
    std::set<std::string_view> names;
    for (auto number = static_cast<unsigned>(range_of<TripCause>.first);
         number <= static_cast<unsigned>(range_of<TripCause>.last); ++number) {
        const auto cause = static_cast<TripCause>(number);
        CHECK(name_of(kind_of(cause)) == name_of(cause));
        CHECK(severity_of(kind_of(cause)) == severity_of(cause));
        CHECK(names.insert(name_of(kind_of(cause))).second);
    }
    for (const auto& row : own_alarms) {
        CHECK(names.insert(name_of(row.kind)).second);
        CHECK_FALSE(is_trip(row.kind));
    }
    CHECK(name_of(static_cast<AlarmKind>(99)) == "unknown");
    CHECK(name_of(static_cast<AlarmKind>(255)) == "unknown");
    CHECK(name_of(Attention::fresh) == "new");
    CHECK(name_of(Standing::unreadable) == "unreadable");
    CHECK(name_of(GapOrigin::before_log) == "before_log");
    CHECK(name_of(CommandStage::expired) == "expired");
    CHECK(name_of(AlarmStep::cleared) == "cleared");
    CHECK(name_of(Condition::active) == "active");
    CHECK(unit_of(AlarmKind::contact_overheated) == "dC");
}
