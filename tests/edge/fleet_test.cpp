#include "edge/domain/live_feed.hpp"
#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

TEST_CASE("an outlet's picture follows its records through a session", "[edge][fleet]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, post.birth(1));
    const auto tell = [&](const RecordBody& body) {
        edge.hear(post, Lane::event, post.make(Lane::event, body));
    };
    tell(SessionStarted{.session = 9,
                        .outlet = 2,
                        .means = StartMeans::command,
                        .card = 5,
                        .command = {},
                        .time_limit = Millis{1},
                        .energy_limit = MilliwattHours{1}});
    tell(OutletChanged{.outlet = 2, .from = OutletState::closing, .to = OutletState::charging});
    auto frame = test::quiet_frame(10);
    frame.outlets[1] = {.state = OutletState::charging,
                        .current = Milliamps{1'800},
                        .power = Milliwatts{400'000},
                        .energy = MilliwattHours{250},
                        .contact = DeciCelsius{331}};
    edge.hear(post, Lane::tele, post.make(Lane::tele, frame));

    const auto& outlet = edge.site.fleet().post(1).outlet(2);
    CHECK(outlet.state == OutletState::charging);
    CHECK(outlet.session == 9);
    CHECK(outlet.power == Milliwatts{400'000});
    CHECK(outlet.energy == MilliwattHours{250});
    CHECK(outlet.contact == DeciCelsius{331});

    tell(SessionEnded{.session = 9,
                      .outlet = 2,
                      .reason = EndReason::full,
                      .elapsed = Millis{100},
                      .energy = MilliwattHours{300},
                      .peak = Milliwatts{400'000}});
    CHECK(outlet.session == 0);
    CHECK(edge.site.figures().sessions_started == 1);
    CHECK(edge.site.figures().sessions_ended == 1);
}

TEST_CASE("telemetry from before an alarm does not overwrite it", "[edge][fleet]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, post.birth(1));
    auto charging = test::quiet_frame(10);
    charging.outlets[2].state = OutletState::charging;
    const auto old_frame = post.make(Lane::tele, charging);
    const auto locked = post.make(
        Lane::event,
        OutletChanged{.outlet = 3, .from = OutletState::charging, .to = OutletState::locked_out});
    const auto trip = post.make(Lane::alarm, test::overcurrent_on(3));

    edge.hear(post, Lane::alarm, trip);
    edge.hear(post, Lane::event, locked);
    edge.hear(post, Lane::tele, old_frame);

    const auto& outlet = edge.site.fleet().post(1).outlet(3);
    CHECK(outlet.state == OutletState::locked_out);
    CHECK(outlet.trip == TripCause::hard_overcurrent);
}

TEST_CASE("a welded contactor locks every outlet of its post", "[edge][fleet]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, post.birth(1));
    auto welded = test::overcurrent_on(whole_post);
    welded.cause = TripCause::contactor_welded;
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, welded));

    for (OutletNumber n = 1; n <= 10; ++n)
        CHECK(edge.site.fleet().post(1).trip_on(n)->cause == TripCause::contactor_welded);
}

TEST_CASE("the post's own time is believed when it is good, else the arrival", "[edge][fleet]")
{
    const UnixMillis arrived{5'000'000};
    RecordHead head{.lane = Lane::event, .seq = 1, .boot = 1, .mono = {}, .wall = {}};
    CHECK(wall_of(head, arrived) == arrived);
    head.wall = WallTime{.at = UnixMillis{4'000'000}, .error = believable_error};
    CHECK(wall_of(head, arrived) == UnixMillis{4'000'000});
    head.wall->error = believable_error + Millis{1};
    CHECK(wall_of(head, arrived) == arrived);
}

TEST_CASE("a watcher resumes where he was, or is told that he fell behind", "[edge][live]")
{
    LiveFeed feed;
    feed.start_after(100);
    const auto fact = [](LogId id) {
        return AlarmChange{.id = id, .step = AlarmStep::raised, .at = {}, .heard = {}, .alarm = {}};
    };
    CHECK(feed.after(100) == nullptr);
    feed.publish(fact(101));
    feed.publish(fact(105));
    CHECK(id_of(*feed.after(100)) == 101);
    CHECK(id_of(*feed.after(101)) == 105);
    CHECK(feed.after(105) == nullptr);
    CHECK(feed.covers(100));
    CHECK_FALSE(feed.covers(99));

    for (LogId id = 106; id < 106 + LiveFeed::window; ++id)
        feed.publish(fact(id));
    CHECK_FALSE(feed.covers(101));
    CHECK(feed.covers(105));
}
