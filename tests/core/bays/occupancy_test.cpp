#include "tests/core/bays/bay_rig.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks;
using namespace ks::core;
using hal::Finding;

namespace {

constexpr auto& settings = factory_bay_settings;

hal::SensorReading says(Finding finding, std::int64_t ms)
{
    return {.at = Instant{Millis{ms}},
            .kind = hal::SensorKind::bay,
            .place = 1,
            .finding = finding,
            .distance = {},
            .temperature = {},
            .tag = 0};
}

hal::SensorReading measures(std::int32_t distance, std::int64_t ms)
{
    auto reading = says(Finding::quiet, ms);
    reading.distance = Millimetres{distance};
    return reading;
}

}  // namespace

TEST_CASE("a bay is unknown until its sensor has said one thing for its hold", "[core][bays][unit]")
{
    Occupancy bay;
    CHECK(bay.state() == BayState::unknown);
    bay.hear(says(Finding::active, 1'000), settings);
    bay.hear(says(Finding::active, 5'999), settings);
    CHECK(bay.state() == BayState::unknown);
    bay.hear(says(Finding::active, 6'000), settings);
    CHECK(bay.state() == BayState::taken);
    CHECK(bay.since() == Instant{1'000_ms});
}

TEST_CASE("somebody walking past takes no bay and frees none", "[core][bays][unit]")
{
    Occupancy bay;
    bay.hear(says(Finding::quiet, 0), settings);
    bay.hear(says(Finding::quiet, 10'000), settings);
    REQUIRE(bay.state() == BayState::free);

    bay.hear(says(Finding::active, 12'000), settings);
    bay.hear(says(Finding::active, 16'000), settings);
    bay.hear(says(Finding::quiet, 17'000), settings);
    bay.hear(says(Finding::active, 18'000), settings);
    bay.hear(says(Finding::active, 22'999), settings);
    CHECK(bay.state() == BayState::free);
    bay.hear(says(Finding::active, 23'000), settings);
    CHECK(bay.state() == BayState::taken);

    bay.hear(says(Finding::quiet, 24'000), settings);
    bay.hear(says(Finding::quiet, 33'999), settings);
    CHECK(bay.state() == BayState::taken);
}

TEST_CASE("a sensor that falls silent leaves its bay unknown, not free", "[core][bays][unit]")
{
    Occupancy bay;
    bay.hear(says(Finding::quiet, 0), settings);
    bay.hear(says(Finding::quiet, 10'000), settings);
    bay.pass(Instant{39'999_ms}, settings);
    CHECK(bay.state() == BayState::free);
    bay.pass(Instant{40'000_ms}, settings);
    CHECK(bay.state() == BayState::unknown);

    // What it says afterwards needs its whole hold again.
    bay.hear(says(Finding::quiet, 41'000), settings);
    CHECK(bay.state() == BayState::unknown);
    bay.hear(says(Finding::quiet, 51'000), settings);
    CHECK(bay.state() == BayState::free);
}

TEST_CASE("two readings with a silence between them hold nothing", "[core][bays][unit]")
{
    Occupancy bay;
    bay.hear(says(Finding::active, 0), settings);
    bay.hear(says(Finding::active, 60'000), settings);
    CHECK(bay.state() == BayState::unknown);
}

TEST_CASE("a sensor that owns up to a fault leaves its bay unknown", "[core][bays][unit]")
{
    Occupancy bay;
    bay.hear(says(Finding::active, 0), settings);
    bay.hear(says(Finding::active, 5'000), settings);
    REQUIRE(bay.state() == BayState::taken);
    bay.hear(says(Finding::faulty, 6'000), settings);
    bay.hear(says(Finding::faulty, 11'000), settings);
    CHECK(bay.state() == BayState::unknown);
}

TEST_CASE("between its two distances a measured bay stays what it was", "[core][bays][unit]")
{
    auto measured = settings;
    measured.taken_below = Millimetres{800};
    measured.free_above = Millimetres{1'200};
    REQUIRE(check_bay_settings(measured).ok());
    Occupancy bay;
    const auto hear = [&](std::int32_t distance, std::int64_t ms) {
        bay.hear(measures(distance, ms), measured);
        bay.hear(measures(distance, ms + 10'000), measured);
        return bay.state();
    };
    CHECK(hear(1'000, 0) == BayState::unknown);
    CHECK(hear(799, 20'000) == BayState::taken);
    CHECK(hear(800, 40'000) == BayState::taken);
    CHECK(hear(1'200, 60'000) == BayState::taken);
    CHECK(hear(1'201, 80'000) == BayState::free);
    CHECK(hear(801, 100'000) == BayState::free);

    // Told to measure, a sensor that does not is no sensor.
    bay.hear(says(Finding::active, 111'000), measured);
    bay.hear(says(Finding::active, 120'000), measured);
    CHECK(bay.state() == BayState::unknown);
}

TEST_CASE("a sensor that flaps vouches for nothing until it has calmed down", "[core][bays][unit]")
{
    Occupancy bay;
    std::int64_t ms = 0;
    const auto hold_for = [&](Finding finding, std::int64_t time) {
        for (const auto until = ms + time; ms < until; ms += 2'000)
            bay.hear(says(finding, ms), settings);
    };
    for (int i = 0; i < 6; ++i) {
        hold_for(Finding::active, 14'000);
        hold_for(Finding::quiet, 14'000);
    }
    CHECK(bay.state() == BayState::unknown);
    hold_for(Finding::active, 100'000);
    CHECK(bay.state() == BayState::unknown);
    hold_for(Finding::active, 30'000);
    CHECK(bay.state() == BayState::taken);
}

TEST_CASE("whatever a sensor says, a bay is free only after a whole hold of «free»",
          "[core][bays][property]")
{
    std::mt19937 random{7};
    for (int round = 0; round < 50; ++round) {
        Occupancy bay;
        std::int64_t ms = 0;
        std::int64_t free_from = -1;
        std::int64_t last = 0;
        for (int i = 0; i < 400; ++i) {
            ms += 500 + static_cast<std::int64_t>(random() % (random() % 50 == 0 ? 60'000 : 6'000));
            const auto finding = static_cast<Finding>(random() % 8 < 6 ? 0 : 1 + random() % 2);
            if (finding != Finding::quiet || ms - last >= settings.silent_after.count())
                free_from = -1;
            if (finding == Finding::quiet && free_from < 0) free_from = ms;
            last = ms;
            const auto before = bay.state();
            bay.hear(says(finding, ms), settings);
            if (before != BayState::free && bay.state() == BayState::free)
                REQUIRE(ms - free_from >= settings.free_hold.count());
        }
    }
}
