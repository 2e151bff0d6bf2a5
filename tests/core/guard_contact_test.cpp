#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;

/// Warms by so many tenths of a degree every second until it opens, or for so long.
Millis warms(GuardRig& rig, std::int32_t a_second, Millis most)
{
    const auto from = rig.now();
    while (rig.closed(1) && rig.now() - from < most) {
        rig.run_for(1_s);
        *rig.socket(1).contact += DeciCelsius{a_second};
    }
    return rig.now() - from;
}

}  // namespace

TEST_CASE("F-019: a contact that warms too fast opens its outlet long before it is too hot",
          "[core][guard][contact][unit]")
{
    auto rig = GuardRig::charging(1, 5_A);
    rig.socket(1).contact = DeciCelsius{350};
    rig.run_for(61_s);
    // 18 degrees a minute; 12 are allowed.
    const auto took = warms(rig, 3, 2_min);

    CHECK(took <= 60_s);
    REQUIRE(rig.trips() == Causes{TripCause::contact_rising});
    const auto trip = rig.all<NewsTripped>().front().trip;
    CHECK(trip.measured >= trip.limit);
    CHECK(trip.limit == 120);
    CHECK(*rig.socket(1).contact < bench_settings.types[0].contact_limit);
    rig.run_for(2_s);
    rig.socket(1).contact = DeciCelsius{601};
    CHECK(rig.answer_to(rig.clear(1, TripCause::contact_rising)) == CommandOutcome::cause_present);
    rig.socket(1).contact = DeciCelsius{600};
    CHECK(rig.answer_to(rig.clear(1, TripCause::contact_rising)) == CommandOutcome::done);
}

TEST_CASE("a contact that warms as any contact does under load goes on",
          "[core][guard][contact][unit]")
{
    auto rig = GuardRig::charging(1, 5_A);
    // 6 degrees a minute, from 25.
    warms(rig, 1, 6_min);
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
}

TEST_CASE("a cold night's first current may warm a contact as fast as it likes",
          "[core][guard][contact][unit]")
{
    auto rig = GuardRig::charging(1, 5_A);
    rig.socket(1).contact = DeciCelsius{-150};
    rig.run_for(10_s);
    // 48 degrees a minute, up to 34.
    warms(rig, 8, 61_s);
    rig.run_for(3_min);
    CHECK(rig.closed(1));
}

TEST_CASE("the rise is over one minute, of the lower of two readings, twice in a row",
          "[core][guard][contact][unit]")
{
    constexpr auto limits = protocol::factory<protocol::Limits>;
    ContactRise rule;
    Instant now{};
    std::vector<int> cuts;
    const auto reads = [&](std::int32_t contact, int steps) {
        for (int i = 0; i < steps; ++i) {
            if (rule.observe(now, DeciCelsius{contact}, limits)) cuts.push_back(i);
            CHECK_FALSE(rule.observe(now + 2_s, std::nullopt, limits));
            now = now + ContactRise::step;
        }
    };
    reads(300, 20);
    reads(419, 20);
    CHECK(cuts.empty());
    // The minute begins behind the first of them, so eleven of twelve steps see the rise.
    reads(300, 20);
    reads(420, 1);
    reads(300, 20);
    CHECK(cuts.empty());
    reads(420, 14);
    CHECK(cuts.size() == 11);
    CHECK(cuts.front() == 1);
    // Below the warmth from which it matters.
    cuts.clear();
    reads(229, 20);
    reads(349, 20);
    CHECK(cuts.empty());
    reads(230, 20);
    reads(350, 3);
    CHECK(cuts.size() == 2);
}

TEST_CASE("one disturbed conversion is no rise, however high", "[core][guard][contact][unit]")
{
    auto rig = GuardRig::charging(1, 5_A);
    rig.socket(1).contact = DeciCelsius{330};
    rig.run_for(61_s);
    for (int i = 0; i < 100; ++i) {
        rig.socket(1).contact = DeciCelsius{690};
        rig.run_for(400_ms);
        rig.socket(1).contact = DeciCelsius{400};
        rig.run_for(100_ms);
    }
    // An hour ago the contact was cold: that is not what is asked.
    CHECK(rig.closed(1));
    CHECK(rig.trips().empty());
}

// Half an hour, tick by tick.
TEST_CASE("F-020: a contact sensor that stands still under load for half an hour is not measuring",
          "[core][guard][contact][slow]")
{
    auto rig = GuardRig::charging(1, 3_A);
    rig.run_for(29_min);
    CHECK(rig.closed(1));
    rig.run_for(2_min);
    REQUIRE(rig.trips() == Causes{TripCause::sensor_failed});
    CHECK(rig.all<NewsTripped>().front().trip.measured == 30);
    CHECK(rig.all<NewsTripped>().front().trip.limit == 30);
}

TEST_CASE("a sensor that stands still without a load, or moves once, is sound",
          "[core][guard][contact][unit]")
{
    SensorFrozen rule;
    const auto at = [](std::int64_t minutes) { return Instant{Millis{minutes * 60'000}}; };
    CHECK_FALSE(rule.observe(at(0), DeciCelsius{250}, 999_mA));
    CHECK_FALSE(rule.observe(at(40), DeciCelsius{250}, 999_mA));
    CHECK_FALSE(rule.observe(at(60), DeciCelsius{250}, 1_A));
    CHECK_FALSE(rule.observe(at(69), DeciCelsius{250}, 1_A));
    const auto cut = rule.observe(at(70), DeciCelsius{250}, 1_A);
    REQUIRE(cut);
    CHECK(cut->measured == 30);
    CHECK(cut->limit == 30);
    CHECK_FALSE(rule.observe(at(71), DeciCelsius{251}, 1_A));
    CHECK_FALSE(rule.observe(at(100), DeciCelsius{251}, 1_A));
    CHECK_FALSE(rule.observe(at(101), std::nullopt, 1_A));
    CHECK_FALSE(rule.observe(at(140), std::nullopt, 1_A));
}

TEST_CASE("F-020: an outlet without a good contact sensor is not started, and a sensor is cleared "
          "once it speaks",
          "[core][guard][contact][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).contact = std::nullopt;
    rig.run_for(1_s);
    CHECK(rig.trips() == Causes{TripCause::sensor_failed});
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::outlet_locked);
    CHECK(rig.answer_to(rig.clear(1, TripCause::sensor_failed)) == CommandOutcome::cause_present);
    rig.socket(1).contact = DeciCelsius{250};
    CHECK(rig.answer_to(rig.clear(1, TripCause::sensor_failed)) == CommandOutcome::done);
}
