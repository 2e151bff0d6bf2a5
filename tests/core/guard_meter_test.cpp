#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// Meters that fall silent, repeat themselves, lie, restart, or hang on each other's wires.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;
using Meter = GuardRig::Socket::Meter;

}  // namespace

TEST_CASE("F-022: a meter that repeats itself to the last digit opens its outlet",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    rig.socket(1).meter = Meter::frozen;

    const auto took = rig.run_until(5_s, [&] { return !rig.closed(1); });

    CHECK(took >= MeterFrozen::frozen_after - GuardRig::refresh);
    CHECK(took <= MeterFrozen::frozen_after + GuardRig::refresh + GuardRig::poll);
    REQUIRE(rig.trips() == Causes{TripCause::meter_frozen});
    CHECK(rig.all<NewsTripped>().front().trip.limit == 2'000);
    CHECK(rig.closed(2));
    // What it shows is from before the opening: nobody knows whether the current has gone.
    rig.run_for(3_s);
    CHECK(rig.answer_to(rig.clear(1, TripCause::meter_frozen)) == CommandOutcome::cause_present);
    rig.socket(1).meter = Meter::alive;
    rig.run_for(2_s);
    CHECK(rig.trips().size() == 1);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
    CHECK(rig.answer_to(rig.clear(1, TripCause::meter_frozen)) == CommandOutcome::done);
}

TEST_CASE("F-022: an outlet whose meter stands still is not started", "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).meter = Meter::frozen;
    rig.run_for(3_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::cause_present);
    rig.socket(1).meter = Meter::alive;
    rig.run_for(1_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("a dead mains does not move, and is no frozen meter", "[core][guard][meter][unit]")
{
    MeterFrozen rule;
    for (int i = 0; i < 100; ++i)
        rule.observe({.at = Instant{Millis{100 * i}},
                      .voltage = {},
                      .current = {},
                      .power = {},
                      .pulses = 7});
    CHECK_FALSE(rule.cut());
    hal::Sample still{.at = {}, .voltage = 220_V, .current = 1_A, .power = 220_W, .pulses = 7};
    for (const auto change : {0, 1, 2, 3}) {
        for (int i = 0; i < 20; ++i) {
            still.at = still.at + 100_ms;
            rule.observe(still);
        }
        CHECK_FALSE(rule.cut());
        if (change == 0) still.voltage += Millivolts{1};
        if (change == 1) still.current += 1_mA;
        if (change == 2) still.power += Milliwatts{1};
        if (change == 3) ++still.pulses;
    }
}

TEST_CASE("F-024: one frame that cannot be true opens nothing and adds nothing",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    for (int lie = 0; lie < 20; ++lie) {
        rig.socket(1).lies_by = 20_W;
        rig.run_for(GuardRig::poll);
        rig.socket(1).lies_by = {};
        rig.run_for(200_ms);
    }
    CHECK(rig.closed(1));
    REQUIRE(rig.readings);
    CHECK(rig.readings->courses[0].peak == 220_W);
}

TEST_CASE("F-024: two frames of three that cannot be true open the outlet",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.socket(1).lies_by = 20_W;
    rig.run_for(GuardRig::poll);
    CHECK(rig.closed(1));
    rig.socket(1).lies_by = {};
    rig.run_for(GuardRig::poll);
    CHECK(rig.closed(1));
    rig.socket(1).lies_by = 20_W;
    rig.run_for(GuardRig::poll);
    CHECK_FALSE(rig.closed(1));
    REQUIRE(rig.trips() == Causes{TripCause::meter_implausible});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 240'000);
    // V times I, six per cent and 3 W.
    CHECK(rig.all<NewsTripped>().front().trip.limit / 1'000 == 236);
    rig.run_for(2_s);
    rig.socket(1).lies_by = {};
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::outlet_locked);
    rig.run_for(1_s);
    CHECK(rig.answer_to(rig.clear(1, TripCause::meter_implausible)) == CommandOutcome::done);
}

TEST_CASE("F-024: an idle outlet whose meter lies is neither cleared nor started",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).lies_by = 20_W;
    rig.run_for(800_ms);
    CHECK(rig.answer_to(rig.start(1)) != CommandOutcome::done);
    CHECK_FALSE(rig.closed(1));
    Plausible rule;
    const hal::Sample worst{.at = {},
                            .voltage = Millivolts{INT32_MAX},
                            .current = Milliamps{INT32_MAX},
                            .power = Milliwatts{INT32_MIN},
                            .pulses = 0};
    rule.observe(worst);
    CHECK(rule.newest_lies());
    CHECK_FALSE(rule.cut());
    rule.observe(worst);
    REQUIRE(rule.cut());
    CHECK(rule.cut()->measured == INT32_MAX);
    CHECK(rule.cut()->limit == INT32_MAX);
}

TEST_CASE("what lies outside the meter's own range cannot be true", "[core][guard][meter][unit]")
{
    const auto can_be = [](std::int32_t mv, std::int32_t ma, std::int32_t mw) {
        return Plausible::can_be({.at = {},
                                  .voltage = Millivolts{mv},
                                  .current = Milliamps{ma},
                                  .power = Milliwatts{mw},
                                  .pulses = 0});
    };
    CHECK(can_be(420'000, 33'000, 0));
    CHECK_FALSE(can_be(420'001, 33'000, 0));
    CHECK_FALSE(can_be(420'000, 33'001, 0));
    CHECK_FALSE(can_be(-1, 0, 0));
    CHECK_FALSE(can_be(0, -1, 0));
    CHECK(can_be(0, 0, 3'000));
    CHECK(can_be(0, 0, -3'000));
    CHECK_FALSE(can_be(0, 0, 3'001));
    CHECK_FALSE(can_be(0, 0, -3'001));
    CHECK(can_be(220'000, 1'000, 236'200));
    CHECK_FALSE(can_be(220'000, 1'000, 236'201));
}

TEST_CASE("F-026: a chip that restarts within a session costs a pulse or two, and adds none",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::charging(1, 5_A);
    auto& socket = rig.socket(1);
    rig.run_for(30_s);
    socket.lost_pulses =
        static_cast<std::uint32_t>(socket.energy_uws / 3'600'000 / bench_pulse.milliwatt_hours);
    rig.run_for(30_s);
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    rig.run_for(2_s);

    const auto delivered = socket.energy_uws / 3'600'000;
    const auto told = rig.all<NewsEnded>().front().energy.count();
    CHECK(told <= delivered);
    CHECK(told >= delivered - 3 * bench_pulse.milliwatt_hours);
}

TEST_CASE("F-029: two meters on each other's wires open both outlets and lock them",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(3);
    rig.wiring = GuardRig::Wiring::crossed;
    rig.socket(1).load = 2_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);

    const auto took = rig.run_until(3_s, [&] { return !rig.closed(1); });

    CHECK(took <= 1'500_ms);
    rig.run_for(3_s);
    REQUIRE(rig.trips().size() >= 2);
    CHECK(rig.trips()[0] == TripCause::meters_mixed_up);
    CHECK(rig.trips()[1] == TripCause::meters_mixed_up);
    CHECK(rig.all<NewsTripped>()[0].trip.outlet == 1);
    CHECK(rig.all<NewsTripped>()[1].trip.outlet == 2);
    CHECK(rig.all<NewsTripped>()[0].trip.measured == 2'000);
    CHECK(rig.trips().size() == 2);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::outlet_locked);
    CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::done);
}

TEST_CASE("F-029: a relay that welds while a neighbour's socket is empty is still called welded",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(2);
    REQUIRE(rig.answer_to(rig.start(2)) == CommandOutcome::done);
    rig.run_for(3_s);
    rig.socket(1).load = 1_A;
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    const auto took = rig.run_until(5_s, [&] { return !rig.trips().empty(); });
    // Two in a row of 400 ms: began long after the neighbour's closing.
    CHECK(took <= 1'500_ms);
    CHECK(rig.trips().back() != TripCause::no_current);
    rig.run_for(2_s);
    CHECK(rig.guard().contactor() == hal::Relay::open);
}

TEST_CASE(
    "F-029: a neighbour that has just closed is given the time to show its own current before "
    "meters are called mixed up",
    "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.run_until(1_s, [&] { return rig.now().since_boot().count() % 400 == 5; });
    REQUIRE(rig.answer_to(rig.start(2)) == CommandOutcome::done);
    // Its charger wakes half a second later; meanwhile the other relay welds under load.
    rig.socket(1).load = 1_A;
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    rig.run_for(500_ms);
    rig.socket(2).load = 2_A;
    rig.run_for(3_s);
    CHECK(rig.trips() == std::vector{TripCause::relay_welded});
    CHECK(rig.guard().contactor() == hal::Relay::open);
}

TEST_CASE("F-031: what an open outlet's meter creeps belongs to no session",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).energy_uws += std::int64_t{3'600'000} * 2'000;
    rig.run_for(5_s);
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(30_s);
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    rig.run_for(2_s);
    const auto expected = 220'000 * 30 / 3'600;
    CHECK(std::abs(rig.all<NewsEnded>().front().energy.count() - expected) <=
          2 * bench_pulse.milliwatt_hours);
}

TEST_CASE("F-032: power and counted energy that tell different stories open the outlet",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::charging(1, 3_A);
    // Shown a fifth too low; the pulses count what flows.
    rig.socket(1).lies_by = Milliwatts{-132'000};
    const auto took = rig.run_until(11_min, [&] { return !rig.closed(1); });
    CHECK(took <= 10_min);
    CHECK(rig.trips() == Causes{TripCause::meter_implausible});

    auto honest = GuardRig::charging(1, 3_A);
    honest.socket(1).lies_by = Milliwatts{-40'000};
    honest.run_for(11_min);
    CHECK(honest.closed(1));
}

TEST_CASE("an idle outlet's meter may be silent for a minute, then somebody should know",
          "[core][guard][meter][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).meter = Meter::dead;
    rig.run_for(60_s - GuardRig::tick);
    CHECK(rig.trips().empty());
    rig.step();
    CHECK(rig.trips() == Causes{TripCause::meter_silent});
    // Never heard: silent since the first tick.
    GuardRig deaf{1};
    deaf.socket(1).meter = Meter::dead;
    deaf.run_for(60_s);
    CHECK(deaf.trips().empty());
    deaf.step();
    CHECK(deaf.trips() == Causes{TripCause::meter_silent});
}

TEST_CASE("F-027: a meter that answers and is not set up as it was told has lost its calibration: "
          "its outlet opens by that name and starts nothing",
          "[core][guard][meter][calibration][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    rig.socket(1).set_up = hal::MeterSetUp::lost;
    rig.run_for(3_s);
    CHECK(rig.closed(1));  // set up again within the second, it is heard all the time

    rig.socket(1).meter = Meter::dead;
    rig.run_for(2_s);
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.closed(2));
    CHECK(rig.trips() == Causes{TripCause::calibration_lost});
    CHECK(rig.answer_to(rig.clear(1, TripCause::calibration_lost)) ==
          CommandOutcome::cause_present);

    rig.socket(1).set_up = hal::MeterSetUp::held;
    rig.socket(1).meter = Meter::alive;
    rig.run_for(5_s);
    CHECK(rig.answer_to(rig.clear(1, TripCause::calibration_lost)) == CommandOutcome::done);

    auto idle = GuardRig::ready(1);
    idle.socket(1).set_up = hal::MeterSetUp::lost;
    idle.socket(1).meter = Meter::dead;
    idle.run_for(2_s);
    CHECK(idle.answer_to(idle.start(1)) == CommandOutcome::not_calibrated);
}

TEST_CASE("a trip tells the readings before it, the newest one by one",
          "[core][guard][trace][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.run_for(3_min);
    rig.socket(1).load = 11_A;
    rig.run_until(2_s, [&] { return !rig.closed(1); });
    rig.run_for(3_s);

    REQUIRE(rig.traces.size() == 1);
    const auto& trace = rig.traces.front().trace;
    CHECK(trace.outlet == 1);
    CHECK(trace.cause == TripCause::hard_overcurrent);
    CHECK(trace.session == rig.all<NewsTripped>().front().trip.session);
    const auto& points = trace.points;
    REQUIRE(points.size() > Trace::fine + 5);
    for (std::size_t i = 1; i < points.size(); ++i)
        CHECK(points[i].before < points[i - 1].before);
    CHECK(points[points.size() - 1].before == Millis{});
    CHECK(points[points.size() - 1].current == 11_A);
    CHECK(points[points.size() - 1].contact == DeciCelsius{250});
    CHECK(points[points.size() - 2].power == 220_W);
    CHECK(points[points.size() - Trace::fine].before == 1'100_ms);
    CHECK(points[0].before >= 2_min);
    CHECK(points[0].before - points[1].before == Trace::coarse_every);
    CHECK(points[1].before - points[2].before == 30_s);
}

TEST_CASE("a trace knows nothing older than a day", "[core][guard][trace][unit]")
{
    Trace trace;
    const auto add = [&](Instant at) {
        trace.add({.at = at, .voltage = 220_V, .current = 1_A, .power = 220_W, .pulses = 0}, {});
    };
    add(Instant{});
    add(Instant{1_s});
    CHECK(trace.before(Instant{1_s}).size() == 2);
    CHECK(trace.before(Instant{protocol::trace_span_most}).size() == 2);
    CHECK(trace.before(Instant{protocol::trace_span_most + 1_ms}).size() == 1);
    CHECK(trace.before(Instant{protocol::trace_span_most + 2_s}).empty());
}
