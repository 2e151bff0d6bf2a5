#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// Faults that are nobody's alone: what several rules together make of them, end to end.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;

constexpr Milliamps clipped{33'000};  // all that a meter can show of a short circuit

bool any_closed(const GuardRig& rig) { return rig.closed(1) || rig.closed(2); }

}  // namespace

TEST_CASE("F-005: a short circuit is told with all that the meter could show of it",
          "[core][guard][short][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    rig.socket(1).load = clipped;
    rig.run_until(1_s, [&] { return !rig.closed(1); });
    REQUIRE(rig.trips() == Causes{TripCause::hard_overcurrent});
    CHECK(rig.all<NewsTripped>().front().trip.measured == clipped.count());
    REQUIRE(rig.traces.size() == 1);
    const auto& points = rig.traces.front().trace.points;
    CHECK(points[points.size() - 1].current == clipped);
    CHECK(points[points.size() - 2].current == 1_A);

    // The breaker in front of the post clears the rest, and takes mains and rail along.
    rig.set_mains({});
    rig.post.rail = 3_V;
    rig.run_for(5_s);
    CHECK(rig.trips() == Causes{TripCause::hard_overcurrent, TripCause::supply_low});
    CHECK_FALSE(any_closed(rig));

    rig.set_mains(220_V);
    rig.post.rail = 12_V;
    rig.run_for(60_s);
    CHECK_FALSE(any_closed(rig));
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::outlet_locked);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::done);
}

TEST_CASE("F-005: an outlet that is closed onto a short circuit says so, whatever may be an inrush",
          "[core][guard][short][unit]")
{
    auto rig = GuardRig::ready(1);
    // The meter's next window ends within the inrush.
    rig.run_until(1_s, [&] { return rig.now().since_boot().count() % 400 == 200; });
    rig.socket(1).load = clipped;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1); });
    CHECK(took < 200_ms);
    REQUIRE(rig.trips() == Causes{TripCause::load_shorted});
    CHECK(rig.all<NewsTripped>().front().trip.measured == clipped.count());
    CHECK(rig.all<NewsTripped>().front().trip.limit == 30'000);
}

TEST_CASE("F-005: a short circuit that takes the rail before any reading ends its session, and the "
          "last current is told",
          "[core][guard][short][unit]")
{
    auto rig = GuardRig::charging(1, 5_A);
    rig.socket(1).load = clipped;
    rig.post.rail = 3_V;
    rig.step();
    rig.set_mains({});
    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1); });
    CHECK(took <= PostRules::rail_hold + GuardRig::tick);
    REQUIRE(rig.trips() == Causes{TripCause::supply_low});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 3'000);
    CHECK(rig.readings->frame.outlets[0].current == 5_A);
    rig.run_for(5_s);
    CHECK(rig.end_of(1) == EndReason::tripped);
    CHECK(rig.all<NewsEnded>().front().peak >= 1'100_W);
}

TEST_CASE("F-007: a slow overload is cut within a minute at 120 percent, and at 105 percent by its "
          "curve",
          "[core][guard][protection][unit]")
{
    struct Worked {
        Milliamps current;
        std::int64_t curve_ms;
    };
    auto settings = bench_settings;
    settings.types[0].overload_pickup = 4_A;
    // By hand, TMS 0.1: 8 s / (1.44 - 1) and 8 s / (1.1025 - 1).
    for (const auto& [current, curve_ms] : {Worked{4'800_mA, 18'182}, {4'200_mA, 78'049}}) {
        CAPTURE(current.count());
        auto rig = GuardRig::charging(1, 1_A, settings);
        rig.socket(1).load = current;
        const auto took = rig.run_until(2_min, [&] { return !rig.closed(1); });
        CHECK(took >= Millis{curve_ms});
        CHECK(took <= Millis{curve_ms} + GuardRig::refresh + GuardRig::poll + GuardRig::tick);
        CHECK(rig.trips() == Causes{TripCause::overload});
    }
}

TEST_CASE("F-007: the memory of an overload survives a reset at its worst: the next one is cut "
          "within half a second, and what is below the pickup never",
          "[core][guard][protection][unit]")
{
    auto settings = bench_settings;
    settings.types[0].overload_pickup = 4_A;
    const auto after_reset = [&](Milliamps load) {
        GuardRig rig{1};
        rig.run_for(20_s);
        // Restored and started in one tick: no moment in which anything could have cooled.
        rig.restore(settings);
        rig.socket(1).load = load;
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.run_until(30_s, [&] { return !rig.closed(1); });
        return rig;
    };
    // A cold memory carries 6 A for 6.4 s.
    const auto overloaded = after_reset(6_A);
    CHECK(overloaded.trips() == Causes{TripCause::overload});
    CHECK(overloaded.all<NewsTripped>().front().trip.held_for <= 500_ms);
    CHECK(after_reset(4_A).closed(1));
}

