#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// What the post itself senses: its inputs, its mains, its cabinet, its rail.

using namespace ks;
using namespace ks::core;
using hal::InputState;
using hal::PostInput;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;

struct Detector {
    PostInput input;
    TripCause cause;
    hal::GroupLine group;
};
constexpr Detector detectors[] = {
    {PostInput::smoke, TripCause::smoke, hal::GroupLine::pulled},
    {PostInput::heat, TripCause::heat, hal::GroupLine::pulled},
    {PostInput::water, TripCause::water, hal::GroupLine::pulled},
    {PostInput::emergency, TripCause::emergency, hal::GroupLine::pulled},
    {PostInput::extinguisher, TripCause::extinguisher, hal::GroupLine::pulled},
    {PostInput::enclosure, TripCause::enclosure_opened, hal::GroupLine::released},
    {PostInput::tilt, TripCause::tilted, hal::GroupLine::released},
    {PostInput::group, TripCause::group_cut, hal::GroupLine::released},
};

CommandOutcome clear(GuardRig& rig, TripCause cause)
{
    return rig.answer_to(rig.clear(protocol::whole_post, cause));
}

}  // namespace

TEST_CASE("F-011: what a detector says opens everything within 50 ms and stays latched",
          "[core][guard][inputs][unit]")
{
    for (const auto& [input, cause, group] : detectors) {
        CAPTURE(static_cast<int>(cause));
        auto rig = GuardRig::charging(2, 1_A);
        rig.input(input) = InputState::active;

        const auto took = rig.run_until(1_s, [&] { return !rig.closed(1) && !rig.closed(2); });

        CHECK(took <= 50_ms);
        CHECK(took > HeldInput::active_hold);
        CHECK(rig.trips() == Causes{cause});
        CHECK(rig.all<NewsTripped>().front().trip.outlet == protocol::whole_post);
        CHECK(rig.all<NewsTripped>().front().trip.held_for == HeldInput::active_hold);
        CHECK(rig.all<NewsTripped>().front().trip.measured == 1);
        CHECK(rig.all<NewsTripped>().front().trip.limit == 0);
        CHECK(rig.guard().contactor() == hal::Relay::open);
        CHECK(rig.guard().group_line() == group);
        rig.run_for(2_s);
        CHECK(rig.end_of(1) == EndReason::tripped);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::hazard_present);
        CHECK(clear(rig, cause) == CommandOutcome::cause_present);

        rig.input(input) = InputState::quiet;
        rig.run_for(HeldInput::quiet_hold - 10_ms);
        CHECK(clear(rig, cause) == CommandOutcome::cause_present);
        rig.run_for(10_ms);
        CHECK(rig.guard().group_line() == group);
        CHECK(clear(rig, TripCause::overload) == CommandOutcome::wrong_cause);
        CHECK(clear(rig, cause) == CommandOutcome::done);
        CHECK(rig.guard().group_line() == hal::GroupLine::released);
        CHECK(rig.guard().contactor() == hal::Relay::closed);
        CHECK_FALSE(rig.closed(1));
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    }
}

TEST_CASE("F-011: a detector that chatters trips once and cannot be cleared between two bursts",
          "[core][guard][inputs][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    for (int burst = 0; burst < 30; ++burst) {
        rig.input(PostInput::smoke) = InputState::active;
        rig.run_for(300_ms);
        rig.input(PostInput::smoke) = InputState::quiet;
        rig.run_for(2_s);
        CHECK(clear(rig, TripCause::smoke) == CommandOutcome::cause_present);
    }
    CHECK(rig.trips() == Causes{TripCause::smoke});
}

TEST_CASE("a disturbance of the wire shorter than three ticks opens nothing, but nothing starts in "
          "it either",
          "[core][guard][inputs][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    REQUIRE(rig.answer_to(rig.stop(2)) == CommandOutcome::done);
    rig.run_for(10_s);
    for (int i = 0; i < 50; ++i) {
        rig.input(PostInput::smoke) = InputState::active;
        rig.run_for(10_ms);
        rig.input(PostInput::smoke) = InputState::quiet;
        rig.run_for(GuardRig::tick);
    }
    CHECK(rig.closed(1));
    rig.input(PostInput::smoke) = InputState::active;
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::hazard_present);
    CHECK_FALSE(rig.closed(2));
}

TEST_CASE("an input that is active when the post starts is obeyed: a level, not an edge",
          "[core][guard][inputs][unit]")
{
    GuardRig rig{1};
    rig.input(PostInput::heat) = InputState::active;
    rig.run_for(50_ms);
    CHECK(rig.trips() == Causes{TripCause::heat});
    rig.restore(bench_settings);
    rig.run_for(1_s);
    CHECK(rig.guard().contactor() == hal::Relay::open);
}

