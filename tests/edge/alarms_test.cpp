#include "edge/domain/outbox.hpp"
#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::EdgeSite;
using ks::test::ScriptedPost;

namespace {

/// The one post says nothing for as long as it may, and then for a moment more.
void check_silence(EdgeSite& edge)
{
    edge.wait(silence_limit);
    edge.site.tick(edge.now);
    CHECK_FALSE(edge.site.alarms().active(1, whole_post, AlarmKind::post_silent));

    edge.wait(Millis{1});
    edge.site.tick(edge.now);
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::post_silent));
}

}  // namespace

TEST_CASE("a trip raises one alarm, its repeats are counted, its clearing clears it",
          "[edge][alarm]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, test::overcurrent_on(3)));
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, test::overcurrent_on(3)));

    REQUIRE(edge.site.alarms().open().size() == 1);
    const auto& alarm = edge.site.alarms().open().begin()->second;
    CHECK(alarm.kind == AlarmKind::hard_overcurrent);
    CHECK(alarm.severity == Severity::hazard);
    CHECK(alarm.count == 2);
    CHECK(alarm.source->seq == 1);
    CHECK(edge.site.figures().alarms == 1);

    edge.hear(
        post, Lane::alarm,
        post.make(Lane::alarm,
                  TripCleared{.outlet = 3, .cause = TripCause::hard_overcurrent, .command = {}}));
    // Nobody has seen it yet, so it stays on the list.
    REQUIRE(edge.site.alarms().open().size() == 1);
    CHECK(edge.site.alarms().open().begin()->second.condition == Condition::cleared);

    const auto id = edge.site.alarms().open().begin()->first;
    REQUIRE(edge.site.acknowledge(id, "manager", edge.now).ok());
    CHECK(edge.site.alarms().open().empty());
}

TEST_CASE("seeing an alarm does not make it go away", "[edge][alarm]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, test::overcurrent_on(3)));
    const auto id = edge.site.alarms().open().begin()->first;

    REQUIRE(edge.site.acknowledge(id, "manager", edge.now).ok());

    CHECK(edge.site.alarms().active(1, 3, AlarmKind::hard_overcurrent));
    CHECK(edge.site.acknowledge(id, "manager", edge.now).reason() ==
          AlarmBook::Refusal::already_acknowledged);
    CHECK(edge.site.acknowledge(99, "manager", edge.now).reason() == AlarmBook::Refusal::unknown);
}

