#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// Loads that come and go within one session: swapped, intermittent, too small.

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

/// Charges with 220 W for half a minute, then nothing is plugged in for so long, then this load.
GuardRig replugged(Millis nothing_for, Milliamps then)
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.run_for(20_s);
    rig.socket(1).load = {};
    rig.run_for(nothing_for);
    rig.socket(1).load = then;
    rig.run_for(30_s);
    return rig;
}

/// Draws and does not draw, for so long each, and so many times.
GuardRig flickering(std::uint32_t times, Millis each)
{
    auto rig = GuardRig::charging(1, 1_A);
    for (std::uint32_t i = 0; i < times; ++i) {
        rig.socket(1).load = {};
        rig.run_for(each);
        rig.socket(1).load = 1_A;
        rig.run_for(each);
    }
    return rig;
}

}  // namespace

TEST_CASE("F-012: another bike within a session gets nothing under the first one's authority",
          "[core][guard][swap][unit]")
{
    for (const auto other : {2_A, 500_mA}) {
        auto rig = replugged(3_s, other);
        CHECK(rig.end_of(1) == EndReason::load_swapped);
        CHECK_FALSE(rig.closed(1));
        CHECK(rig.trips().empty());
    }
}

TEST_CASE("the same bike plugged in again goes on, and so does one whose cable wobbled",
          "[core][guard][swap][unit]")
{
    CHECK(replugged(3_s, 1_A).closed(1));
    CHECK(replugged(3_s, 800_mA).closed(1));
    // Shorter than a gap: nobody unplugs one bike and plugs in another in a second.
    CHECK(replugged(1_s, 2_A).closed(1));
}

TEST_CASE("whoever plugs in some seconds after the start is not taken for another",
          "[core][guard][swap][unit]")
{
    auto rig = GuardRig::ready(1);
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(8_s);
    rig.socket(1).load = 1_A;
    rig.run_for(60_s);
    CHECK(rig.state(1) == OutletState::charging);
}

TEST_CASE("a loss of mains is no gap, and what draws after it is judged by nobody's authority",
          "[core][guard][swap][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    rig.set_mains(0_V);
    rig.run_for(3_s);
    rig.set_mains(220_V);
    rig.socket(1).load = 2_A;
    rig.run_for(30_s);
    CHECK_FALSE(rig.end_of(1) == EndReason::load_swapped);
}

TEST_CASE("a resumed session ends when another bike is there than before",
          "[core][guard][swap][unit]")
{
    const auto resumed = [](Milliwatts expected) {
        auto rig = GuardRig::ready(1);
        rig.socket(1).load = 1_A;
        check(rig.answer_to(rig.start(WishStart{.ticket = 0,
                                                .outlet = 1,
                                                .session = 5,
                                                .means = protocol::StartMeans::resumed,
                                                .time_limit = 1_h,
                                                .energy_limit = 1000_Wh,
                                                .expected = expected})) == CommandOutcome::done);
        rig.run_for(30_s);
        return rig.end_of(1);
    };
    CHECK(resumed(400_W) == EndReason::load_swapped);
    CHECK(resumed(100_W) == EndReason::load_swapped);
    CHECK_FALSE(resumed(220_W));
    CHECK_FALSE(resumed({}));
}

