#include "firmware/core/bays/bay_settings.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;

namespace {

template <class Change>
std::optional<BaySetting> refused(Change change)
{
    auto wanted = factory_bay_settings;
    change(wanted);
    const auto result = check_bay_settings(wanted);
    return result.ok() ? std::nullopt : std::optional{result.reason()};
}

using S = BaySettings;

}  // namespace

TEST_CASE("bay settings are taken to the ends of their ranges and refused beyond, by name",
          "[core][bays][bad]")
{
    using enum BaySetting;
    struct Row {
        BaySetting name;
        Millis S::*field;
        bay_range::Range range;
    };
    const Row rows[] = {
        {taken_hold, &S::taken_hold, bay_range::hold},
        {free_hold, &S::free_hold, bay_range::hold},
        {silent_after, &S::silent_after, bay_range::silence},
        {not_charging_after, &S::not_charging_after, bay_range::parking},
        {overstay_after, &S::overstay_after, bay_range::parking},
        {zone_hold, &S::zone_hold, bay_range::zone},
        {barrier_hold, &S::barrier_hold, bay_range::barrier},
        {remind_after, &S::remind_after, bay_range::reminding},
        {announce_for, &S::announce_for, bay_range::announcing},
    };
    for (const auto& row : rows) {
        CAPTURE(static_cast<int>(row.name));
        const auto with = [&](Millis value) {
            return refused([&](S& s) { s.*row.field = value; });
        };
        CHECK_FALSE(with(row.range.least).has_value());
        CHECK_FALSE(with(row.range.most).has_value());
        CHECK(with(row.range.least - 1_ms) == row.name);
        CHECK(with(row.range.most + 1_ms) == row.name);
        CHECK(with(Millis{-1}) == row.name);
    }
}

TEST_CASE("no thermometer is set to tell of fire in every summer, or in none", "[core][bays][bad]")
{
    const auto with = [](DeciCelsius limit) {
        return refused([&](S& s) { s.heat_limit = limit; });
    };
    CHECK_FALSE(with(bay_range::least_heat).has_value());
    CHECK_FALSE(with(bay_range::most_heat).has_value());
    CHECK(with(bay_range::least_heat - DeciCelsius{1}) == BaySetting::heat_limit);
    CHECK(with(bay_range::most_heat + DeciCelsius{1}) == BaySetting::heat_limit);
    CHECK(with(DeciCelsius{}) == BaySetting::heat_limit);
}

TEST_CASE("parking rules can be off; the watch over dangers cannot", "[core][bays][bad]")
{
    CHECK_FALSE(refused([](S& s) { s.not_charging_after = Millis{}; }).has_value());
    CHECK_FALSE(refused([](S& s) { s.overstay_after = Millis{}; }).has_value());
    CHECK(refused([](S& s) { s.silent_after = Millis{}; }) == BaySetting::silent_after);
    CHECK(refused([](S& s) { s.zone_hold = Millis{}; }) == BaySetting::zone_hold);
    CHECK(refused([](S& s) { s.barrier_hold = Millis{}; }) == BaySetting::barrier_hold);
}

TEST_CASE("each bay has an outlet of its own or none, and sixteen bays are the most",
          "[core][bays][bad]")
{
    CHECK_FALSE(refused([](S& s) { s.bays = 16; }).has_value());
    CHECK(refused([](S& s) { s.bays = 17; }) == BaySetting::bays);
    CHECK_FALSE(refused([](S& s) { s.outlets = {}; }).has_value());
    CHECK(refused([](S& s) { s.outlets[15] = 13; }) == BaySetting::outlets);
    CHECK(refused([](S& s) { s.outlets[15] = 3; }) == BaySetting::outlets);
}

TEST_CASE("distances need a gap between taken and free, or are left to the sensor",
          "[core][bays][bad]")
{
    const auto with = [](std::int32_t below, std::int32_t above) {
        return refused([&](S& s) {
            s.taken_below = Millimetres{below};
            s.free_above = Millimetres{above};
        });
    };
    CHECK_FALSE(with(0, 0).has_value());
    CHECK_FALSE(with(800, 850).has_value());
    CHECK_FALSE(with(9'950, 10'000).has_value());
    CHECK(with(800, 849) == BaySetting::distances);
    CHECK(with(800, 800) == BaySetting::distances);
    CHECK(with(0, 800) == BaySetting::distances);
    CHECK(with(800, 0) == BaySetting::distances);
    CHECK(with(-100, 800) == BaySetting::distances);
    CHECK(with(800, 10'001) == BaySetting::distances);
    CHECK(with(2'147'483'000, 10'000) == BaySetting::distances);
}
