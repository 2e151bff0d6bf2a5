#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;
using ks::test::OnePost;

// What a page shows of a post beside the states of its outlets: cuts, their curves, its own
// condition, its bays.

namespace {

Tripped cut(OutletNumber outlet, TripCause cause)
{
    auto tripped = test::overcurrent_on(outlet);
    tripped.cause = cause;
    return tripped;
}

TripCleared cleared(OutletNumber outlet, TripCause cause)
{
    return {.outlet = outlet, .cause = cause, .command = {}};
}

PostReading reading(std::initializer_list<InputCondition> inputs)
{
    PostReading made{.cabinet = DeciCelsius{400},
                     .rail = Millivolts{12'000},
                     .residual = {},
                     .inputs = {},
                     .current = Milliamps{1'000},
                     .power = Milliwatts{220'000}};
    for (const auto input : inputs)
        made.inputs.push_back(input);
    return made;
}

using enum InputCondition;

}  // namespace

TEST_CASE("of several causes an outlet is down for the gravest", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::alarm, cut(3, TripCause::overload));
    shed.tell(Lane::alarm, cut(whole_post, TripCause::undervoltage));
    CHECK(shed.view().trip_on(3)->cause == TripCause::overload);
    CHECK(shed.view().trip_on(3)->outlet == 3);
    CHECK(shed.view().trip_on(4)->cause == TripCause::undervoltage);

    shed.tell(Lane::alarm, cut(whole_post, TripCause::smoke));
    CHECK(shed.view().trip_on(3)->cause == TripCause::smoke);
    CHECK(shed.view().trip_on(3)->outlet == whole_post);
}

TEST_CASE("each cause of the whole post ends by itself", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::alarm, cut(3, TripCause::overload));
    shed.tell(Lane::alarm, cut(whole_post, TripCause::smoke));
    shed.tell(Lane::alarm, cut(whole_post, TripCause::heat));

    shed.tell(Lane::alarm, cleared(whole_post, TripCause::smoke));
    CHECK(shed.view().trip_on(1)->cause == TripCause::heat);
    shed.tell(Lane::alarm, cleared(whole_post, TripCause::heat));
    CHECK_FALSE(shed.view().trip_on(1));
    CHECK(shed.view().trip_on(3)->cause == TripCause::overload);
    shed.tell(Lane::alarm, cleared(3, TripCause::overload));
    CHECK_FALSE(shed.view().trip_on(3));
}

TEST_CASE("no card starts anything at a post that is cut", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::alarm, cut(whole_post, TripCause::water));
    const AccessPolicy anybody{};

    CHECK(decide(anybody, shed.view(), {.outlet = 2, .card = 5}) == Tap::outlet_locked);
    shed.tell(Lane::alarm, cleared(whole_post, TripCause::water));
    CHECK(decide(anybody, shed.view(), {.outlet = 2, .card = 5}) == Tap::start);
}

TEST_CASE("the last cut is remembered after it was cleared, with its curve", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::alarm, test::overcurrent_on(3));
    TripTrace trace{.outlet = 3, .cause = TripCause::hard_overcurrent, .session = 7, .points = {}};
    trace.points.push_back({.before = Millis{20},
                            .current = Milliamps{12'400},
                            .power = Milliwatts{2'700'000},
                            .contact = DeciCelsius{300}});
    shed.tell(Lane::event, trace);
    shed.tell(Lane::alarm, cleared(3, TripCause::hard_overcurrent));

    const auto& last = shed.view().outlet(3).last_trip;
    REQUIRE(last);
    CHECK(last->cause == TripCause::hard_overcurrent);
    CHECK(last->measured == 12'400);
    CHECK(last->held_for == Millis{20});
    REQUIRE(last->points.size() == 1);
    CHECK(last->points[0].current == Milliamps{12'400});
    CHECK_FALSE(shed.view().outlet(2).last_trip);
}

TEST_CASE("a curve that belongs to another cut is not shown under this one", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::alarm, test::overcurrent_on(3));
    TripTrace trace{.outlet = 3, .cause = TripCause::overload, .session = 7, .points = {}};
    trace.points.push_back({.before = {}, .current = {}, .power = {}, .contact = {}});
    shed.tell(Lane::event, trace);

    CHECK(shed.view().outlet(3).last_trip->points.empty());
}

TEST_CASE("a post's condition is its newest reading, its inputs the newest of either",
          "[edge][fleet]")
{
    OnePost shed;
    const auto old_reading = shed.post.make(Lane::tele, reading({quiet, quiet}));
    const auto smoke = shed.post.make(
        Lane::alarm, InputChanged{.input = InputName::smoke, .from = quiet, .to = active});

    shed.edge.hear(shed.post, Lane::alarm, smoke);
    shed.edge.hear(shed.post, Lane::tele, old_reading);
    CHECK(shed.view().is_in(InputName::smoke, active));
    CHECK(shed.view().reading->cabinet == DeciCelsius{400});
    // Of what it was never told, nothing is known.
    CHECK_FALSE(shed.view().inputs[static_cast<std::size_t>(InputName::group)]);

    shed.tell(Lane::tele, reading({quiet, fault}));
    CHECK(shed.view().is_in(InputName::smoke, quiet));
    CHECK(shed.view().is_in(InputName::heat, fault));
}

namespace {

BayChanged bay_change(BayNumber bay, BayState to, TagToken tag)
{
    return {.bay = bay,
            .from = BayState::unknown,
            .to = to,
            .tag = tag,
            .outlet = 2,
            .card = 5,
            .stayed = std::nullopt};
}

BayNoticed noticed_at(PlaceKind kind, BayMatter matter, std::optional<Millis> lasted)
{
    return {.kind = kind, .place = 2, .matter = matter, .outlet = 2, .card = 5, .lasted = lasted};
}

}  // namespace

TEST_CASE("a bay is taken by a tag and a card, and free of them", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::event, bay_change(16, BayState::taken, 77));
    CHECK(shed.view().bay(16).state == BayState::taken);
    CHECK(shed.view().bay(16).tag == 77);
    CHECK(shed.view().bay(16).card == 5);
    CHECK(shed.view().bay(16).outlet == 2);

    shed.tell(Lane::event, bay_change(16, BayState::free, 77));
    CHECK(shed.view().bay(16).tag == 0);
    CHECK(shed.view().bay(16).card == 0);
    CHECK(shed.view().bay(1).state == BayState::unknown);
}

TEST_CASE("a silent sensor and what stands in the bay are two matters", "[edge][fleet]")
{
    OnePost shed;
    const auto notice = [&](BayMatter matter) {
        shed.tell(Lane::event, noticed_at(PlaceKind::bay, matter, Millis{1}));
    };
    notice(BayMatter::overstay);
    notice(BayMatter::sensor_silent);
    CHECK(shed.view().bay(2).matter == BayMatter::overstay);
    CHECK(shed.view().bay(2).unseen == BayMatter::sensor_silent);
    notice(BayMatter::sensor_back);
    CHECK(shed.view().bay(2).matter == BayMatter::overstay);
    CHECK_FALSE(shed.view().bay(2).unseen);
    notice(BayMatter::settled);
    CHECK_FALSE(shed.view().bay(2).matter);
}

TEST_CASE("an outlet is occupied from its session's end until its bay is free", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::event, bay_change(2, BayState::taken, 77));
    CHECK_FALSE(shed.view().occupied_since(2));
    shed.tell(Lane::event, noticed_at(PlaceKind::bay, BayMatter::finished, 0_s));
    const auto since = shed.view().occupied_since(2);
    REQUIRE(since.has_value());
    // An overstay is the same stay, for longer.
    shed.tell(Lane::event, noticed_at(PlaceKind::bay, BayMatter::overstay, 1_h));
    CHECK(shed.view().bay(2).occupied_since() == shed.view().bay(2).matter_since);
    CHECK(*shed.view().occupied_since(2) < *since);
    CHECK_FALSE(shed.view().occupied_since(3));

    shed.tell(Lane::event, bay_change(2, BayState::free, 77));
    CHECK_FALSE(shed.view().occupied_since(2));
    CHECK_FALSE(shed.view().bay(2).matter);
}

TEST_CASE("what nobody knows since when is told since it was first told", "[edge][fleet]")
{
    OnePost shed;
    const auto zone = [&]() -> const PlaceView& {
        return shed.view().places.at({PlaceKind::zone, 2});
    };
    shed.tell(Lane::event, noticed_at(PlaceKind::zone, BayMatter::forbidden, std::nullopt));
    const auto since = zone().matter_since;
    shed.tell(Lane::event, noticed_at(PlaceKind::zone, BayMatter::forbidden, std::nullopt));
    CHECK(zone().matter_since == since);
    CHECK_FALSE(shed.view().bay(2).matter);
    shed.tell(Lane::event, noticed_at(PlaceKind::zone, BayMatter::sensor_back, std::nullopt));
    CHECK_FALSE(zone().matter);
}

TEST_CASE("a session tells what began it, and a relay what is left of it", "[edge][fleet]")
{
    OnePost shed;
    shed.tell(Lane::event, SessionStarted{.session = 9,
                                          .outlet = 2,
                                          .means = StartMeans::queued,
                                          .card = 5,
                                          .command = {},
                                          .time_limit = Millis{1},
                                          .energy_limit = MilliwattHours{1}});
    shed.tell(Lane::event,
              RelayWear{.outlet = 2, .closings = 100, .hot_openings = 7, .left_permille = 930});

    CHECK(shed.view().outlet(2).means == StartMeans::queued);
    CHECK(shed.view().outlet(2).relay->left_permille == 930);
    CHECK_FALSE(shed.view().outlet(1).relay);
}

TEST_CASE("nothing is known of a post whose journal began anew", "[edge][fleet]")
{
    Fleet fleet;
    const Now now{.mono = Instant{Millis{5}}, .wall = UnixMillis{1'000}};
    REQUIRE(fleet.number_of(*PostId::from("POST-0001")) == 1);
    const auto tell = [&](const RecordBody& body) {
        fleet.apply(1,
                    {.head = {.lane = Lane::event, .seq = 1, .boot = 1, .mono = {}, .wall = {}},
                     .body = body},
                    now);
    };
    tell(reading({active}));
    tell(bay_change(1, BayState::taken, 1));
    tell(noticed_at(PlaceKind::zone, BayMatter::forbidden, std::nullopt));
    tell(cut(whole_post, TripCause::smoke));

    fleet.restarted(1);

    CHECK_FALSE(fleet.post(1).reading);
    CHECK_FALSE(fleet.post(1).inputs[0]);
    CHECK(fleet.post(1).bay(1).state == BayState::unknown);
    CHECK(fleet.post(1).places.empty());
    CHECK_FALSE(fleet.post(1).trip_on(1));
}
