#include "tests/edge/edge_site.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::protocol;

namespace {

/// One post that is heard, and its alarms.
struct Shed : test::OnePost {
    void input(InputName name, InputCondition from, InputCondition to)
    {
        tell(Lane::alarm, InputChanged{.input = name, .from = from, .to = to});
    }
    void cut(TripCause cause)
    {
        auto tripped = test::overcurrent_on(whole_post);
        tripped.cause = cause;
        tell(Lane::alarm, tripped);
    }
    void clear(TripCause cause)
    {
        tell(Lane::alarm, TripCleared{.outlet = whole_post, .cause = cause, .command = {}});
    }
    [[nodiscard]] bool active(AlarmKind kind) const
    {
        return edge.site.alarms().active(1, whole_post, kind);
    }
    [[nodiscard]] std::size_t count() const { return edge.site.alarms().open().size(); }
    [[nodiscard]] const Alarm& first() const { return edge.site.alarms().open().begin()->second; }
};

using enum InputCondition;

}  // namespace

TEST_CASE("a smoke detector is an alarm before anything is cut, and one with the cut",
          "[edge][alarm]")
{
    Shed shed;
    shed.input(InputName::smoke, quiet, active);
    REQUIRE(shed.active(AlarmKind::smoke));
    CHECK(shed.first().severity == Severity::fire);
    CHECK(shed.first().source->seq == 1);

    shed.cut(TripCause::smoke);

    CHECK(shed.count() == 1);
    CHECK(shed.first().count == 1);
    CHECK(shed.first().source->seq == 2);
    CHECK(shed.first().measured == 12'400);
}

TEST_CASE("a detector that is quiet again does not end the alarm of what it cut", "[edge][alarm]")
{
    Shed shed;
    shed.input(InputName::smoke, quiet, active);
    shed.cut(TripCause::smoke);

    shed.input(InputName::smoke, active, quiet);
    CHECK(shed.active(AlarmKind::smoke));

    shed.clear(TripCause::smoke);
    CHECK_FALSE(shed.active(AlarmKind::smoke));
}

TEST_CASE("an input that was never cut for is over when it is quiet again", "[edge][alarm]")
{
    Shed shed;
    for (const auto& [input, kind] : {std::pair{InputName::enclosure, AlarmKind::enclosure_opened},
                                      std::pair{InputName::tilt, AlarmKind::tilted},
                                      std::pair{InputName::water, AlarmKind::water},
                                      std::pair{InputName::heat, AlarmKind::heat},
                                      std::pair{InputName::emergency, AlarmKind::emergency},
                                      std::pair{InputName::extinguisher, AlarmKind::extinguisher},
                                      std::pair{InputName::group, AlarmKind::group_cut}}) {
        shed.input(input, quiet, active);
        CHECK(shed.active(kind));
        shed.input(input, active, quiet);
        CHECK_FALSE(shed.active(kind));
    }
}

TEST_CASE("a cut that was told first is not raised again by its input", "[edge][alarm]")
{
    Shed shed;
    shed.cut(TripCause::heat);
    shed.input(InputName::heat, quiet, active);
    CHECK(shed.first().count == 1);

    shed.input(InputName::heat, active, absent);
    CHECK(shed.active(AlarmKind::heat));
}

TEST_CASE("broken loops share an alarm, and the last one mended ends it", "[edge][alarm]")
{
    Shed shed;
    shed.input(InputName::smoke, quiet, fault);
    shed.input(InputName::tilt, quiet, fault);
    CHECK(shed.count() == 1);

    shed.input(InputName::smoke, fault, quiet);
    CHECK(shed.active(AlarmKind::input_failed));
    // From broken to active is one alarm's end and another's beginning.
    shed.input(InputName::tilt, fault, active);
    CHECK_FALSE(shed.active(AlarmKind::input_failed));
    CHECK(shed.active(AlarmKind::tilted));
}

TEST_CASE("a failed self-test is an alarm that calms down when none fails any more",
          "[edge][alarm]")
{
    Shed shed;
    shed.tell(Lane::alarm, SelfTestFailed{.test = SelfTest::ram, .detail = 1, .strikes = 1});
    shed.tell(Lane::alarm, SelfTestFailed{.test = SelfTest::ram, .detail = 1, .strikes = 2});
    CHECK(shed.first().kind == AlarmKind::test_failed);
    CHECK(shed.first().count == 2);

    shed.edge.wait(AlarmBook::calm_after);
    shed.edge.site.tick(shed.edge.now);
    CHECK_FALSE(shed.active(AlarmKind::test_failed));
}

TEST_CASE("a post that did not hear us says so, and that it is over", "[edge][alarm]")
{
    Shed shed;
    using Matter = LinkNoticed::Matter;
    shed.tell(Lane::event, LinkNoticed{.matter = Matter::silent, .lasted = Millis{60'000}});
    REQUIRE(shed.active(AlarmKind::edge_unheard));
    CHECK(shed.first().severity == Severity::notice);
    CHECK(shed.first().measured == 60'000);

    shed.tell(Lane::event, LinkNoticed{.matter = Matter::back, .lasted = Millis{300'000}});
    CHECK_FALSE(shed.active(AlarmKind::edge_unheard));
}

namespace {

void notice(Shed& shed, PlaceKind kind, PlaceNumber place, BayMatter matter)
{
    shed.tell(Lane::event, BayNoticed{.kind = kind,
                                      .place = place,
                                      .matter = matter,
                                      .outlet = 0,
                                      .card = 0,
                                      .lasted = std::nullopt});
}

}  // namespace

TEST_CASE("a bike where none must be is an alarm until the last one is gone", "[edge][alarm]")
{
    Shed shed;
    notice(shed, PlaceKind::zone, 3, BayMatter::forbidden);
    notice(shed, PlaceKind::zone, 4, BayMatter::forbidden);
    notice(shed, PlaceKind::zone, 3, BayMatter::settled);
    CHECK(shed.active(AlarmKind::bike_forbidden));
    // Bay 4 is no zone 4.
    notice(shed, PlaceKind::bay, 4, BayMatter::settled);
    CHECK(shed.active(AlarmKind::bike_forbidden));
    notice(shed, PlaceKind::zone, 4, BayMatter::settled);
    CHECK_FALSE(shed.active(AlarmKind::bike_forbidden));
}

TEST_CASE("a barrier taken away is an alarm until it is back", "[edge][alarm]")
{
    Shed shed;
    notice(shed, PlaceKind::barrier, 1, BayMatter::opened);
    CHECK(shed.active(AlarmKind::barrier_open));
    notice(shed, PlaceKind::barrier, 1, BayMatter::settled);
    CHECK_FALSE(shed.active(AlarmKind::barrier_open));
}

TEST_CASE("a sensor that is silent or faulty is an alarm, and a fire detector one of its own",
          "[edge][alarm]")
{
    Shed shed;
    notice(shed, PlaceKind::tag_reader, 5, BayMatter::sensor_silent);
    notice(shed, PlaceKind::bay, 5, BayMatter::sensor_faulty);
    CHECK(shed.active(AlarmKind::bay_unseen));
    CHECK_FALSE(shed.active(AlarmKind::detector_unseen));
    notice(shed, PlaceKind::tag_reader, 5, BayMatter::sensor_back);
    CHECK(shed.active(AlarmKind::bay_unseen));
    notice(shed, PlaceKind::bay, 5, BayMatter::sensor_back);
    CHECK_FALSE(shed.active(AlarmKind::bay_unseen));

    notice(shed, PlaceKind::heat_detector, 1, BayMatter::sensor_faulty);
    REQUIRE(shed.active(AlarmKind::detector_unseen));
    // It speaks again, and of fire: the cut is the alarm of that.
    notice(shed, PlaceKind::heat_detector, 1, BayMatter::fire);
    CHECK_FALSE(shed.active(AlarmKind::detector_unseen));
    CHECK_FALSE(shed.active(AlarmKind::heat));
}

TEST_CASE("a bike that stays too long is on the page and wakes nobody", "[edge][alarm]")
{
    Shed shed;
    for (const auto matter : {BayMatter::finished, BayMatter::overstay, BayMatter::not_charging})
        notice(shed, PlaceKind::bay, 3, matter);

    CHECK(shed.count() == 0);
    CHECK(shed.edge.site.fleet().post(1).bay(3).matter == BayMatter::not_charging);
}

TEST_CASE("a relay is told to be replaced once, and not again every day", "[edge][alarm]")
{
    Shed shed;
    const auto wear = [&](std::uint32_t left) {
        shed.tell(Lane::event,
                  RelayWear{.outlet = 4, .closings = 9, .hot_openings = 3, .left_permille = left});
    };
    const auto worn = [&] { return shed.edge.site.alarms().active(1, 4, AlarmKind::relay_worn); };
    wear(101);
    CHECK_FALSE(worn());
    wear(100);
    REQUIRE(worn());
    wear(90);
    CHECK(shed.first().count == 1);

    wear(1'000);
    CHECK_FALSE(worn());
}

TEST_CASE("a start that waits for its turn was not refused", "[edge][site]")
{
    Shed shed;
    const auto answer = [&](CommandOutcome outcome) {
        shed.tell(Lane::event, CommandResult{.command = {},
                                             .action = CommandAction::start,
                                             .outlet = 1,
                                             .outcome = outcome});
        return shed.edge.site.figures().refused_commands;
    };

    CHECK(answer(CommandOutcome::queued) == 0);
    CHECK(answer(CommandOutcome::done) == 0);
    CHECK(answer(CommandOutcome::queue_expired) == 1);
}
