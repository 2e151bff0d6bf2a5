#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// Starts that wait for their turn, and the budget they must fit into.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

Settings on_a_feeder(Milliamps amps, Milliwatts watts)
{
    auto settings = bench_settings;
    settings.post.current_budget = amps;
    settings.post.power_budget = watts;
    return settings;
}

/// Restored, with this post's place in the spread, and the mains there since boot.
GuardRig in_the_spread(std::uint32_t permille)
{
    GuardRig rig{2, permille};
    rig.restore(bench_settings);
    rig.run_for(6_s);
    return rig;
}

}  // namespace

TEST_CASE("closings of one post are staggered, in the order of their wishes",
          "[core][guard][turn][unit]")
{
    auto rig = GuardRig::ready(4);
    const std::array tickets{rig.start(3), rig.start(1), rig.start(4)};
    std::vector<Millis> closed_at;
    const auto from = rig.now();
    for (const auto outlet : {3, 1, 4}) {
        rig.run_until(1_s, [&] { return rig.closed(static_cast<protocol::OutletNumber>(outlet)); });
        closed_at.push_back(rig.now() - from);
    }
    CHECK(closed_at == std::vector{5_ms, 205_ms, 405_ms});
    for (const auto ticket : tickets)
        CHECK(rig.outcome(ticket) == CommandOutcome::done);
}

TEST_CASE("after the mains returned each post waits for its own place in the spread",
          "[core][guard][turn][unit]")
{
    // Half of 30 s, from the first reading of the mains.
    auto rig = in_the_spread(500);
    const auto ticket = rig.start(1);
    rig.run_for(8_s);
    CHECK_FALSE(rig.outcome(ticket));
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::outlet_busy);
    rig.run_for(2_s);
    CHECK(rig.outcome(ticket) == CommandOutcome::done);
    CHECK(rig.closed(1));
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::done);
}

TEST_CASE("F-002: a start that waits when the mains is lost is forgotten: nothing closes by itself "
          "when it returns",
          "[core][guard][turn][unit]")
{
    auto rig = in_the_spread(999);
    const auto ticket = rig.start(1);
    rig.step();
    rig.set_mains(0_V);
    rig.run_for(1_s);
    CHECK(rig.outcome(ticket) == CommandOutcome::voltage_out_of_range);
    rig.set_mains(220_V);
    rig.run_for(60_s);
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.all<NewsStarted>().empty());
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::done);
}

TEST_CASE("the spread begins anew with each return of the mains", "[core][guard][turn][unit]")
{
    auto rig = in_the_spread(500);
    rig.run_for(60_s);
    rig.set_mains(0_V);
    rig.run_for(2_s);
    rig.set_mains(220_V);
    rig.run_for(1_s);
    const auto ticket = rig.start(1);
    rig.run_for(13_s);
    CHECK_FALSE(rig.outcome(ticket));
    rig.run_for(2_s);
    CHECK(rig.outcome(ticket) == CommandOutcome::done);
}

TEST_CASE("I-23: what has become wrong while a start waited is judged when it would close",
          "[core][guard][turn][unit]")
{
    auto rig = in_the_spread(500);
    const auto hot = rig.start(1);
    rig.run_for(5_s);
    rig.socket(1).contact = bench_settings.types[0].contact_limit;
    rig.run_until(10_s, [&] {
        // Just under its hold time, so that the rule itself has not spoken.
        rig.socket(1).contact = rig.now().since_boot().count() % 400 == 0
                                    ? DeciCelsius{250}
                                    : bench_settings.types[0].contact_limit;
        return rig.outcome(hot).has_value();
    });
    CHECK((rig.outcome(hot) == CommandOutcome::cause_present || rig.closed(1)));
    CHECK(rig.outcome(hot) == CommandOutcome::cause_present);
    CHECK_FALSE(rig.closed(1));
}

TEST_CASE("I-22: a stop ends a start that still waits, and so does anything that opens the post",
          "[core][guard][turn][unit]")
{
    auto rig = in_the_spread(999);
    const auto first = rig.start(1);
    const auto second = rig.start(2);
    CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    CHECK(rig.outcome(first) == CommandOutcome::superseded);
    CHECK_FALSE(rig.outcome(second));
    CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::not_charging);
    SECTION("a stop of the whole post")
    {
        CHECK(rig.answer_to(rig.stop(protocol::whole_post)) == CommandOutcome::done);
    }
    SECTION("smoke")
    {
        rig.input(hal::PostInput::smoke) = hal::InputState::active;
        rig.run_for(50_ms);
    }
    SECTION("a rest that has fallen silent")
    {
        rig.rest = GuardRig::Rest::hung;
        rig.run_for(3_s);
        rig.rest = GuardRig::Rest::alive;
        rig.run_for(1_s);
    }
    CHECK(rig.outcome(second) == CommandOutcome::superseded);
    rig.run_for(40_s);
    CHECK(rig.all<NewsStarted>().empty());
}

TEST_CASE("nothing starts without its edge where a site wants it so", "[core][guard][turn][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    REQUIRE(rig.answer_to(rig.stop(2)) == CommandOutcome::done);
    rig.run_for(6_s);
    REQUIRE(rig.guard().wish(WishStarts{WishStarts::Policy::link_lost}));
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::link_lost);
    CHECK(rig.closed(1));
}

