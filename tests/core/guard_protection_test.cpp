#include "firmware/core/guard/rules/hard_overcurrent.hpp"
#include "firmware/core/guard/rules/meter_silence.hpp"
#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;

GuardRig charging(std::uint8_t outlets) { return GuardRig::charging(outlets, 900_mA); }

}  // namespace

TEST_CASE("a shorted cable loses its power in the tick of the sample that shows it, and its "
          "neighbour does not",
          "[core][guard][protection][unit]")
{
    auto rig = charging(2);

    rig.socket(1).load = 11_A;
    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1); });

    CHECK(took <= GuardRig::refresh + GuardRig::poll);
    CHECK(rig.trips() == Causes{TripCause::hard_overcurrent});
    CHECK(rig.closed(2));
    const auto trip = rig.all<NewsTripped>().front();
    CHECK(trip.at == rig.now());
    CHECK(trip.trip.outlet == 1);
    CHECK(trip.trip.measured == 11'000);
    CHECK(trip.trip.limit == 10'000);
    CHECK(trip.trip.count == 1);
    CHECK(trip.trip.session == rig.all<NewsStarted>().front().session);
    rig.run_for(2_s);
    CHECK(rig.all<NewsEnded>().front().reason == EndReason::tripped);
    CHECK(rig.state(1) == OutletState::locked_out);
}

TEST_CASE("an outlet that is closed onto an overload is cut by the first sample that may judge it",
          "[core][guard][protection][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 12_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);

    const auto took = rig.run_until(5_s, [&] { return !rig.closed(1); });

    CHECK(took >= inrush_blanking);
    CHECK(took <= inrush_blanking + GuardRig::refresh + GuardRig::poll);
    CHECK(rig.trips() == Causes{TripCause::hard_overcurrent});
}

TEST_CASE("an inrush inside the blanking is kept, a short circuit inside it is not",
          "[core][guard][protection][unit]")
{
    // The settings' pickup is moved away, so that only the hard limit can speak.
    auto settings = bench_settings;
    settings.types[0].hard_overcurrent = 8_A;
    for (const auto inrush : {24_A, Milliamps{24'001}}) {
        CAPTURE(inrush.count());
        Guard guard{one_outlet};
        REQUIRE(guard.wish(WishRestore{settings, {}, {}, WishRestore::Memory::good}));
        std::int64_t at = 0;
        const auto tick = [&](Milliamps current) {
            at += 200;
            auto post = good_post;
            post.contactor_coil = guard.contactor();
            const Millivolts noise{static_cast<std::int32_t>(at / 200 % 3)};
            const hal::OutletInputs input{.sample = hal::Sample{.at = Instant{Millis{at}},
                                                                .voltage = 220_V + noise,
                                                                .current = current,
                                                                .power = {},
                                                                .pulses = 0},
                                          .contact = DeciCelsius{250},
                                          .coil = guard.relay(1)};
            guard.still_here(Instant{Millis{at}});
            guard.tick(Instant{Millis{at}}, std::span{&input, 1}, post);
        };
        while (at < 20'000)
            tick(0_A);
        REQUIRE(guard.wish(WishStart{1, 1, 1, protocol::StartMeans::command, 1_h, 1000_Wh}));
        tick(0_A);
        REQUIRE(guard.relay(1) == hal::Relay::closed);

        tick(inrush);

        CHECK((guard.relay(1) == hal::Relay::closed) == (inrush == 24_A));
    }
}

TEST_CASE("F-007: an overload trips after the time of its curve, not before",
          "[core][guard][protection][unit]")
{
    struct Worked {
        Milliamps current;
        std::int64_t curve_ms;
    };
    auto settings = bench_settings;
    settings.types[0].overload_pickup = 4_A;
    settings.types[0].hard_overcurrent = 16_A;
    for (const auto& [current, curve_ms] : {Worked{6_A, 6'400}, {8_A, 2'667}, {12_A, 1'000}}) {
        CAPTURE(current.count());
        auto rig = GuardRig::charging(1, 1_A, settings);

        rig.socket(1).load = current;
        const auto took = rig.run_until(20_s, [&] { return !rig.closed(1); });

        // The meter shows a step within one refresh, and the poll after it.
        CHECK(took >= Millis{curve_ms});
        CHECK(took <= Millis{curve_ms} + GuardRig::refresh + GuardRig::poll + GuardRig::tick);
        CHECK(rig.trips() == Causes{TripCause::overload});
        CHECK(rig.all<NewsTripped>().front().trip.measured == current.count());
        CHECK(rig.all<NewsTripped>().front().trip.limit == 4'000);
        const auto held_for = rig.all<NewsTripped>().front().trip.held_for;
        CHECK(held_for >= Millis{curve_ms});
        CHECK(held_for <= Millis{curve_ms} + GuardRig::tick);
    }
}

TEST_CASE("an overload that pauses for a moment is judged by all that flowed",
          "[core][guard][protection][unit]")
{
    auto settings = bench_settings;
    settings.types[0].overload_pickup = 4_A;
    auto rig = GuardRig::charging(1, 1_A, settings);

    rig.socket(1).load = 8_A;
    rig.run_for(2_s);
    rig.socket(1).load = 1_A;
    rig.run_for(1_s);
    REQUIRE(rig.closed(1));
    rig.socket(1).load = 8_A;
    const auto took = rig.run_until(20_s, [&] { return !rig.closed(1); });

    CHECK(took < Millis{2'667});
    CHECK(rig.trips() == Causes{TripCause::overload});
}

TEST_CASE("F-007: after a reset the thermal memory is on the brink: no second full dose of an "
          "overload",
          "[core][guard][protection][unit]")
{
    const auto limits = protocol::factory<Limits>;
    Overload fresh;
    fresh.advance(Instant{}, 5_ms, limits.overload_pickup, limits);
    CHECK_FALSE(fresh.cut(Instant{}, limits));
    CHECK_FALSE(fresh.cooled(limits));
    fresh.advance(Instant{5_ms}, 5_ms, limits.overload_pickup + 1_mA, limits);
    CHECK(fresh.cut(Instant{5_ms}, limits));

    Overload rested;
    rested.advance(Instant{}, 5_ms, {}, limits);
    rested.advance(Instant{4_s}, 4_s, {}, limits);
    CHECK(rested.cooled(limits));
}

TEST_CASE("an overload has cooled when exactly half of its heat is gone",
          "[core][guard][protection][unit]")
{
    const auto limits = protocol::factory<Limits>;
    const auto cooled_after = [&](Millis time) {
        Overload rule;
        rule.advance(Instant{}, 60_s, limits.hard_overcurrent, limits);
        check(rule.cut(Instant{}, limits).has_value());
        rule.advance(Instant{time}, time, {}, limits);
        return rule.cooled(limits);
    };
    // However hot it is, the pickup itself never trips.
    Overload hot;
    hot.advance(Instant{}, 60_s, limits.hard_overcurrent, limits);
    hot.advance(Instant{5_ms}, 5_ms, limits.overload_pickup, limits);
    CHECK_FALSE(hot.cut(Instant{5_ms}, limits));
    // From the brink to nothing without current: TMS 0.1 of 80 s.
    CHECK(cooled_after(4_s));
    CHECK_FALSE(cooled_after(3'999_ms));
}

TEST_CASE("no clock and no current drive the thermal memory out of its bounds",
          "[core][guard][protection][unit]")
{
    const auto limits = protocol::loosest<Limits>;
    Overload rule;
    for (const auto current : {Milliamps{INT32_MAX}, Milliamps{INT32_MIN}, Milliamps{}})
        for (const auto span : {Millis{INT64_MAX / 4}, Millis{-1}, Millis{0}}) {
            rule.advance(Instant{}, span, current, limits);
            if (current == Milliamps{INT32_MAX} && span > Millis{0})
                CHECK(rule.cut(Instant{}, limits));
        }
    rule.advance(Instant{}, 60_s, {}, limits);
    rule.advance(Instant{}, 60_s, {}, limits);
    CHECK(rule.cooled(limits));
}

TEST_CASE("a contact that is hot when the post starts trips: a level, not an edge",
          "[core][guard][protection][unit]")
{
    GuardRig rig{2};
    rig.socket(2).contact = DeciCelsius{700};
    rig.restore(bench_settings);

    const auto took = rig.run_until(3_s, [&] { return !rig.trips().empty(); });

    CHECK(took <= 1_s);
    CHECK(rig.trips() == Causes{TripCause::contact_overheated});
    CHECK(rig.state(2) == OutletState::locked_out);
    CHECK(rig.state(1) == OutletState::idle);
}

TEST_CASE("a contact that heats up while charging opens its outlet within a second",
          "[core][guard][protection][unit]")
{
    auto rig = charging(2);

    rig.socket(1).contact = DeciCelsius{701};
    const auto took = rig.run_until(3_s, [&] { return !rig.closed(1); });

    CHECK(took <= Contact::budget);
    CHECK(rig.trips() == Causes{TripCause::contact_overheated});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 701);
    CHECK(rig.closed(2));
}

TEST_CASE("a temperature sensor that says nothing is a fault and never cold",
          "[core][guard][protection][unit]")
{
    auto rig = charging(1);

    rig.socket(1).contact = std::nullopt;
    const auto took = rig.run_until(3_s, [&] { return !rig.closed(1); });

    CHECK(took <= Contact::budget);
    CHECK(rig.trips() == Causes{TripCause::sensor_failed});
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.clear(1, TripCause::sensor_failed)) == CommandOutcome::cause_present);
}

TEST_CASE("one disturbed conversion of a temperature opens nothing",
          "[core][guard][protection][unit]")
{
    auto rig = charging(1);
    for (const auto glitch : {hal::Temperature{}, hal::Temperature{DeciCelsius{1'500}}}) {
        rig.socket(1).contact = glitch;
        rig.run_for(Contact::hold);
        rig.socket(1).contact = DeciCelsius{400};
        rig.run_for(1_s);
    }
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
}

TEST_CASE("a meter that falls silent opens its outlet: unknown power is not delivered",
          "[core][guard][protection][unit]")
{
    auto rig = charging(2);

    rig.socket(1).meter = GuardRig::Socket::Meter::dead;
    const auto took = rig.run_until(5_s, [&] { return !rig.closed(1); });

    CHECK(took > meter_silence_limit - GuardRig::poll);
    CHECK(took <= meter_silence_limit + GuardRig::tick);
    CHECK(rig.trips() == Causes{TripCause::meter_silent});
    CHECK(rig.closed(2));
    SECTION("and the end of its session is told although nobody can verify the opening")
    {
        rig.run_for(Outlet::end_told_by);
        REQUIRE(rig.all<NewsEnded>().size() == 1);
        CHECK(rig.all<NewsEnded>().front().reason == EndReason::tripped);
        CHECK(rig.answer_to(rig.clear(1, TripCause::meter_silent)) ==
              CommandOutcome::cause_present);
    }
}

TEST_CASE("an opening that nobody can see locks the outlet", "[core][guard][protection][unit]")
{
    auto rig = charging(1);
    rig.socket(1).meter = GuardRig::Socket::Meter::dead;
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);

    rig.run_for(4_s);

    CHECK(rig.trips() == Causes{TripCause::meter_silent});
    CHECK(rig.all<NewsEnded>().front().reason == EndReason::stopped);
    CHECK(rig.state(1) == OutletState::locked_out);
}

TEST_CASE("the first cut in the fixed order is the one that is named",
          "[core][guard][protection][unit]")
{
    // Hot for its hold time in the very tick whose sample shows a short circuit.
    auto rig = charging(1);
    rig.socket(1).load = 12_A;
    rig.run_until(1_s, [&] { return rig.socket(1).shown == 12_A || !rig.closed(1); });
    rig.socket(1).contact = DeciCelsius{900};
    rig.run_for(2_s);

    CHECK(rig.trips() == Causes{TripCause::hard_overcurrent});
}
