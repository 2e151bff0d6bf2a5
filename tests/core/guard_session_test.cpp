#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;

namespace {

/// At 220 V: 700 mA are 154 W.
GuardRig charging(const Settings& settings, const WishStart& wish)
{
    auto rig = GuardRig::ready(2, settings);
    rig.socket(1).load = 700_mA;
    check(rig.answer_to(rig.start(wish)) == CommandOutcome::done);
    return rig;
}

WishStart one_hour()
{
    return {.ticket = 0,
            .outlet = 1,
            .session = 1,
            .means = protocol::StartMeans::command,
            .time_limit = 1_h,
            .energy_limit = 1000_Wh};
}

GuardRig charging() { return charging(bench_settings, one_hour()); }

/// Runs until the session's end has been told, which must come in this time.
NewsEnded ended_within(GuardRig& rig, Millis time)
{
    rig.run_until(time, [&] { return !rig.all<NewsEnded>().empty(); });
    REQUIRE(rig.all<NewsEnded>().size() == 1);
    return rig.all<NewsEnded>().front();
}

constexpr Millis verdict{1'000};

}  // namespace

TEST_CASE("a session begins when its relay closes and ends when its current is seen to vanish",
          "[core][guard][session][unit]")
{
    auto rig = charging();
    CHECK(rig.closed(1));
    CHECK_FALSE(rig.closed(2));
    CHECK(rig.all<NewsStarted>().size() == 1);
    rig.run_for(60_s);
    CHECK(rig.state(1) == OutletState::charging);
    CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.state(1) == OutletState::opening);
    CHECK(rig.all<NewsEnded>().empty());

    const auto ended = ended_within(rig, verdict);