TEST_CASE("F-013: a trickle is no reason to stay on: it ends as full, and at the cap where full "
          "would come later",
          "[core][guard][session][full]")
{
    auto settings = bench_settings;
    settings.types[0].session_cap = 5_min;
    for (const bool patient : {false, true}) {
        settings.types[0].full_hold = patient ? 4_h : 30_s;
        auto rig = GuardRig::ready(1, settings);
        rig.socket(1).load = 1_A;
        REQUIRE(rig.answer_to(rig.start(WishStart{.ticket = 0,
                                                  .outlet = 1,
                                                  .session = 1,
                                                  .means = protocol::StartMeans::command,
                                                  .time_limit = 5_min,
                                                  .energy_limit = 1000_Wh})) ==
                CommandOutcome::done);
        const auto began = rig.now();
        rig.run_for(1_min);
        rig.socket(1).load = 50_mA;  // 11 W of 220 W, for ever
        rig.run_until(1_h, [&] { return !rig.closed(1); });
        rig.run_for(1_s);
        if (patient) {
            CHECK(rig.end_of(1) == EndReason::time_limit);
            CHECK(rig.all<NewsEnded>().front().elapsed == 5_min);
        } else {
            CHECK(rig.end_of(1) == EndReason::full);
            CHECK(rig.now() - began <= 93_s);
        }
    }
}

TEST_CASE("F-014: the caps on time and energy end a session without any link, and through a jump "
          "of time",
          "[core][guard][session][unit]")
{
    auto settings = bench_settings;
    settings.types[0].session_cap = 2_h;
    settings.types[0].energy_cap = 20_Wh;
    settings.version = 1;
    // Granted under wider caps, so that nothing but the new ones can end them.
    auto rig = GuardRig::charging(2, 900_mA);
    REQUIRE(rig.guard().wish(WishStarts{WishStarts::Policy::link_lost}));
    REQUIRE(rig.answer_to(rig.change(settings, Approval::none)) == CommandOutcome::done);
    SECTION("energy: 198 W for six minutes, and nobody to say stop")
    {
        // 20 Wh at 198 W are 364 s, of which ten have gone.
        rig.run_for(345_s);
        CHECK(rig.closed(1));
        rig.run_for(20_s);
        CHECK(rig.end_of(1) == EndReason::energy_limit);
        CHECK(rig.all<NewsEnded>().back().energy < 21_Wh);
    }
    SECTION("time: two hours pass at once, and the first tick behind them opens")
    {
        rig.run_until(1_s, [&] { return rig.now().since_boot().count() % 100 == 95; });
        for (protocol::OutletNumber outlet = 1; outlet <= 2; ++outlet)
            rig.socket(outlet).energy_uws += std::int64_t{198'000} * (2_h).count();
        rig.lose_ticks(2_h);
        rig.step();
        CHECK_FALSE(any_closed(rig));
        rig.run_for(5_s);
        CHECK(rig.end_of(1) == EndReason::time_cap);
        CHECK(rig.end_of(2) == EndReason::time_cap);
    }
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::link_lost);
}

TEST_CASE("F-018: a guard that has not ticked yet tells every coil to be open",
          "[core][guard][coil][unit]")
{
    const Guard guard{one_outlet};
    CHECK(guard.relay(1) == hal::Relay::open);
    CHECK(guard.contactor() == hal::Relay::open);
    CHECK(guard.group_line() == hal::GroupLine::released);
    CHECK(guard.health() == Guard::Health::well);
}

TEST_CASE("F-018: a coil whose pin floated on through a reset is found before anything can start",
          "[core][guard][coil][unit]")
{
    GuardRig rig{2};
    rig.socket(1).load = 2_A;
    rig.socket(1).driver = GuardRig::Socket::Driver::shorted;
    const auto took = rig.run_until(1_s, [&] { return !rig.trips().empty(); });
    CHECK(took <= Coil::hold + GuardRig::tick + GuardRig::tick);
    CHECK(rig.trips() == Causes{TripCause::coil_mismatch});
    rig.restore(bench_settings);
    rig.run_for(10_s);
    // The contactor never closed, so nothing ever flowed.
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.socket(1).energy_uws == 0);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::contactor_open);
}