TEST_CASE("a raise after a clear is a new alarm", "[edge][alarm]")
{
    AlarmBook book;
    const Now now{.mono = Instant{Millis{5}}, .wall = UnixMillis{1'000}};
    const AlarmBook::Raise raise{
        .post = 1, .outlet = 2, .kind = AlarmKind::overload, .at = now.wall};
    const auto first = book.raise(raise, now.mono);
    REQUIRE(book.clear(1, 2, AlarmKind::overload, now));
    CHECK_FALSE(book.clear(1, 2, AlarmKind::overload, now));

    const auto second = book.raise(raise, now.mono);

    CHECK(second.step == AlarmStep::raised);
    CHECK(second.alarm.id != first.alarm.id);
}

TEST_CASE("a welded relay is a fire-grade alarm", "[edge][alarm]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    auto welded = test::overcurrent_on(3);
    welded.cause = TripCause::relay_welded;
    edge.hear(post, Lane::alarm, post.make(Lane::alarm, welded));

    CHECK(edge.site.alarms().open().begin()->second.severity == Severity::fire);
}

TEST_CASE("a post that says nothing for longer than its limit is an alarm until it speaks",
          "[edge][alarm]")
{
    EdgeSite edge;
    ScriptedPost post{"POST-0001"};
    edge.hear(post, post.birth(1));
    check_silence(edge);
    CHECK(edge.site.fleet().post(1).presence == Presence::silent);

    // The broker's word that the post is gone is no sign of life.
    const auto will = encode(Will{.boot = 1});
    edge.hear(post, Up::will, will.view());
    CHECK(edge.site.alarms().active(1, whole_post, AlarmKind::post_silent));

    edge.hear(post, Lane::tele, post.make(Lane::tele, test::quiet_frame(10)));
    CHECK_FALSE(edge.site.alarms().active(1, whole_post, AlarmKind::post_silent));
    CHECK(edge.site.fleet().post(1).presence == Presence::online);
}

TEST_CASE("a cause that is over when it happens calms down by itself, and stays to be seen",
          "[edge][alarm]")
{
    EdgeSite edge;
    edge.site.raise_own(AlarmKind::delivery_dead, edge.now);
    edge.wait(AlarmBook::calm_after - Millis{1});
    edge.site.tick(edge.now);
    CHECK(edge.site.alarms().active(0, whole_post, AlarmKind::delivery_dead));

    edge.wait(Millis{1});
    edge.site.tick(edge.now);
    CHECK_FALSE(edge.site.alarms().active(0, whole_post, AlarmKind::delivery_dead));
    CHECK(edge.site.alarms().open().size() == 1);
}

namespace {

Delivery message(DeliveryId id)
{
    return {.id = id,
            .key = "msg_" + std::to_string(id),
            .type = "alarm.raised",
            .data = "{}",
            .created_at = UnixMillis{1'000'000},
            .alarm = id,
            .attempts = 0,
            .heard = {},
            .happened_at = {}};
}

constexpr Attempt answered(std::uint16_t status)
{
    return {.kind = Attempt::Kind::answered, .status = status, .retry_after = {}};
}
constexpr Attempt silence{.kind = Attempt::Kind::unanswered, .status = 0, .retry_after = {}};

const Now start{.mono = Instant{Millis{1'000}}, .wall = UnixMillis{1'000'000}};

Now after(Millis span) { return {.mono = start.mono + span, .wall = start.wall + span}; }

}  // namespace

TEST_CASE("an alarm is tried again within seconds, then every minute", "[edge][outbox]")
{
    Outbox outbox;
    REQUIRE(outbox.add(message(1), Outbox::Origin::from_log, start));
    Millis at{0};
    for (const std::int64_t wait : {0, 1, 2, 5, 10, 30, 60, 60, 60}) {
        CAPTURE(wait);
        if (wait > 0) CHECK_FALSE(outbox.next(after(at + Millis{wait * 1'000 - 1}).mono));
        at = at + Millis{wait * 1'000};
        REQUIRE(outbox.next(after(at).mono));
        const auto changes = outbox.settle(1, silence, after(at), 0);
        REQUIRE(changes.size() == 1);
        CHECK(changes[0].state == DeliveryState::pending);
    }
}

TEST_CASE(
    "F-113, F-119: a message is given up after a week of trying, whatever the wall clock does",
    "[edge][outbox]")
{
    constexpr Millis ten_years{10LL * 365 * 86'400'000};
    const auto state_after = [](Millis tried, Millis wall_step, std::uint32_t attempts_before) {
        Outbox outbox;
        auto delivery = message(1);
        delivery.attempts = attempts_before;
        REQUIRE(outbox.add(std::move(delivery), Outbox::Origin::from_log, start));
        auto now = after(tried);
        now.wall = now.wall + wall_step;
        REQUIRE(outbox.next(now.mono));
        return outbox.settle(1, silence, now, 0).at(0).state;
    };
    for (const Millis step : {Millis{0}, ten_years, Millis{0} - ten_years}) {
        CHECK(state_after(Outbox::give_up_after - Millis{1}, step, 0) == DeliveryState::pending);
        CHECK(state_after(Outbox::give_up_after, step, 0) == DeliveryState::dead);
        // Tried once a minute in an earlier run, for six days and the minutes before.
        CHECK(state_after(Millis{86'400'000}, step, 6 * 1'440 + 7) == DeliveryState::dead);
        CHECK(state_after(Millis{86'000'000}, step, 6 * 1'440) == DeliveryState::pending);
    }
}

TEST_CASE("F-119: a wall clock that steps makes no post silent and leaves none unnoticed",
          "[edge][alarm]")
{
    constexpr Millis ten_years{10LL * 365 * 86'400'000};
    for (const Millis step : {Millis{3'600'000}, ten_years, Millis{0} - ten_years}) {
        EdgeSite edge;
        ScriptedPost post{"POST-0001"};
        edge.hear(post, post.birth(1));
        edge.now.wall = edge.now.wall + step;
        check_silence(edge);
    }
}

TEST_CASE("a receiver that asks for time gets it, and not for ever", "[edge][outbox]")
{
    Outbox outbox;
    REQUIRE(outbox.add(message(1), Outbox::Origin::from_log, start));
    REQUIRE(outbox.next(start.mono));
    auto busy = answered(503);
    busy.retry_after = Millis{120'000};
    (void)outbox.settle(1, busy, start, 0);
    CHECK(outbox.wake_at() == start.mono + Millis{120'000});

    REQUIRE(outbox.next(after(Millis{120'000}).mono));
    busy.retry_after = Millis{999'999'999};
    (void)outbox.settle(1, busy, after(Millis{120'000}), 0);
    CHECK(outbox.wake_at() == start.mono + Millis{120'000} + Outbox::retry_after_limit);
}

TEST_CASE("a refused message is given up after a few tries, and is a visible dead letter",
          "[edge][outbox]")
{
    Outbox outbox;
    REQUIRE(outbox.add(message(1), Outbox::Origin::from_log, start));
    auto now = start;
    for (std::uint32_t i = 1; i <= Outbox::refusals_limit; ++i) {
        now = after(Millis{i * 100'000});
        REQUIRE(outbox.next(now.mono));
        const auto changes = outbox.settle(1, answered(400), now, 0);
        REQUIRE(changes.size() == 1);
        CHECK((changes[0].state == DeliveryState::dead) == (i == Outbox::refusals_limit));
    }
    CHECK(outbox.pending() == 0);
}

TEST_CASE("a receiver that is gone gets nothing any more", "[edge][outbox]")
{
    Outbox outbox;
    REQUIRE(outbox.add(message(1), Outbox::Origin::from_log, start));
    REQUIRE(outbox.add(message(2), Outbox::Origin::from_log, start));
    REQUIRE(outbox.next(start.mono));

    const auto changes = outbox.settle(1, answered(410), start, 0);

    REQUIRE(changes.size() == 2);
    CHECK(changes[1].state == DeliveryState::dead);
    CHECK(outbox.stopped());
    CHECK_FALSE(outbox.next(after(Millis{99'000}).mono));
}

TEST_CASE("a message waits for the log, but an alarm not longer than a second", "[edge][outbox]")
{
    Outbox outbox;
    REQUIRE(outbox.add(message(1), Outbox::Origin::fresh, start));
    CHECK_FALSE(outbox.next(start.mono));

    const auto early = outbox.next(after(Outbox::durable_patience).mono);
    REQUIRE(early);
    CHECK(early->standing == Outbox::Due::Standing::not_yet_durable);

    REQUIRE(outbox.add(message(2), Outbox::Origin::fresh, start));
    outbox.durable(2);
    const auto usual = outbox.next(start.mono);
    REQUIRE(usual);
    CHECK(usual->standing == Outbox::Due::Standing::durable);
}

TEST_CASE("whatever receivers answer, every message ends delivered, dead or still due",
          "[edge][outbox][property]")
{
    const auto seed = GENERATE(range(1u, 31u));
    CAPTURE(seed);
    std::mt19937 random{seed};
    Outbox outbox;
    std::map<DeliveryId, DeliveryState> states;
    for (DeliveryId id = 1; id <= 40; ++id) {
        REQUIRE(outbox.add(message(id), Outbox::Origin::from_log, start));
        states[id] = DeliveryState::pending;
    }
    constexpr std::uint16_t statuses[] = {200, 204, 301, 400, 404, 429, 500, 503};
    Millis at{0};
    std::vector<DeliveryId> out;
    for (int step = 0; step < 2'000; ++step) {
        if (const auto due = outbox.next(after(at).mono)) {
            CHECK(states[due->delivery.id] == DeliveryState::pending);
            out.push_back(due->delivery.id);
            CHECK(outbox.in_flight() <= Outbox::in_flight_limit);
        } else if (!out.empty()) {
            const auto pick = random() % out.size();
            const auto id = out[pick];
            out.erase(out.begin() + static_cast<std::ptrdiff_t>(pick));
            const auto attempt = random() % 4 == 0 ? silence : answered(statuses[random() % 8]);
            for (const auto& change : outbox.settle(id, attempt, after(at),
                                                    static_cast<std::uint32_t>(random() % 1'000))) {
                CHECK(states[change.id] == DeliveryState::pending);
                states[change.id] = change.state;
            }
        } else {
            at = at + Millis{1 + static_cast<std::int64_t>(random() % 90'000)};
        }
    }
    for (const auto& [id, state] : states)
        CHECK((state == DeliveryState::pending) == outbox.holds(id));
}