TEST_CASE("a post that stands alone is not cut by its group's line", "[core][guard][inputs][unit]")
{
    auto settings = bench_settings;
    settings.post.follows_group = 0;
    auto rig = GuardRig::charging(1, 1_A, settings);
    for (const auto state : {InputState::active, InputState::fault}) {
        rig.input(PostInput::group) = state;
        rig.run_for(5_s);
    }
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    rig.run_for(6_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("a broken or shorted loop is a fault and never quiet", "[core][guard][inputs][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.input(PostInput::emergency) = InputState::fault;

    const auto took = rig.run_until(2_s, [&] { return !rig.closed(1); });

    CHECK(took > HeldInput::fault_hold);
    CHECK(took <= HeldInput::fault_hold + 10_ms);
    REQUIRE(rig.trips() == Causes{TripCause::input_failed});
    CHECK(rig.all<NewsTripped>().front().trip.measured ==
          static_cast<std::int64_t>(PostInput::emergency));
    CHECK(rig.guard().contactor() == hal::Relay::closed);
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::hazard_present);

    SECTION("and is over by itself once the loop has been good for ten seconds")
    {
        for (int wobble = 0; wobble < 5; ++wobble) {
            rig.input(PostInput::emergency) = InputState::quiet;
            rig.run_for(9_s);
            rig.input(PostInput::emergency) = InputState::fault;
            rig.run_for(100_ms);
        }
        CHECK(rig.all<NewsCleared>().empty());
        rig.input(PostInput::emergency) = InputState::quiet;
        rig.run_for(HeldInput::good_hold + 10_ms);
        REQUIRE(rig.all<NewsCleared>().size() == 1);
        CHECK(rig.all<NewsCleared>().front().ticket == 0);
        CHECK(rig.trips().size() == 1);
        CHECK_FALSE(rig.closed(1));
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    }
}

TEST_CASE("of two detectors that speak in one tick the worse is told first",
          "[core][guard][inputs][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.input(PostInput::tilt) = InputState::active;
    rig.input(PostInput::smoke) = InputState::active;
    rig.input(PostInput::water) = InputState::fault;
    rig.input(PostInput::heat) = InputState::fault;
    rig.run_for(1_s);
    CHECK(rig.trips() == Causes{TripCause::smoke, TripCause::tilted, TripCause::input_failed});
    CHECK(rig.all<NewsTripped>().back().trip.measured ==
          static_cast<std::int64_t>(PostInput::heat));
}

TEST_CASE("F-004: mains above or below its limits opens everything, and is over by itself",
          "[core][guard][voltage][unit]")
{
    struct Case {
        Millivolts bad;
        Millivolts not_yet;
        Millivolts good;
        TripCause cause;
    };
    for (const auto& [bad, not_yet, good, cause] :
         {Case{300_V, 260_V, 258_V, TripCause::overvoltage},
          Case{160_V, 180_V, 182_V, TripCause::undervoltage}}) {
        CAPTURE(static_cast<int>(cause));
        auto rig = GuardRig::charging(2, 1_A);
        rig.set_mains(bad);
        const auto took = rig.run_until(3_s, [&] { return !rig.closed(1) && !rig.closed(2); });
        const auto hold = bench_settings.post.voltage_hold;
        CHECK(took >= hold);
        CHECK(took <= hold + GuardRig::refresh + GuardRig::poll + GuardRig::tick);
        REQUIRE(rig.trips() == Causes{cause});
        CHECK(rig.all<NewsTripped>().front().trip.measured / 1'000 == bad.count() / 1'000);
        rig.run_for(2_s);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::voltage_out_of_range);

        rig.set_mains(not_yet);
        rig.run_for(20_s);
        CHECK(rig.all<NewsCleared>().empty());
        rig.set_mains(good);
        rig.run_for(Voltage::calm - GuardRig::tick);
        CHECK(rig.all<NewsCleared>().empty());
        rig.run_for(600_ms);
        REQUIRE(rig.all<NewsCleared>().size() == 1);
        rig.run_for(20_s);
        CHECK_FALSE(rig.closed(1));
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    }
}

TEST_CASE("voltage at its limits, a swell and a loss are nobody's fault",
          "[core][guard][voltage][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    // The bench's noise is a few millivolts upwards.
    for (const auto mains : {Millivolts{263'990}, 176_V}) {
        rig.set_mains(mains);
        rig.run_for(5_s);
    }
    rig.set_mains(300_V);
    rig.run_for(900_ms);
    rig.set_mains(220_V);
    rig.run_for(2_s);
    CHECK(rig.closed(1));
    rig.set_mains(49_V);
    rig.run_for(5_s);
    CHECK(rig.trips().empty());
}

TEST_CASE("one meter that shows a wrong voltage decides nothing for its neighbours",
          "[core][guard][voltage][unit]")
{
    auto rig = GuardRig::charging(3, 1_A);
    rig.socket(2).voltage = 300_V;
    rig.run_for(10_s);
    CHECK(rig.trips().empty());
    CHECK(rig.closed(1));
}

TEST_CASE("voltage that is out of range but not yet for its hold time is not closed onto",
          "[core][guard][voltage][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.set_mains(270_V);
    rig.run_for(500_ms);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::voltage_out_of_range);
    CHECK(rig.trips().empty());
}

TEST_CASE("a rail on which a coil may let go opens everything, and is over by itself",
          "[core][guard][rail][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.post.rail = bench_settings.post.rail_least;
    rig.run_for(1_s);
    CHECK(rig.closed(1));
    rig.post.rail = bench_settings.post.rail_least - Millivolts{1};
    rig.run_for(PostRules::rail_hold);
    CHECK(rig.closed(1));
    rig.run_for(GuardRig::tick);
    REQUIRE(rig.trips() == Causes{TripCause::supply_low});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 9'999);
    CHECK_FALSE(rig.closed(1));
    rig.post.rail = 12_V;
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::hazard_present);
    CHECK(rig.all<NewsCleared>().empty());
    rig.run_for(PostRules::rail_calm);
    CHECK(rig.all<NewsCleared>().size() == 1);
    rig.post.rail = 9_V;
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::hazard_present);
    CHECK_FALSE(rig.closed(1));
}

