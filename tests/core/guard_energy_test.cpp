#include "firmware/core/guard/energy.hpp"
#include "firmware/drivers/bl0942_scale.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks;
using namespace ks::core;

namespace {

constexpr auto pulse = drivers::bl0942_pulse;

/// What an endless exact account of the same pulses says, rounded down once.
MilliwattHours exactly(std::int64_t pulses)
{
    __extension__ using Wide = __int128;
    return MilliwattHours{
        static_cast<std::int64_t>(Wide{pulses} * pulse.milliwatt_hours / pulse.pulses)};
}

}  // namespace

TEST_CASE("energy does not drift from the exact account, however many pulses it is made of",
          "[core][guard][energy][unit]")
{
    std::mt19937_64 random{1};
    std::uniform_int_distribution<std::int64_t> any{0, 50'000'000};
    for (int round = 0; round < 20'000; ++round) {
        const auto pulses = any(random);
        REQUIRE(energy_of(pulses, pulse) == exactly(pulses));
    }
    // The data sheet's 5350.6 pulses make a kilowatt-hour.
    CHECK(energy_of(53'506, pulse) >= MilliwattHours{9'999'900});
    CHECK(energy_of(53'506, pulse) <= MilliwattHours{10'000'100});
}

TEST_CASE("every pulse is counted once, through wraps, restarts and lies",
          "[core][guard][energy][property]")
{
    std::mt19937_64 random{2};
    const auto chance = [&](unsigned one_in) { return random() % one_in == 0; };

    for (int run = 0; run < 200; ++run) {
        CAPTURE(run);
        PulseCounter counter{pulse};
        std::uint32_t chip = static_cast<std::uint32_t>(random()) % PulseCounter::wraps_at;
        Instant now{};
        std::int64_t flowed = 0;
        std::int64_t counted = counter.advance(now, chip);
        std::int64_t lost_at_restarts = 0;
        bool lied = false;
        std::int64_t since_seen = 0;

        for (int step = 0; step < 500; ++step) {
            const Millis span{50 + static_cast<std::int64_t>(random() % 400)};
            now = now + span;
            // Up to 8 kW: 12 pulses a second.
            const auto pulses = static_cast<std::int64_t>(random() % 1'000) *
                                (1 + 12 * span.count() / 1'000) / 1'000;
            flowed += pulses;
            since_seen += pulses;
            chip = (chip + static_cast<std::uint32_t>(pulses)) % PulseCounter::wraps_at;
            if (!lied && chance(40)) {
                // What came since the last poll is gone with the chip's memory.
                lost_at_restarts += since_seen;
                chip = 0;
            }
            lied = !lied && chance(20);
            const auto shown =
                lied ? static_cast<std::uint32_t>(random()) % PulseCounter::wraps_at : chip;
            const auto before = counted;
            counted += counter.advance(now, shown);
            if (!lied) since_seen = 0;

            REQUIRE(counted >= before);
            REQUIRE(counted - before <= 20);
        }
        REQUIRE(counted <= flowed + 2);
        REQUIRE(counted >= flowed - lost_at_restarts - 60);
    }
}

TEST_CASE("a frame that lies about its pulses costs none and adds none",
          "[core][guard][energy][unit]")
{
    PulseCounter counter{pulse};
    const auto at = [&](std::int64_t ms, std::uint32_t pulses) {
        return counter.advance(Instant{Millis{ms}}, pulses);
    };
    CHECK(at(0, 1'000) == 0);
    CHECK(at(100, 1'001) == 1);
    CHECK(at(200, 900'000) == 0);
    CHECK(at(300, 1'002) == 1);
    CHECK(at(400, 5) == 0);
    CHECK(at(500, 12'000'000) == 0);
    CHECK(at(600, 1'003) == 1);
}

TEST_CASE("no counter is believed beyond what an outlet can deliver in the time, nor beyond a day",
          "[core][guard][energy][unit]")
{
    // 12 kW are 18 of these pulses a second, rounded up, and two are slack.
    const auto after = [](Millis time, std::uint32_t pulses) {
        PulseCounter counter{{.milliwatt_hours = 187, .pulses = 1}};
        check(counter.advance(Instant{}, 0) == 0);
        return counter.advance(Instant{time}, pulses);
    };
    CHECK(after(1_s, 20) == 20);
    CHECK(after(1_s, 21) == 0);
    CHECK(after(24_h, 18 * 86'400 + 2) == 18 * 86'400 + 2);
    CHECK(after(24_h, 18 * 86'400 + 3) == 0);
    CHECK(after(48_h, 18 * 86'400 + 3) == 0);
    // Between two readings of one moment no more than the slack, however fine the pulses.
    PulseCounter fine{{.milliwatt_hours = 1, .pulses = 1}};
    CHECK(fine.advance(Instant{1_s}, 0) == 0);
    CHECK(fine.advance(Instant{1_s}, 3) == 0);
    CHECK(fine.advance(Instant{1_s}, 2) == 2);
    CHECK(fine.advance(Instant{2_s}, 2 + 3'334 + 3) == 0);
    CHECK(fine.advance(Instant{2_s}, 2 + 3'334 + 2) == 3'336);
}

TEST_CASE("a chip that restarts goes on from zero, with what it has counted since",
          "[core][guard][energy][unit]")
{
    PulseCounter counter{pulse};
    const auto at = [&](std::int64_t ms, std::uint32_t pulses) {
        return counter.advance(Instant{Millis{ms}}, pulses);
    };
    CHECK(at(0, 1'000) == 0);
    CHECK(at(400, 2) == 0);
    CHECK(at(800, 4) == 4);
    CHECK(at(1'200, 6) == 2);
}
