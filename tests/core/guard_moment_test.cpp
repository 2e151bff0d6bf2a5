#include "firmware/core/guard/rules/session_limits.hpp"
#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// Moments between two others: a tick in which one thing is known and the next is not yet.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

TEST_CASE("a start is refused in every tick of an opening, and of the rest behind it",
          "[core][guard][start][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    REQUIRE(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    const auto from = rig.now();
    int busy = 0;
    while (rig.now() - from < Switching::rest - GuardRig::tick) {
        const auto outcome = rig.answer_to(rig.start(1));
        busy += outcome == CommandOutcome::outlet_busy ? 1 : 0;
        REQUIRE((outcome == CommandOutcome::outlet_busy || outcome == CommandOutcome::too_soon));
    }
    CHECK(busy >= Conduction::settle.count() / GuardRig::tick.count());
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("a clearing waits for the current, the verdict and the session's end, whatever it was",
          "[core][guard][latch][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.socket(1).pin = hal::OvercurrentPin::raised;
    rig.step();
    rig.socket(1).pin = hal::OvercurrentPin::quiet;
    const auto from = rig.now();
    while (rig.answer_to(rig.clear(1, TripCause::hard_overcurrent)) ==
           CommandOutcome::cause_present)
        REQUIRE(rig.now() - from < 3_s);
    CHECK(rig.now() - from > Conduction::settle);
    CHECK(rig.all<NewsEnded>().size() == 1);
}

TEST_CASE("an outlet whose meter was never heard is neither started nor cleared",
          "[core][guard][start][unit]")
{
    GuardRig rig{1};
    rig.socket(1).meter = GuardRig::Socket::Meter::dead;
    SECTION("started")
    {
        rig.restore(bench_settings);
        rig.run_for(10_s);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::meter_silent);
    }
    SECTION("cleared")
    {
        auto memory = nothing_latched;
        memory.latched[0] = TripCause::overload;
        REQUIRE(rig.guard().wish(memory));
        rig.run_for(10_s);
        CHECK(rig.answer_to(rig.clear(1, TripCause::overload)) == CommandOutcome::cause_present);
    }
}

TEST_CASE("an outlet whose coil does not agree is not started", "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).driver = GuardRig::Socket::Driver::shorted;
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::cause_present);
}

TEST_CASE("the chip's pin is not believed in the first tenth of a second",
          "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.socket(1).pin = hal::OvercurrentPin::raised;
    rig.run_for(95_ms);
    CHECK(rig.closed(1));
    rig.step();
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.trips() == std::vector{TripCause::hard_overcurrent});
}

TEST_CASE("a start that draws less than a charger's watt is given back, but its relay is sound",
          "[core][guard][session][unit]")
{
    auto settings = bench_settings;
    settings.types[0].no_load_wait = 1_s;
    auto rig = GuardRig::ready(1, settings);
    rig.socket(1).load = 1_mA;
    for (int start = 0; start < 7; ++start) {
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.run_for(20_s);
        CHECK(rig.end_of(1) == EndReason::no_load);
    }
    CHECK(rig.trips().empty());
}

TEST_CASE("current that began before a neighbour closed is a weld, not a mix-up",
          "[core][guard][opening][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).load = 1_A;
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    rig.run_until(2_s, [&] { return rig.socket(1).shown == 1_A; });
    REQUIRE(rig.answer_to(rig.start(2)) == CommandOutcome::done);
    rig.run_for(200_ms);
    CHECK(rig.trips() == std::vector{TripCause::relay_welded});
}

TEST_CASE("a post that stands alone forgets a broken loop without asking its group's line",
          "[core][guard][inputs][unit]")
{
    auto settings = bench_settings;
    settings.post.follows_group = 0;
    auto rig = GuardRig::ready(1, settings);
    rig.input(hal::PostInput::group) = hal::InputState::fault;
    rig.input(hal::PostInput::heat) = hal::InputState::fault;
    rig.run_for(1_s);
    REQUIRE(rig.trips() == std::vector{TripCause::input_failed});
    rig.input(hal::PostInput::heat) = hal::InputState::quiet;
    rig.run_for(11_s);
    CHECK(rig.all<NewsCleared>().size() == 1);
}

TEST_CASE("an outlet that was not cut for a leak has none to clear, whatever its circuit does",
          "[core][guard][residual][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    REQUIRE(rig.answer_to(rig.stop(2)) == CommandOutcome::done);
    rig.run_for(2_s);
    rig.post.circuits = 1;
    rig.post.outlets_per_circuit = 12;
    rig.post.residual[0] = 30_mA;
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.clear(2, TripCause::residual_current)) ==
          CommandOutcome::nothing_to_clear);
}

TEST_CASE("mains that has sunk but not yet tripped is not closed onto",
          "[core][guard][voltage][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.set_mains(160_V);
    rig.run_for(500_ms);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::voltage_out_of_range);
}

TEST_CASE("a rest that has fallen silent starts nothing, even if its wishes still come",
          "[core][guard][rest][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.rest = GuardRig::Rest::hung;
    rig.run_for(3_s);
    const auto ticket = rig.start(1);
    rig.step();
    CHECK_FALSE(rig.closed(1));
    rig.rest = GuardRig::Rest::alive;
    rig.run_for(1_s);
    CHECK(rig.outcome(ticket) == CommandOutcome::not_ready);
}