TEST_CASE("a cabinet that is too hot opens everything, and is cleared once it has cooled",
          "[core][guard][cabinet][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.post.cabinet = DeciCelsius{699};
    rig.run_for(5_s);
    CHECK(rig.closed(1));
    rig.post.cabinet = DeciCelsius{700};
    const auto took = rig.run_until(2_s, [&] { return !rig.closed(1); });
    CHECK(took <= 1_s);
    CHECK(rig.trips() == Causes{TripCause::cabinet_overheated});
    rig.run_for(2_s);
    rig.post.cabinet = DeciCelsius{601};
    CHECK(clear(rig, TripCause::cabinet_overheated) == CommandOutcome::cause_present);
    rig.post.cabinet = DeciCelsius{600};
    CHECK(clear(rig, TripCause::cabinet_overheated) == CommandOutcome::done);
    rig.run_for(5_s);
    rig.post.cabinet = DeciCelsius{700};
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::hazard_present);
}

TEST_CASE("a cabinet sensor that says nothing is a fault and never cold",
          "[core][guard][cabinet][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.post.cabinet = std::nullopt;
    rig.run_for(1_s);
    CHECK(rig.trips() == Causes{TripCause::sensor_failed});
    CHECK_FALSE(rig.closed(1));
    rig.run_for(2_s);
    CHECK(clear(rig, TripCause::sensor_failed) == CommandOutcome::cause_present);
    rig.post.cabinet = DeciCelsius{250};
    CHECK(clear(rig, TripCause::sensor_failed) == CommandOutcome::done);
}

TEST_CASE("a fault that the rest has found is latched for the whole post",
          "[core][guard][rest][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    REQUIRE(rig.guard().wish(WishFault{.cause = TripCause::self_test_failed, .measured = 3}));
    rig.step();
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.guard().contactor() == hal::Relay::open);
    REQUIRE(rig.trips() == Causes{TripCause::self_test_failed});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 3);
    rig.run_for(5_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::self_test_failed);
    CHECK(clear(rig, TripCause::self_test_failed) == CommandOutcome::done);
    CHECK(clear(rig, TripCause::self_test_failed) == CommandOutcome::nothing_to_clear);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("smoke that the rest has found cuts contactor and group, and stands until it is gone",
          "[core][guard][rest][unit]")
{
    using Lasts = WishFault::Lasts;
    auto rig = GuardRig::charging(2, 1_A);
    const auto told = [&](Lasts lasts) {
        REQUIRE(
            rig.guard().wish(WishFault{.cause = TripCause::smoke, .measured = 4, .lasts = lasts}));
        rig.step();
    };
    told(Lasts::standing);
    CHECK_FALSE(rig.closed(1));
    CHECK_FALSE(rig.closed(2));
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.guard().group_line() == hal::GroupLine::pulled);
    REQUIRE(rig.trips() == Causes{TripCause::smoke});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 4);
    rig.run_for(20_s);
    CHECK(clear(rig, TripCause::smoke) == CommandOutcome::cause_present);

    // Told twice it is one cut.
    told(Lasts::standing);
    CHECK(rig.trips() == Causes{TripCause::smoke});
    told(Lasts::gone);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(clear(rig, TripCause::smoke) == CommandOutcome::done);
    CHECK(rig.guard().group_line() == hal::GroupLine::released);

    // What is gone was never there for anybody else's latch.
    told(Lasts::gone);
    CHECK(rig.trips() == Causes{TripCause::smoke});
}

TEST_CASE("the readings tell what the post senses", "[core][guard][readings][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    rig.post.circuits = 2;
    rig.post.residual = {2_mA, std::nullopt, {}, {}};
    rig.post.cabinet = DeciCelsius{333};
    rig.run_for(400_ms);
    rig.run_until(2_s, [&] { return rig.readings->post.cabinet == DeciCelsius{333}; });

    const auto& told = rig.readings->post;
    CHECK(told.rail == 12_V);
    REQUIRE(told.residual.size() == 2);
    CHECK(told.residual[0] == 2_mA);
    CHECK_FALSE(told.residual[1]);
    CHECK(told.inputs[0] == protocol::InputCondition::absent);
    CHECK(told.current == 2_A);
    CHECK(told.power == 440_W);
}
