#include "sim/plant/post.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ks;
using namespace ks::sim;

namespace {

struct Bench {
    PlantPost plant{{.seed = 21}};

    Bench()
    {
        plant.drive_contactor(hal::Relay::closed);
        for (std::uint8_t outlet = 1; outlet <= 2; ++outlet) {
            plant.plug(outlet, {.battery = {.chemistry = Chemistry::lead_acid,
                                            .capacity_wh = 100.0,
                                            .charge = 0.3},
                                .charger = charger_profile("pb-48v-20ah").value()});
            plant.drive(outlet, hal::Relay::closed);
        }
        plant.advance(5_s);
    }
    [[nodiscard]] OutletTruth truth(std::uint8_t outlet) const
    {
        return plant.outlet(outlet).truth();
    }
    [[nodiscard]] std::optional<PlantEvent> last(PlantEvent::Kind kind)
    {
        std::optional<PlantEvent> found;
        for (const auto& event : plant.take_events())
            if (event.kind == kind) found = event;
        return found;
    }
};

}  // namespace

TEST_CASE("a relay follows its coil within the times of its data sheet", "[sim][plant][unit]")
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        PlantPost plant{{.seed = seed, .outlets = 1}};
        plant.drive(1, hal::Relay::closed);
        const Instant told = plant.now();
        while (!plant.outlet(1).relay().closed() && plant.now() - told < 50_ms)
            plant.advance(1_ms);
        CHECK(plant.now() - told >= 1_ms);
        CHECK(plant.now() - told <= 15_ms);

        plant.drive(1, hal::Relay::open);
        const Instant told_open = plant.now();
        while (plant.outlet(1).relay().closed() && plant.now() - told_open < 50_ms)
            plant.advance(1_ms);
        CHECK(plant.now() - told_open >= 1_ms);
        CHECK(plant.now() - told_open <= 8_ms);
    }
}

TEST_CASE("a coil released before its armature arrived moves nothing", "[sim][plant][unit]")
{
    Contact contact{{.operate = 10_ms, .release = 5_ms}};
    contact.drive(hal::Relay::closed, Instant{0_ms});
    contact.drive(hal::Relay::open, Instant{4_ms});
    contact.advance_to(Instant{20_ms});
    CHECK_FALSE(contact.closed());
    CHECK_FALSE(contact.moves_at().has_value());
}

TEST_CASE("a repeated command does not delay the relay", "[sim][plant][unit]")
{
    Contact contact{{.operate = 10_ms, .release = 5_ms}};
    for (int ms = 0; ms < 10; ++ms)
        contact.drive(hal::Relay::closed, Instant{Millis{ms}});
    contact.advance_to(Instant{10_ms});
    CHECK(contact.closed());
}

TEST_CASE("a short draws tens of amperes, and its neighbour does not", "[sim][plant][unit]")
{
    Bench bench;
    const Amps before = bench.truth(2).amps;
    bench.plant.inject(1, ShortCircuit{});
    bench.plant.advance(20_ms);
    CHECK(bench.truth(1).amps > 35.0);
    CHECK(bench.truth(2).amps == Approx(before).epsilon(0.05));
}

TEST_CASE("an overload draws what it was set to, beside the charger", "[sim][plant][unit]")
{
    Bench bench;
    const Watts charging = bench.truth(1).watts;
    bench.plant.inject(1, Overload{.amps = 12.0});
    bench.plant.advance(20_ms);
    CHECK(bench.truth(1).watts == Approx(charging + 12.0 * 220.0).epsilon(0.06));
    CHECK(bench.truth(1).amps > 12.0);
    CHECK(bench.truth(1).amps < 14.0);
}

TEST_CASE("an opened relay ends the current, and the truth says when and how much it was",
          "[sim][plant][unit]")
{
    Bench bench;
    bench.plant.inject(1, ShortCircuit{});
    bench.plant.advance(20_ms);
    bench.plant.drive(1, hal::Relay::open);
    const Instant told = bench.plant.now();
    bench.plant.advance(20_ms);

    CHECK(bench.truth(1).amps == 0.0);
    const auto opened = bench.last(PlantEvent::Kind::contact_opened);
    REQUIRE(opened.has_value());
    CHECK(opened->outlet == 1);
    CHECK(opened->amps > 35.0);
    CHECK(opened->at - told <= 8_ms);
}

TEST_CASE("a welded relay conducts on, until the post contactor opens", "[sim][plant][unit]")
{
    Bench bench;
    bench.plant.inject(1, RelayFault{ContactFault::welded});
    bench.plant.drive(1, hal::Relay::open);
    bench.plant.advance(500_ms);
    CHECK(bench.truth(1).amps > 0.5);
    CHECK(bench.truth(1).contact_closed);

    bench.plant.drive_contactor(hal::Relay::open);
    bench.plant.advance(100_ms);
    CHECK(bench.truth(1).amps == 0.0);
    CHECK(bench.truth(2).amps == 0.0);
    CHECK(bench.truth(1).contact_closed);
}

