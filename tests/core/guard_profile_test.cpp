#include "firmware/core/guard/outlet_rules.hpp"
#include "firmware/core/guard/rules/too_little.hpp"
#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

// The rules that judge a charge by its course, minute by minute.

using namespace ks;
using namespace ks::core;
using protocol::TripCause;

namespace {

constexpr auto limits = protocol::factory<protocol::Limits>;

constexpr Milliwatts watts(std::int32_t count) { return Milliwatts{count * 1'000}; }

/// A charge whose power is told minute by minute, and what the slow rules say of it.
struct Charge {
    LoadProfile profile;
    NoTaper no_taper;
    LateRise late_rise;
    std::optional<Cut> cut;

    /// Minutes until something cuts, or all of them.
    int minutes_of(Milliwatts power, int minutes)
    {
        for (int minute = 1; minute <= minutes; ++minute) {
            const auto done = profile.advance(LoadProfile::minute, power);
            cut = no_taper.observe(profile, limits);
            if (!cut) cut = late_rise.observe(profile, *done, limits);
            if (cut) return minute;
        }
        return minutes;
    }
    /// Falls by so many thousandths a minute until it has come down to this.
    void tapers(std::int32_t permille_a_minute, Milliwatts until)
    {
        auto power = profile.mean();
        while (!cut && power > until) {
            power = permille_of(power, static_cast<std::uint32_t>(1'000 - permille_a_minute));
            static_cast<void>(minutes_of(power, 1));
        }
    }
};

bool same(const std::optional<Cut>& cut, const Cut& wanted)
{
    return cut && cut->cause == wanted.cause && cut->measured == wanted.measured &&
           cut->limit == wanted.limit && cut->held_for == wanted.held_for;
}

/// 200 W for two hours, and behind the knee.
Charge behind_the_knee(Milliwatts level)
{
    Charge charge;
    charge.minutes_of(watts(200), 120);
    charge.minutes_of(level, 5);
    check(charge.profile.past_knee() && !charge.cut);
    return charge;
}

}  // namespace

TEST_CASE("F-010: a battery that takes on and on behind the knee is cut after the taper's time",
          "[core][guard][no_taper][unit]")
{
    auto charge = behind_the_knee(watts(100));
    // It stood at this level since the minute before the one in which the knee was passed.
    CHECK(charge.minutes_of(watts(100), 400) == 149);
    REQUIRE(charge.cut);
    CHECK(same(charge.cut, Cut{TripCause::no_taper, 100'000, 60'000, limits.taper_hold}));
}

TEST_CASE("a fall by a fifth begins the taper's time anew, less than that does not",
          "[core][guard][no_taper][unit]")
{
    auto slower = behind_the_knee(watts(100));
    slower.minutes_of(watts(100), 100);
    CHECK(slower.minutes_of(watts(80), 400) == 49);

    auto falling = behind_the_knee(watts(100));
    falling.minutes_of(watts(100), 100);
    CHECK(falling.minutes_of(Milliwatts{79'999}, 400) == 151);
}

TEST_CASE("a healthy taper is never cut, neither a quick one nor the slowest",
          "[core][guard][no_taper][unit]")
{
    for (const auto permille : {60, 20, 4}) {
        CAPTURE(permille);
        Charge charge;
        charge.minutes_of(watts(200), 180);
        charge.tapers(permille, watts(10));
        CHECK_FALSE(charge.cut);
    }
}

TEST_CASE("a charger that begins gently once more and comes back to its peak was behind no knee",
          "[core][guard][no_taper][unit]")
{
    // As after a short loss of mains in mid-charge; then it charges on for hours.
    auto again = behind_the_knee(watts(100));
    again.minutes_of(watts(100), 40);
    CHECK(again.minutes_of(watts(190), 200) == 200);
    // What it falls to afterwards is measured from there.
    CHECK(again.minutes_of(watts(100), 400) == 151);

    auto hardly = behind_the_knee(watts(100));
    hardly.minutes_of(watts(100), 40);
    CHECK(hardly.minutes_of(Milliwatts{189'999}, 200) == 109);
    REQUIRE(hardly.cut);
    CHECK(same(hardly.cut, Cut{TripCause::no_taper, 189'999, 60'000, limits.taper_hold}));
}

TEST_CASE("a float below the fraction may last", "[core][guard][no_taper][unit]")
{
    auto floating = behind_the_knee(Milliwatts{59'999});
    CHECK(floating.minutes_of(Milliwatts{59'999}, 390) == 390);
    CHECK_FALSE(floating.cut);
    auto at_the_fraction = behind_the_knee(watts(60));
    at_the_fraction.minutes_of(watts(60), 390);
    CHECK(at_the_fraction.cut);
}

TEST_CASE("F-010: a charge that never comes to a knee is cut after the longest healthy one",
          "[core][guard][no_taper][unit]")
{
    Charge charge;
    charge.minutes_of(watts(200), 60);
    CHECK(charge.minutes_of(watts(180), 700) == 480);
    REQUIRE(charge.cut);
    CHECK(same(charge.cut, Cut{TripCause::no_taper, 180'000, 160'000, limits.taper_by}));

    Charge tapering;
    tapering.minutes_of(watts(200), 500);
    tapering.minutes_of(Milliwatts{159'999}, 60);
    CHECK_FALSE(tapering.cut);
}

TEST_CASE("a charge without any power has no taper to miss", "[core][guard][no_taper][unit]")
{
    Charge nothing;
    nothing.minutes_of({}, 530);
    CHECK_FALSE(nothing.cut);
}

TEST_CASE("F-010: power that creeps up behind the knee is cut once it has stood above its least",
          "[core][guard][late_rise][unit]")
{
    auto charge = behind_the_knee(watts(50));
    // A watt a minute: twenty minutes to the limit, fifteen above it.
    int minutes = 0;
    while (!charge.cut && minutes < 100)
        charge.minutes_of(watts(50 + ++minutes), 1);
    CHECK(minutes == 20 + 15);
    REQUIRE(charge.cut);
    CHECK(same(charge.cut, Cut{TripCause::late_rise, 35'000, 20'000, limits.late_rise_hold}));
}

TEST_CASE("a charger that changes its stage behind the knee is not creeping",
          "[core][guard][late_rise][unit]")
{
    auto charge = behind_the_knee(watts(50));
    charge.minutes_of(watts(60), 30);
    CHECK_FALSE(charge.cut);
    // One stage more, and together they are as much as may not be crept.
    charge.minutes_of(watts(70), 30);
    CHECK_FALSE(charge.cut);
    // Half of the limit within one minute is a stage; a little less is not.
    auto creeping = behind_the_knee(watts(50));
    for (const auto power : {59'999, 69'998, 70'000})
        creeping.minutes_of(Milliwatts{power}, 1);
    CHECK(creeping.minutes_of(watts(70), 30) == 15);
}

TEST_CASE("a rise that comes down again begins anew, and one below the limit is noise",
          "[core][guard][late_rise][unit]")
{
    auto charge = behind_the_knee(watts(50));
    for (int round = 0; round < 5; ++round) {
        charge.minutes_of(watts(59), 1);
        charge.minutes_of(watts(68), 1);
        charge.minutes_of(watts(70), 14);
        charge.minutes_of(Milliwatts{69'999}, 1);
    }
    CHECK_FALSE(charge.cut);
    charge.minutes_of(Milliwatts{69'999}, 60);
    CHECK_FALSE(charge.cut);
}

TEST_CASE("a weak charger's rise is measured against ten watts at least",
          "[core][guard][late_rise][unit]")
{
    const auto rises_to = [](std::int32_t milliwatts) {
        Charge charge;
        charge.minutes_of(watts(40), 60);
        charge.minutes_of(watts(5), 6);
        for (auto power = 5'000; power < milliwatts; power += 1'000)
            charge.minutes_of(Milliwatts{power}, 1);
        charge.minutes_of(Milliwatts{milliwatts}, 20);
        return charge.cut.has_value();
    };
    CHECK(rises_to(15'000));
    CHECK_FALSE(rises_to(14'999));
}

TEST_CASE("before the knee power may rise as it likes", "[core][guard][late_rise][unit]")
{
    Charge charge;
    for (int minute = 0; minute < 200; ++minute)
        charge.minutes_of(Milliwatts{50'000 + minute * 500}, 1);
    CHECK_FALSE(charge.cut);
}

TEST_CASE("the knee is five minutes in a row below 85 percent of the peak, and stays passed",
          "[core][guard][profile][unit]")
{
    Charge charge;
    charge.minutes_of(watts(100), 10);
    for (int round = 0; round < 3; ++round) {
        charge.minutes_of(watts(85), 4);
        CHECK_FALSE(charge.profile.past_knee());
        charge.minutes_of(Milliwatts{85'001}, 1);
    }
    charge.minutes_of(watts(85), 5);
    CHECK(charge.profile.past_knee());
    charge.minutes_of(watts(100), 5);
    CHECK(charge.profile.past_knee());
    CHECK(charge.profile.peak() == watts(100));
    CHECK(charge.profile.minutes() == 35);
    CHECK(charge.profile.elapsed() == 35_min);
}

TEST_CASE("a minute's mean is made of all that flowed in it", "[core][guard][profile][unit]")
{
    LoadProfile profile;
    CHECK_FALSE(profile.advance(15_s, watts(400)));
    const auto first = profile.advance(45_s, watts(0));
    REQUIRE(first);
    CHECK(first->mean == watts(100));
    CHECK(first->before == Milliwatts{});
    CHECK(profile.mean() == watts(100));
    const auto second = profile.advance(60_s, watts(50));
    CHECK(second->before == watts(100));
    CHECK(profile.peak() == watts(100));
}

TEST_CASE("a load that never drew enough to be a charger is given up after its time",
          "[core][guard][too_little][unit]")
{
    const auto given_up = [](Milliwatts power, int minutes, const protocol::Limits& judged) {
        LoadProfile profile;
        for (int minute = 0; minute < minutes; ++minute)
            profile.advance(LoadProfile::minute, power);
        profile.advance(10_s, power);
        return too_little(profile, judged);
    };
    CHECK(given_up(Milliwatts{9'999}, 30, limits));
    CHECK_FALSE(given_up(watts(10), 30, limits));
    CHECK_FALSE(given_up(Milliwatts{9'999}, 29, limits));
    // However little time it is given, a charge is not judged before its first minute.
    auto hasty = limits;
    hasty.least_power_within = 10_s;
    CHECK_FALSE(given_up(watts(200), 0, hasty));
    CHECK(given_up(watts(9), 1, hasty));
}

TEST_CASE("F-012: a second charger on a Y-cable is cut once the profile is known",
          "[core][guard][power_step][unit]")
{
    const auto cut_after = [](int known_minutes, Milliwatts peak, Milliwatts step) {
        LoadProfile profile;
        PowerStep rule;
        Instant now{};
        const auto second = [&](Milliwatts power) {
            now = now + 1_s;
            const auto cut = rule.observe(now, power, profile, limits);
            static_cast<void>(profile.advance(1_s, power));
            return cut;
        };
        for (int i = 0; i < known_minutes * 60; ++i)
            check(!second(peak));
        for (int i = 0; i <= 120; ++i)
            if (const auto cut = second(step)) {
                CHECK(cut->cause == TripCause::power_step);
                CHECK(cut->measured == step.count());
                CHECK(cut->held_for == limits.step_hold);
                return i;
            }
        return -1;
    };
    // 200 W and 80 W of room, which is more than its 35 percent.
    CHECK(cut_after(120, watts(200), Milliwatts{280'001}) == 30);
    CHECK(cut_after(120, watts(200), watts(280)) == -1);
    CHECK(cut_after(118, watts(200), watts(400)) == -1);
    // 600 W and its 35 percent.
    CHECK(cut_after(120, watts(600), Milliwatts{810'001}) == 30);
    CHECK(cut_after(120, watts(600), watts(810)) == -1);
    // The trickle before a charge proper is no profile.
    CHECK(cut_after(130, Milliwatts{79'999}, watts(300)) == -1);
    CHECK(cut_after(130, watts(80), watts(300)) == 30);
}

TEST_CASE("a charger may go over to full current before the knee, and behind it nothing may",
          "[core][guard][power_step][unit]")
{
    LoadProfile profile;
    PowerStep rule;
    Instant now{};
    const auto cut_within = [&](int minutes, Milliwatts power) {
        for (int i = 0; i < minutes * 60; ++i) {
            now = now + 1_s;
            if (rule.observe(now, power, profile, limits)) return true;
            static_cast<void>(profile.advance(1_s, power));
        }
        return false;
    };
    REQUIRE_FALSE(cut_within(70, watts(120)));
    CHECK_FALSE(cut_within(10, watts(260)));
    REQUIRE_FALSE(cut_within(6, watts(200)));
    REQUIRE(profile.past_knee());
    CHECK(cut_within(1, watts(400)));
}

TEST_CASE(
    "a charger that the mains left for a moment has its time again to go over to full current",
    "[core][guard][power_step][unit]")
{
    auto settings = bench_settings;
    settings.types[0].step_armed_after = 10_min;
    const auto trips_after = [&](Millivolts dip, Millis before, Millis after) {
        auto rig = GuardRig::charging(1, 1_A, settings);
        rig.run_for(before);
        rig.set_mains(dip);
        rig.run_for(1_s);
        rig.set_mains(220_V);
        rig.run_for(after);
        rig.socket(1).load = 2_A;
        rig.run_for(32_s);
        return !rig.trips().empty();
    };
    CHECK_FALSE(trips_after(Millivolts{159'000}, 8_min, 8_min));
    CHECK_FALSE(trips_after(0_V, 8_min, 8_min));
    CHECK(trips_after(161_V, 8_min, 8_min));
    CHECK(trips_after(0_V, 1_min, 11_min));
}

TEST_CASE("a step that is over within its hold time is none, and what was suspected is no part of "
          "the profile",
          "[core][guard][power_step][unit]")
{
    LoadProfile profile;
    PowerStep rule;
    Instant now{};
    const auto seconds = [&](int count, Milliwatts power) {
        for (int i = 0; i < count; ++i) {
            now = now + 1_s;
            if (rule.observe(now, power, profile, limits)) return true;
            static_cast<void>(profile.advance(1_s, power));
        }
        return false;
    };
    REQUIRE_FALSE(seconds(7'200, watts(200)));
    for (int round = 0; round < 5; ++round) {
        CHECK_FALSE(seconds(30, watts(500)));
        CHECK(profile.peak() == watts(200));
        CHECK_FALSE(seconds(90, watts(150)));
    }
    CHECK(seconds(31, watts(500)));
    // A peak that is not suspected any more counts again.
    CHECK_FALSE(seconds(120, watts(250)));
    CHECK(profile.peak() == watts(250));
}