    CHECK(ended.reason == EndReason::stopped);
    CHECK(ended.elapsed == 60_s + GuardRig::tick);
    CHECK(std::abs(ended.energy.count() - 154'000 * 60 / 3'600) <= bench_pulse.milliwatt_hours);
    CHECK(ended.peak == Milliwatts{154'000});
    CHECK(rig.state(1) == OutletState::idle);
    CHECK(rig.trips().empty());
}

TEST_CASE("a session ends at the time it was granted", "[core][guard][session][unit]")
{
    auto wish = one_hour();
    wish.time_limit = 90_s;
    auto rig = charging(bench_settings, wish);

    const auto ended = ended_within(rig, 90_s + verdict);

    CHECK(ended.reason == EndReason::time_limit);
    CHECK(ended.elapsed == 90_s);
}

TEST_CASE("F-014: a cap that was tightened while charging ends the session that is beyond it",
          "[core][guard][session][unit]")
{
    auto rig = charging();
    rig.run_for(70_s);
    auto tighter = bench_settings;
    tighter.version = 1;
    tighter.types[0].session_cap = 1_min;
    CHECK(rig.answer_to(rig.change(tighter, Approval::none)) == CommandOutcome::done);
    CHECK(ended_within(rig, verdict).reason == EndReason::time_cap);
}

TEST_CASE("a session ends at the energy it was granted, and within a pulse of it",
          "[core][guard][session][unit]")
{
    auto wish = one_hour();
    wish.energy_limit = 5_Wh;
    auto rig = charging(bench_settings, wish);

    const auto ended = ended_within(rig, 5_min);

    CHECK(ended.reason == EndReason::energy_limit);
    CHECK(ended.energy >= 5_Wh);
    // What flows in one poll and until the opening is verified comes on top.
    CHECK(ended.energy <= 5_Wh + MilliwattHours{2 * bench_pulse.milliwatt_hours + 60});
}

TEST_CASE("F-014: the cap on energy holds when nothing else does", "[core][guard][session][unit]")
{
    auto settings = bench_settings;
    settings.types[0].energy_cap = 5_Wh;
    auto wish = one_hour();
    wish.energy_limit = 5_Wh;
    auto rig = charging(settings, wish);
    CHECK(ended_within(rig, 5_min).reason == EndReason::energy_limit);
}

TEST_CASE("F-013: full is low power by threshold and by the fraction of the peak, for its hold "
          "time",
          "[core][guard][session][full]")
{
    auto rig = charging();
    rig.run_for(60_s);
    rig.socket(1).load = 60_mA;  // 13.2 W, of 154 W
    rig.run_for(100_s);
    REQUIRE(rig.closed(1));
    rig.socket(1).load = 200_mA;  // 44 W: not full after all
    rig.run_for(5_s);
    rig.socket(1).load = 60_mA;
    rig.run_for(119_s);
    REQUIRE(rig.closed(1));

    CHECK(ended_within(rig, 3_s + verdict).reason == EndReason::full);
}

TEST_CASE("a weak charger at the threshold is not full as long as it holds its own peak",
          "[core][guard][session][full]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 60_mA;  // 13.2 W, and never more
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(10_min);
    CHECK(rig.state(1) == OutletState::charging);
}

TEST_CASE("an unplugged charger ends its session after the hold time, a wobble does not",
          "[core][guard][session][unplugged]")
{
    auto rig = charging();
    rig.run_for(30_s);
    rig.socket(1).load = {};
    rig.run_for(9_s);
    rig.socket(1).load = 700_mA;
    rig.run_for(2_s);
    REQUIRE(rig.closed(1));

    rig.socket(1).load = {};
    const auto ended = ended_within(rig, 12_s);

    CHECK(ended.reason == EndReason::unplugged);
}

TEST_CASE(
    "F-002: a session that the mains left is told as that, and a moment's absence ends nothing",
    "[core][guard][session][unplugged]")
{
    auto rig = charging();
    rig.run_for(30_s);
    const auto fails = [&] {
        rig.socket(1).load = {};
        rig.set_mains(0_V);
    };
    fails();
    rig.run_for(9_s);
    rig.set_mains(220_V);
    rig.socket(1).load = 700_mA;
    rig.run_for(20_s);
    REQUIRE(rig.closed(1));

    SECTION("it stays away")
    {
        fails();
        CHECK(ended_within(rig, 12_s).reason == EndReason::power_lost);
    }
    SECTION("it comes back too late for anybody to know what is plugged in")
    {
        fails();
        rig.run_for(8_s);
        rig.set_mains(220_V);
        CHECK(ended_within(rig, 4_s).reason == EndReason::power_lost);
    }
    SECTION("it was away before, and then somebody pulls the plug")
    {
        rig.socket(1).load = {};
        CHECK(ended_within(rig, 12_s).reason == EndReason::unplugged);
    }
}

TEST_CASE("F-002: starts that a loss of mains leaves without a load say nothing about the relay",
          "[core][guard][session][no_current]")
{
    auto rig = GuardRig::ready(2, bench_settings);
    const auto waits = bench_settings.types[0].no_load_wait;
    for (std::uint32_t i = 0; i <= NoCurrent::closings_most; ++i) {
        CAPTURE(i);
        rig.set_mains(220_V);
        rig.run_for(40_s);
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.set_mains(0_V);
        rig.run_for(waits + 2_s);
        const auto ends = rig.all<NewsEnded>();
        REQUIRE(ends.size() == i + 1);
        CHECK(ends.back().reason == EndReason::power_lost);
    }
    CHECK(rig.trips().empty());
}

TEST_CASE("an unplugged charger is named so, even where it would be full in the same moment",
          "[core][guard][session][unplugged]")
{
    auto settings = bench_settings;
    settings.types[0].full_hold = settings.types[0].unplugged_hold;
    auto rig = charging(settings, one_hour());
    rig.run_for(5_s);
    rig.socket(1).load = {};
    CHECK(ended_within(rig, 15_s).reason == EndReason::unplugged);
}

TEST_CASE("a shunt that is wired the wrong way round charges like any other",
          "[core][guard][session][unit]")
{
    auto rig = charging();
    rig.socket(1).shunt = GuardRig::Socket::Shunt::reversed;
    rig.run_for(60_s);

    CHECK(rig.state(1) == OutletState::charging);
    REQUIRE(rig.readings);
    CHECK(rig.readings->frame.outlets[0].power == Milliwatts{-154'000});
    CHECK(rig.readings->courses[0].peak == Milliwatts{154'000});
}

TEST_CASE("the mains of a post whose meters are all silent is unknown, not what it was",
          "[core][guard][readings][unit]")
{
    auto rig = GuardRig::ready(2);
    CHECK(rig.readings->frame.mains - 220_V < Millivolts{10});
    for (std::uint8_t outlet = 1; outlet <= 2; ++outlet)
        rig.socket(outlet).meter = GuardRig::Socket::Meter::dead;
    rig.run_for(3_s);
    CHECK(rig.readings->frame.mains == Millivolts{});
}

TEST_CASE("a start that nothing answers is given back", "[core][guard][session][unit]")
{
    auto rig = GuardRig::ready(1);
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(119_s);
    CHECK(rig.state(1) == OutletState::closing);

    const auto ended = ended_within(rig, 1_s + verdict);

    CHECK(ended.reason == EndReason::no_load);
    CHECK(ended.elapsed == bench_settings.types[0].no_load_wait);
    CHECK(ended.energy == MilliwattHours{});
}

TEST_CASE("a whole-post stop opens every outlet, and a stop of an open one says so",
          "[core][guard][session][stop]")
{
    auto rig = charging();
    rig.socket(2).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(2)) == CommandOutcome::done);
    rig.run_for(5_s);

    CHECK(rig.answer_to(rig.stop(protocol::whole_post)) == CommandOutcome::done);

    CHECK_FALSE(rig.closed(1));
    CHECK_FALSE(rig.closed(2));
    rig.run_for(2_s);
    CHECK(rig.all<NewsEnded>().size() == 2);
    CHECK(rig.answer_to(rig.stop(protocol::whole_post)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::not_charging);
    CHECK(rig.answer_to(rig.stop(3)) == CommandOutcome::unknown_outlet);
}

TEST_CASE("a stop works before anything is restored", "[core][guard][session][stop]")
{
    GuardRig rig{1};
    CHECK(rig.answer_to(rig.stop(protocol::whole_post)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::not_charging);
}

TEST_CASE("readings come every second and at each change, and their courses leave no gap",
          "[core][guard][readings][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).load = 700_mA;
    rig.run_for(300_ms);
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    REQUIRE(rig.readings);
    CHECK(rig.readings->at == rig.now());
    CHECK(rig.readings->frame.outlets[0].state == OutletState::closing);
    rig.run_for(10_s);

    Millis over{};
    std::int64_t changes = 0;
    std::optional<Instant> last;
    for (int i = 0; i < 2'000; ++i) {
        if (i == 1'000) rig.socket(1).load = 300_mA;
        rig.step();
        if (last == rig.readings->at) continue;
        if (last) {
            over += rig.readings->courses[0].over;
            ++changes;
            CHECK(rig.readings->at - *last <= Guard::readings_every);
        }
        last = rig.readings->at;
    }

    CHECK(over == Millis{Guard::readings_every.count() * changes});
    CHECK(rig.readings->frame.mains - 220_V < Millivolts{10});
    CHECK(rig.readings->sessions[0] != 0);
    CHECK(rig.readings->sessions[1] == 0);
    CHECK(rig.readings->courses[0].peak == Milliwatts{154'000});
    CHECK(rig.readings->courses[0].lowest == Milliwatts{66'000});
    CHECK(rig.readings->courses[0].mean == Milliwatts{66'000});
    CHECK(rig.readings->frame.outlets[0].contact == DeciCelsius{250});
}