TEST_CASE("a start that does not fit the budget is refused, reckoned with its reserve",
          "[core][guard][budget][unit]")
{
    // A reserve is 200 W and, at 220 V and a power factor of 0.6, 1515 mA.
    struct Case {
        Milliamps amps;
        Milliwatts watts;
        CommandOutcome outcome;
    };
    for (const auto& [amps, watts, outcome] :
         {Case{63_A, 420_W, CommandOutcome::done},
          Case{63_A, Milliwatts{419'999}, CommandOutcome::over_budget},
          Case{Milliamps{2'515}, 14'000_W, CommandOutcome::done},
          Case{Milliamps{2'514}, 14'000_W, CommandOutcome::over_budget}}) {
        CAPTURE(amps.count(), watts.count());
        auto rig = GuardRig::ready(2, on_a_feeder(amps, watts));
        rig.socket(1).load = 1_A;
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.run_for(61_s);
        CHECK(rig.answer_to(rig.start(2)) == outcome);
    }
}

TEST_CASE("as long as a session is young it is reckoned with its reserve, or with more if it draws "
          "more",
          "[core][guard][budget][unit]")
{
    // Two reserves fit each of them, three do not.
    for (const auto& settings : {on_a_feeder(63_A, 500_W), on_a_feeder(4_A, 14'000_W)}) {
        auto rig = GuardRig::ready(3, settings);
        rig.socket(1).load = 100_mA;
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        // Those that wait are reckoned as well.
        rig.run_for(100_ms);
        const auto waits = rig.start(2);
        const auto last = rig.start(3);
        rig.step();
        CHECK_FALSE(rig.outcome(waits));
        CHECK(rig.outcome(last) == CommandOutcome::over_budget);
        rig.run_for(1_s);
        CHECK(rig.outcome(waits) == CommandOutcome::done);
        rig.run_for(58_s);
        CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::over_budget);
        rig.run_for(3_s);
        CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::done);
        auto heavy = GuardRig::ready(2, settings);
        heavy.socket(1).load = 3_A;
        REQUIRE(heavy.answer_to(heavy.start(1)) == CommandOutcome::done);
        heavy.run_for(2_s);
        CHECK(heavy.answer_to(heavy.start(2)) == CommandOutcome::over_budget);
    }
}

TEST_CASE("what draws more than the feeder carries is shed, newest first, until it fits",
          "[core][guard][budget][unit]")
{
    auto rig = GuardRig::ready(4, on_a_feeder(10_A, 14'000_W));
    constexpr protocol::OutletNumber order[] = {2, 4, 1, 3};
    for (const auto outlet : order) {
        rig.socket(outlet).load = 2_A;
        REQUIRE(rig.answer_to(rig.start(outlet)) == CommandOutcome::done);
    }
    rig.run_for(60_s);
    for (const auto outlet : order)
        rig.socket(outlet).load = 4_A;
    const auto from = rig.now();
    rig.run_until(20_s, [&] { return !rig.closed(3); });
    CHECK(rig.now() - from >= Budget::hold);
    CHECK(rig.now() - from <= Budget::hold + GuardRig::refresh + GuardRig::poll + 10_ms);
    const auto shed = rig.now();
    rig.run_until(20_s, [&] { return !rig.closed(1); });
    CHECK(rig.now() - shed == Budget::again);
    rig.run_for(60_s);
    CHECK(rig.closed(2));
    CHECK(rig.closed(4));
    CHECK(rig.end_of(3) == EndReason::shed);
    CHECK(rig.end_of(1) == EndReason::shed);
    CHECK(rig.trips().empty());
}

TEST_CASE("a budget that is exceeded for less than its hold time sheds nobody",
          "[core][guard][budget][unit]")
{
    auto rig = GuardRig::charging(2, 2_A, on_a_feeder(5_A, 14'000_W));
    for (int burst = 0; burst < 3; ++burst) {
        rig.socket(1).load = 4_A;
        rig.run_for(9_s);
        rig.socket(1).load = 2_A;
        rig.run_for(1_s);
    }
    CHECK(rig.closed(1));
    CHECK(rig.closed(2));
}

TEST_CASE("F-123: a start on a tripped, a blocked or a busy outlet is refused with its reason",
          "[core][guard][turn][unit]")
{
    auto rig = GuardRig::charging(3, 1_A);
    rig.socket(1).contact = DeciCelsius{800};
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::outlet_locked);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::outlet_busy);
    static_cast<void>(rig.stop(3));
    CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::outlet_busy);
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::too_soon);
    CHECK(rig.all<NewsStarted>().size() == 3);
}

TEST_CASE("an installer's test ends by its own name", "[core][guard][turn][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start({.ticket = 0,
                                     .outlet = 1,
                                     .session = 9,
                                     .means = protocol::StartMeans::test,
                                     .time_limit = 30_s,
                                     .energy_limit = 100_Wh})) == CommandOutcome::done);
    rig.run_for(32_s);
    CHECK(rig.end_of(1) == EndReason::test_over);
}
