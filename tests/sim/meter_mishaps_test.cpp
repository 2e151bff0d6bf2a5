#include "firmware/drivers/bl0942.hpp"
#include "sim/chips/bl0942.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

namespace {

/// A chip that has measured 1 A at 220 V, asked for packets at its leisure.
struct Chip {
    MeterTerminals wires;
    Bl0942 chip{0, Bl0942::BaudPin::at_9600};
    Instant now{};

    Chip() { chip.power_cycle(now, wires); }
    void pass(Millis lasts)
    {
        const Instant until = now + lasts;
        while (now < until) {
            wires.pass({.lasts = 0.02, .volts = 220.0, .amps = 1.0, .watts = 220.0, .inrush = 0.0});
            now = now + 20_ms;
            chip.measure(now, wires);
        }
    }
    [[nodiscard]] Result<hal::Sample, drivers::MeterFault> ask()
    {
        const auto at_us = now.since_boot().count() * 1000;
        static_cast<void>(chip.feed(at_us, std::byte{0x58}));
        const auto answer = chip.feed(at_us + 1000, std::byte{0xAA});
        return drivers::sample_from(answer.view(), 0, now);
    }
};

}  // namespace

TEST_CASE("a drifting meter is right at first and wrong by its share after an hour",
          "[sim][bl0942][unit]")
{
    Chip meter;
    meter.wires.set_fault(MeterFault::drifting, 0.7);
    meter.pass(1_s);
    CHECK(meter.ask().value().current.count() == Approx(1'000).epsilon(0.01));
    meter.pass(3'600_s);
    CHECK(meter.ask().value().current.count() == Approx(700).epsilon(0.01));
}

TEST_CASE("one absurd frame in three is refused by the driver, the others are true",
          "[sim][bl0942][unit]")
{
    Chip meter;
    meter.pass(1_s);
    meter.wires.set_fault(MeterFault::absurd, 1.0);
    meter.pass(400_ms);
    int refused = 0;
    for (int i = 0; i < 30; ++i) {
        const auto sample = meter.ask();
        if (!sample) {
            CHECK(sample.reason() == drivers::MeterFault::absurd);
            ++refused;
        } else {
            CHECK(sample.value().current.count() == Approx(1'000).epsilon(0.01));
        }
    }
    CHECK(refused == 10);
}

TEST_CASE("a forged frame is believed by the driver, and never comes twice in a row",
          "[sim][bl0942][unit]")
{
    Chip meter;
    meter.wires.set_fault(MeterFault::forged, 1.0);
    meter.pass(1_s);
    int forged = 0;
    bool before = false;
    for (int i = 0; i < 30; ++i) {
        const bool now = meter.ask().value().current > 10_A;
        CHECK_FALSE((now && before));
        forged += now ? 1 : 0;
        before = now;
    }
    CHECK(forged == 10);
}

TEST_CASE("F-023: two garbled frames in three are refused for their checksum",
          "[sim][bl0942][unit]")
{
    Chip meter;
    meter.wires.set_fault(MeterFault::garbled, 1.0);
    meter.pass(1_s);
    int refused = 0;
    for (int i = 0; i < 30; ++i) {
        const auto sample = meter.ask();
        if (sample) continue;
        CHECK(sample.reason() == drivers::MeterFault::mangled);
        ++refused;
    }
    CHECK(refused == 20);
}

TEST_CASE("a chip that resets counts from zero and has lost its set-up", "[sim][bl0942][unit]")
{
    Chip meter;
    const auto at_us = std::int64_t{0};
    for (const auto byte : {0xA8, 0x1D, 0x55, 0x00, 0x00, 0xE5})
        static_cast<void>(meter.chip.feed(at_us, static_cast<std::byte>(byte)));
    for (const auto byte : {0xA8, 0x18, 0x25, 0x00, 0x00, 0x1A})  // CF1 = over-current
        static_cast<void>(meter.chip.feed(at_us, static_cast<std::byte>(byte)));
    meter.pass(60_s);
    REQUIRE(meter.ask().value().pulses > 10);

    meter.wires.reset_chip();
    meter.pass(800_ms);
    CHECK(meter.ask().value().pulses <= 1);
    CHECK_FALSE(meter.chip.overcurrent_pin());
    meter.pass(60_s);
    CHECK(meter.ask().value().pulses > 10);
}

TEST_CASE("an altered energy counter jumps once and counts on from there", "[sim][bl0942][unit]")
{
    Chip meter;
    meter.pass(60_s);
    const auto before = meter.ask().value().pulses;
    meter.wires.add_pulses(5'350);
    meter.pass(400_ms);
    const auto after = meter.ask().value().pulses;
    CHECK(after - before >= 5'350);
    CHECK(after - before <= 5'352);
    meter.pass(60_s);
    CHECK(meter.ask().value().pulses - after < 40);
}