TEST_CASE("a stuck relay never conducts, whatever it is told", "[sim][plant][unit]")
{
    Bench bench;
    bench.plant.inject(1, RelayFault{ContactFault::stuck_open});
    bench.plant.advance(20_ms);
    CHECK(bench.truth(1).amps == 0.0);
    bench.plant.clear_faults(1);
    bench.plant.advance(1_s);
    CHECK(bench.truth(1).amps > 0.1);
}

TEST_CASE("a loose plug heats its contact and leaves no electrical trace", "[sim][plant][unit]")
{
    Bench bench;
    bench.plant.advance(10_s);
    const auto healthy = bench.plant.outlet(1).sensed_temperature();
    REQUIRE(healthy.has_value());
    CHECK(*healthy < DeciCelsius{250});

    const Amps before = bench.truth(1).amps;
    bench.plant.inject(1, LoosePlug{});
    bench.plant.advance(30_s);
    CHECK(bench.truth(1).amps == Approx(before).epsilon(0.06));
    CHECK(bench.plant.outlet(1).sensed_temperature().value() > DeciCelsius{700});
    CHECK(bench.plant.outlet(2).sensed_temperature().value() < DeciCelsius{250});

    // What carries no current cools down, and a contact at rest does not wear.
    bench.plant.drive(1, hal::Relay::open);
    bench.plant.advance(180_s);
    CHECK(bench.plant.outlet(1).sensed_temperature().value() < DeciCelsius{250});
}

TEST_CASE("an open or shorted sensor has no temperature at all", "[sim][plant][unit]")
{
    Bench bench;
    for (const auto fault : {SensorFault::open, SensorFault::shorted}) {
        bench.plant.inject(1, SensorFaulty{fault});
        CHECK_FALSE(bench.plant.outlet(1).sensed_temperature().has_value());
    }
    bench.plant.clear_faults(1);
    CHECK(bench.plant.outlet(1).sensed_temperature().has_value());
}

TEST_CASE("a 10 k sensor is 10 k at 25 degrees and about 1.1 k at 85", "[sim][plant][unit]")
{
    CHECK(ntc_ohms(25.0) == Approx(10'000.0));
    CHECK(ntc_ohms(85.0) == Approx(1'050.0).margin(100.0));  // [R]
}

TEST_CASE("an unplugged bike draws nothing and takes its faults along", "[sim][plant][unit]")
{
    Bench bench;
    bench.plant.inject(1, Overload{.amps = 12.0});
    bench.plant.advance(20_ms);
    bench.plant.unplug(1);
    bench.plant.advance(20_ms);
    CHECK(bench.truth(1).amps == 0.0);
    CHECK_FALSE(bench.truth(1).plugged);
    const auto unplugged = bench.last(PlantEvent::Kind::unplugged);
    REQUIRE(unplugged.has_value());
    CHECK(unplugged->amps > 12.0);

    bench.plant.plug(
        1, {.battery = {.chemistry = Chemistry::lithium, .capacity_wh = 5.0, .charge = 0.5},
            .charger = charger_profile("li-48v-13s").value()});
    bench.plant.advance(5_s);
    CHECK(bench.truth(1).amps < 4.0);
}

TEST_CASE("lost mains stop every charger, and each starts afresh when they return",
          "[sim][plant][unit]")
{
    Bench bench;
    const double charged = bench.truth(1).charge.value();
    bench.plant.set_mains(Supply::off);
    bench.plant.advance(10_s);
    CHECK(bench.truth(1).amps == 0.0);
    CHECK(bench.truth(1).charge.value() == charged);

    bench.plant.set_mains(Supply::on);
    bench.plant.advance(40_ms);
    CHECK(bench.truth(1).watts < 40.0);  // at the foot of its ramp
    bench.plant.advance(5_s);
    CHECK(bench.truth(1).watts > 100.0);
}

TEST_CASE("a post that loses its own supply lets all coils go", "[sim][plant][unit]")
{
    Bench bench;
    bench.plant.release_coils();
    bench.plant.advance(20_ms);
    CHECK_FALSE(bench.plant.contactor().closed());
    for (std::uint8_t outlet = 1; outlet <= bench.plant.outlets(); ++outlet)
        CHECK_FALSE(bench.truth(outlet).contact_closed);
}

TEST_CASE("cards are read in the order they were held to the reader, and sixteen at most",
          "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 1}};
    for (std::uint64_t token = 0; token < PlantPost::taps_most; ++token)
        CHECK(plant.tap({.outlet = 3, .token = token}));
    CHECK_FALSE(plant.tap({.outlet = 3, .token = 99}));
    for (std::uint64_t token = 0; token < PlantPost::taps_most; ++token)
        CHECK(plant.take_tap().value().token == token);
    CHECK_FALSE(plant.take_tap().has_value());
}