TEST_CASE("a reading from before the closing judges nothing", "[core][guard][start][unit]")
{
    Guard guard{one_outlet};
    REQUIRE(guard.wish(nothing_latched));
    Instant now{};
    const auto tick = [&](Milliamps current, Millis old) {
        now = now + 100_ms;
        auto post = good_post;
        post.contactor_coil = guard.contactor();
        const Millivolts noise{static_cast<std::int32_t>(now.since_boot().count() / 100 % 7)};
        const hal::OutletInputs input{.sample = hal::Sample{.at = Instant{now.since_boot() - old},
                                                            .voltage = 220_V + noise,
                                                            .current = current,
                                                            .power = {},
                                                            .pulses = 0},
                                      .contact = DeciCelsius{250},
                                      .coil = guard.relay(1)};
        guard.still_here(now);
        guard.tick(now, std::span{&input, 1}, post);
    };
    for (int i = 0; i < 100; ++i)
        tick({}, {});
    REQUIRE(guard.wish(WishStart{1, 1, 1, protocol::StartMeans::command, 1_h, 1000_Wh}));
    tick({}, {});
    REQUIRE(guard.relay(1) == hal::Relay::closed);
    tick(31_A, 101_ms);
    CHECK(guard.relay(1) == hal::Relay::closed);
    tick(31_A, 100_ms);
    CHECK(guard.relay(1) == hal::Relay::open);
}

TEST_CASE("each cap ends a session of its own accord", "[core][guard][session][unit]")
{
    const auto limits = protocol::factory<protocol::Limits>;
    const Grant generous{
        .means = protocol::StartMeans::command, .time_limit = 100_h, .energy_limit = 100'000_Wh};
    const auto at = [&](Millis elapsed, MilliwattHours energy) {
        return limit_reached(generous, limits, elapsed, energy);
    };
    CHECK_FALSE(at(limits.session_cap - 1_ms, limits.energy_cap - 1_mWh));
    CHECK(at(limits.session_cap, {}) == EndReason::time_cap);
    CHECK(at({}, limits.energy_cap) == EndReason::energy_limit);
}

TEST_CASE("two of the last three readings, whichever two, are enough to disbelieve a meter",
          "[core][guard][meter][unit]")
{
    hal::Sample good{.at = {}, .voltage = 220_V, .current = 1_A, .power = 220_W, .pulses = 0};
    auto bad = good;
    bad.power = 300_W;
    const auto cuts = [&](std::initializer_list<bool> lies) {
        Plausible rule;
        for (const bool lie : lies)
            rule.observe(lie ? bad : good);
        return rule.cut().has_value();
    };
    CHECK(cuts({true, true, false}));
    CHECK(cuts({true, false, true}));
    CHECK(cuts({false, true, true}));
    CHECK(cuts({true, true, true}));
    CHECK_FALSE(cuts({true, true, false, false}));
    CHECK_FALSE(cuts({true, false, false, true}));
    CHECK(Since{}.time(Instant{5_s}) == Millis{});
}

TEST_CASE("an input holds for its time to the millisecond, and not a millisecond less",
          "[core][guard][inputs][unit]")
{
    const auto after = [](hal::InputState state, Millis time) {
        HeldInput input;
        input.observe(Instant{}, state);
        return std::pair{input, Instant{time}};
    };
    using enum hal::InputState;
    const auto active_at = [&](Millis time) {
        const auto [input, now] = after(active, time);
        return input.active(now);
    };
    const auto failed_at = [&](Millis time) {
        const auto [input, now] = after(fault, time);
        return input.failed(now);
    };
    const auto good_at = [&](Millis time) {
        const auto [input, now] = after(active, time);
        return input.good(now);
    };
    const auto quiet_at = [&](hal::InputState state, Millis time) {
        const auto [input, now] = after(state, time);
        return input.quiet(now);
    };
    CHECK(active_at(10_ms));
    CHECK_FALSE(active_at(9_ms));
    CHECK(failed_at(500_ms));
    CHECK_FALSE(failed_at(499_ms));
    CHECK(good_at(10_s));
    CHECK_FALSE(good_at(9'999_ms));
    for (const auto state : {quiet, absent}) {
        CHECK(quiet_at(state, 10_s));
        CHECK_FALSE(quiet_at(state, 9'999_ms));
    }
}

TEST_CASE("mains is calm again five volts inside its limits, for five seconds",
          "[core][guard][voltage][unit]")
{
    constexpr auto limits = protocol::factory<protocol::PostLimits>;
    const auto calm = [&](Millivolts mains, Millis time) {
        Voltage rule;
        rule.observe(Instant{}, mains, limits);
        rule.observe(Instant{time}, mains, limits);
        return rule.calm_again(Instant{time});
    };
    for (const auto good : {limits.overvoltage - 5_V, limits.undervoltage + 5_V}) {
        CHECK(calm(good, 5_s));
        CHECK_FALSE(calm(good, 4'999_ms));
    }
    CHECK_FALSE(calm(limits.overvoltage - Millivolts{4'999}, 1_min));
    CHECK_FALSE(calm(limits.undervoltage + Millivolts{4'999}, 1_min));
    // What is not even a mains is nobody's undervoltage.
    Voltage rule;
    rule.observe(Instant{}, Millivolts{49'999}, limits);
    CHECK_FALSE(rule.cut(Instant{1_h}, limits));
    rule.observe(Instant{}, 50_V, limits);
    CHECK(rule.cut(Instant{1_h}, limits));
}
