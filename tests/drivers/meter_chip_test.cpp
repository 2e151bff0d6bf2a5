#include "firmware/drivers/meter_bus.hpp"
#include "sim/chips/bl0942_bus.hpp"

#include <catch2/catch.hpp>

// The master against the simulator's chips, which another hand wrote from the same data sheet, at
// real byte times and at the guard's ticks.

using namespace ks;
using namespace ks::drivers;

namespace {

constexpr Millis tick{5};

struct Shed {
    explicit Shed(sim::Bl0942::BaudPin pin)
    {
        for (std::uint8_t address = 0; address < meters_per_bus; ++address)
            wire.attach(address, pin, terminals[address]);
    }

    void run_for(Millis time)
    {
        for (const auto until = now + time; now < until;) {
            now = now + tick;
            for (std::size_t i = 0; i < meters_per_bus; ++i)
                terminals[i].pass({.lasts = 0.005,
                                   .volts = 220.0,
                                   .amps = amps[i],
                                   .watts = 220.0 * amps[i],
                                   .inrush = 0.0});
            wire.advance_to(now);
            std::array<std::byte, 64> arrived{};
            bus.feed(Bytes{arrived}.first(wire.receive(arrived)), now);
            const auto action = bus.next(now);
            if (const auto* send = std::get_if<MeterBus::Send>(&action))
                REQUIRE(wire.send(send->bytes) == send->bytes.size());
            for (std::uint8_t i = 0; i < meters_per_bus; ++i) {
                const auto sample = bus.take(i);
                if (!sample) continue;
                if (newest[i]) longest_gap = std::max(longest_gap, sample->at - newest[i]->at);
                newest[i] = sample;
            }
        }
    }

    Instant now{};
    std::array<sim::MeterTerminals, meters_per_bus> terminals{};
    std::array<double, meters_per_bus> amps{0.5, 1.0, 2.0, 4.0};
    sim::Bl0942Bus wire;
    MeterBus bus{
        {.meters = meters_per_bus, .pin_trip = Milliamps{10'000}, .baud = MeterBaud::at_38400}};
    std::array<std::optional<hal::Sample>, meters_per_bus> newest{};
    Millis longest_gap{};
};

}  // namespace

TEST_CASE("four simulated chips are brought to 38,400 baud and each tells its own current",
          "[drivers][meterbus][sim]")
{
    for (const auto pin : {sim::Bl0942::BaudPin::at_4800, sim::Bl0942::BaudPin::at_9600}) {
        Shed shed{pin};
        shed.run_for(3_s);

        for (std::uint8_t i = 0; i < meters_per_bus; ++i) {
            CAPTURE(int{i});
            CHECK(shed.wire.chip(i).baud() == 38'400);
            REQUIRE(shed.newest[i]);
            const auto expected = static_cast<std::int32_t>(shed.amps[i] * 1'000.0);
            CHECK(std::abs(shed.newest[i]->current.count() - expected) <= 1);
            CHECK(std::abs(shed.newest[i]->voltage.count() - 220'000) <= 50);
        }
    }
}

TEST_CASE("at 38,400 baud a round of four takes no longer than a verified opening allows",
          "[drivers][meterbus][budget]")
{
    Shed shed{sim::Bl0942::BaudPin::at_9600};
    shed.run_for(3_s);
    shed.longest_gap = {};

    shed.run_for(4_s);

    // 145 ms is what the guard's verdict within a second leaves for the polls.
    CHECK(shed.longest_gap <= 145_ms);
    SECTION("and four that restart at once are all back within two seconds")
    {
        // Longer than a meter may be silent: the guard has cut by then, and rightly so.
        shed.wire.power_cycle();
        shed.run_for(8_s);
        CHECK(shed.longest_gap.count() <= 2'000);
        for (std::uint8_t i = 0; i < meters_per_bus; ++i)
            CHECK(shed.wire.chip(i).baud() == 38'400);
    }
}

TEST_CASE("a short circuit raises the over-current pin that the bus has set up",
          "[drivers][meterbus][sim]")
{
    Shed shed{sim::Bl0942::BaudPin::at_9600};
    shed.run_for(3_s);
    shed.amps[2] = 9.0;
    shed.run_for(200_ms);
    CHECK_FALSE(shed.wire.chip(2).overcurrent_pin());

    shed.amps[2] = 11.0;
    shed.run_for(60_ms);

    CHECK(shed.wire.chip(2).overcurrent_pin());
    CHECK_FALSE(shed.wire.chip(1).overcurrent_pin());
    shed.run_for(1_s);
    CHECK(shed.newest[2]->current >= 10990_mA);
}