TEST_CASE("a small difference between small loads is no other bike", "[core][guard][swap][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto swapped = [&](std::int32_t before, std::int32_t after) {
        Swapped rule;
        Instant now{};
        bool found = false;
        const auto runs = [&](std::int64_t ms, std::int32_t milliwatts) {
            for (std::int64_t i = 0; i < ms / 100; ++i) {
                now = now + 100_ms;
                rule.observe(now, 100_ms, Milliwatts{milliwatts}, Supply::there, limits);
                found = rule.swapped(limits) || found;
            }
        };
        runs(60'000, before);
        runs(3'000, 0);
        runs(25'000, after);
        return found;
    };
    CHECK(swapped(40'000, 20'000));
    CHECK_FALSE(swapped(40'000, 20'001));
    CHECK(swapped(200'000, 150'000));
    CHECK_FALSE(swapped(200'000, 150'001));
    CHECK(swapped(150'000, 200'000));
    CHECK_FALSE(swapped(150'001, 200'000));
}

TEST_CASE("F-009: a plug that loses its contact six times within a minute is arcing",
          "[core][guard][arcing][unit]")
{
    auto rig = flickering(6, 1_s);
    REQUIRE(rig.trips() == std::vector{TripCause::arcing});
    const auto trip = rig.all<NewsTripped>().front().trip;
    CHECK(trip.measured == 6);
    CHECK(trip.limit == 6);
    CHECK(trip.held_for == 1_min);
    CHECK_FALSE(rig.closed(1));
}

TEST_CASE("five times is not yet arcing, and what was a minute ago is forgotten",
          "[core][guard][arcing][unit]")
{
    CHECK(flickering(5, 1_s).trips().empty());
    auto rig = flickering(5, 1_s);
    rig.run_for(65_s);
    for (int i = 0; i < 5; ++i) {
        rig.socket(1).load = {};
        rig.run_for(1_s);
        rig.socket(1).load = 1_A;
        rig.run_for(1_s);
    }
    CHECK(rig.trips().empty());
}

TEST_CASE("F-003: mains that comes and goes is not an arcing plug, whichever meter sees it first",
          "[core][guard][arcing][unit]")
{
    auto rig = GuardRig::charging(3, 1_A);
    for (int dip = 0; dip < 20; ++dip) {
        // The meters of the others are polled before and after this one's.
        for (const auto mains : {0_V, 220_V}) {
            for (std::uint8_t outlet = 1; outlet <= 3; ++outlet) {
                rig.socket(outlet).voltage = mains;
                rig.run_for(200_ms);
            }
            rig.run_for(400_ms);
        }
    }
    CHECK(rig.trips().empty());
}

TEST_CASE("a charger that pulses draws its own watt in between, and one that jumps warms nothing",
          "[core][guard][arcing][unit]")
{
    auto rig = GuardRig::charging(1, 1_A);
    for (int i = 0; i < 60; ++i) {
        rig.socket(1).load = i % 2 == 0 ? 5_mA : 1_A;
        rig.run_for(1_s);
    }
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
}

TEST_CASE("F-009: power that jumps while the contact warms is arcing as well",
          "[core][guard][arcing][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto measured = [&](DeciCelsius warms, int jumps, Supply supply) {
        Dropouts rule;
        Instant now{};
        const auto reads = [&](std::int32_t power, DeciCelsius contact) {
            rule.observe(now, {Milliwatts{power}, contact, supply}, limits);
            now = now + 400_ms;
        };
        for (int i = 0; i < 100; ++i)
            reads(200'000, DeciCelsius{250});
        for (int i = 0; i < jumps; ++i)
            reads(i % 2 == 0 ? 99'999 : 200'000, DeciCelsius{250} + warms);
        const auto cut = rule.cut(limits);
        return cut ? cut->measured : 0;
    };
    CHECK(measured(DeciCelsius{10}, 60, Supply::there) == 6);
    CHECK(measured(DeciCelsius{9}, 60, Supply::there) == 0);
    CHECK(measured(DeciCelsius{10}, 59, Supply::there) == 0);
    CHECK(measured(DeciCelsius{10}, 60, Supply::gone) == 0);
}

TEST_CASE("F-009: power that collapses, chatters low and does not come back is arcing, however "
          "cool",
          "[core][guard][arcing][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    const auto measured_from = [&](std::int32_t full, std::int32_t low, int jumps,
                                   std::int32_t then, Supply supply) {
        Dropouts rule;
        Instant now{};
        const auto reads = [&](std::int32_t power) {
            rule.observe(now, {Milliwatts{power}, DeciCelsius{250}, supply}, limits);
            now = now + 400_ms;
        };
        for (const auto power : {full, full, low})
            reads(power);
        for (int i = 0; i < jumps; ++i)
            reads(i % 2 == 0 ? low / 4 * 3 - 100 : low);
        reads(then);
        const auto cut = rule.cut(limits);
        return cut ? cut->measured : 0;
    };
    const auto measured = [&](std::int32_t low, int jumps, std::int32_t then, Supply supply) {
        return measured_from(200'000, low, jumps, then, supply);
    };
    CHECK(measured(39'999, 23, 39'999, Supply::there) == 6);
    CHECK(measured(39'999, 22, 39'999, Supply::there) == 0);
    CHECK(measured(39'999, 23, 100'000, Supply::there) == 0);
    CHECK(measured(54'000, 40, 54'000, Supply::there) == 0);  // 40.4 W at its lowest
    CHECK(measured(39'999, 40, 39'999, Supply::gone) == 0);
    // What a charge at its end does is its charger's business.
    CHECK(measured_from(110'000, 21'999, 23, 21'999, Supply::there) == 6);
    CHECK(measured_from(109'999, 21'999, 23, 21'999, Supply::there) == 0);
}

TEST_CASE("F-009: a collapse is one from half of the most that was drawn, in one step or in two; a "
          "charger that pulses falls to its float from less",
          "[core][guard][arcing][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    struct Stage {
        std::int32_t power;
        int readings;
    };
    const auto measured = [&](std::initializer_list<Stage> course, std::int32_t low) {
        Dropouts rule;
        Instant now{};
        const auto reads = [&](std::int32_t power) {
            rule.observe(now, {Milliwatts{power}, DeciCelsius{250}, Supply::there}, limits);
            now = now + 400_ms;
        };
        for (const auto& stage : course)
            for (int i = 0; i < stage.readings; ++i)
                reads(stage.power);
        for (int i = 0; i < 25; ++i)
            reads(i % 2 == 0 ? low : low / 4 * 3 - 100);
        const auto cut = rule.cut(limits);
        return cut ? cut->measured : 0;
    };
    CHECK(measured({{240'000, 10}, {120'000, 30}}, 23'999) == 6);
    CHECK(measured({{240'001, 10}, {120'000, 30}}, 23'999) == 0);
    // What was drawn in the bucket that runs, and in the one before, is what it fell from.
    CHECK(measured({{300'000, 2}, {60'000, 1}}, 11'000) == 6);
    CHECK(measured({{300'000, 14}, {60'000, 8}}, 11'000) == 6);
    CHECK(measured({{300'000, 2}, {140'000, 30}}, 11'000) == 0);
}

TEST_CASE("F-009: the first minute of a session already knows how warm its contact was",
          "[core][guard][arcing][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    Dropouts rule;
    Instant now{};
    const auto reads = [&](std::int32_t power, std::int32_t contact) {
        rule.observe(now, {Milliwatts{power}, DeciCelsius{contact}, Supply::there}, limits);
        now = now + 400_ms;
    };
    for (int i = 0; now < Instant{56_s}; ++i)
        reads(i % 2 == 0 ? 200'000 : 90'000, i < 10 ? 250 : 300);
    CHECK(rule.cut(limits));
}

TEST_CASE("an outlet that was forgotten by its meter for minutes begins its minute anew",
          "[core][guard][arcing][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    Dropouts rule;
    Instant now{};
    const auto flicker = [&](int times) {
        for (int i = 0; i < times; ++i)
            for (const auto power : {200'000, 0, 200'000}) {
                rule.observe(now, {Milliwatts{power}, DeciCelsius{250}, Supply::there}, limits);
                now = now + 100_ms;
            }
    };
    flicker(5);
    now = now + 10_min;
    flicker(5);
    CHECK_FALSE(rule.cut(limits));
    flicker(1);
    CHECK(rule.cut(limits));
}

TEST_CASE("a phone or a lamp is given back after its time", "[core][guard][session][unit]")
{
    auto settings = bench_settings;
    settings.types[0].least_power_within = 10_s;
    auto rig = GuardRig::charging(1, 40_mA, settings);
    rig.run_for(45_s);
    CHECK(rig.closed(1));
    rig.run_for(10_s);
    CHECK(rig.end_of(1) == EndReason::too_little_power);
}

TEST_CASE("a slow rule's verdict opens the outlet and is named", "[core][guard][profile][unit]")
{
    auto settings = bench_settings;
    auto& limits = settings.types[0];
    SECTION("a second charger on a Y-cable")
    {
        limits.step_armed_after = 10_s;
        auto rig = GuardRig::charging(1, 1_A, settings);
        rig.run_for(60_s);
        rig.socket(1).load = 2_A;
        rig.run_for(32_s);
        CHECK(rig.trips() == std::vector{TripCause::power_step});
    }
    SECTION("a battery that does not taper")
    {
        limits.taper_by = 2_min;
        auto rig = GuardRig::charging(1, 1_A, settings);
        rig.run_for(115_s);
        CHECK(rig.trips() == std::vector{TripCause::no_taper});
    }
    SECTION("power that rises late")
    {
        limits.late_rise_hold = 1_min;
        auto rig = GuardRig::charging(1, 1_A, settings);
        rig.run_for(60_s);
        rig.socket(1).load = 200_mA;
        rig.run_for(6_min);
        for (auto load = 240; load < 480; load += 40) {
            rig.socket(1).load = Milliamps{load};
            rig.run_for(60_s);
        }
        CHECK(rig.trips() == std::vector{TripCause::late_rise});
    }
}
