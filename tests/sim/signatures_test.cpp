#include "tests/sim/plant_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace ks;
using namespace ks::sim;

// The signatures that docs/sources.md, Charging, names. Packs are small, and as many seconds long
// as a real one is hours.
namespace {

Watts highest(const std::vector<Watts>& curve)
{
    return *std::max_element(curve.begin(), curve.end());
}
Watts lowest(const std::vector<Watts>& curve)
{
    return *std::min_element(curve.begin(), curve.end());
}

}  // namespace

TEST_CASE("without a taper the power stays at 30 to 80 per cent of its peak", "[sim][plant][unit]")
{
    for (const double share : {0.35, 0.5, 0.75}) {
        PlantBench bench{{.seed = 31, .outlets = 1}};
        bench.plug(1, "pb-48v-20ah", 3.0, 0.7);
        bench.plant.advance(5_s);
        const Watts peak = bench.mean_watts(1, 2_s);
        const Celsius cool = bench.truth(1).battery_temperature;
        bench.plant.inject(1, NoTaper{share});

        bench.plant.advance(60_s);
        const auto tail = bench.curve(1, 5_s, 24);
        CHECK(lowest(tail) > 0.3 * peak);
        CHECK(highest(tail) < 0.85 * peak);
        CHECK(bench.truth(1).battery_temperature > cool + 5.0);  // the case warms
    }
}

TEST_CASE("a lead-acid battery that runs away draws more again after its minimum",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 32, .outlets = 1}};
    bench.plug(1, "pb-48v-20ah", 6.0, 0.7);
    bench.plant.inject(1, LeadRunaway{});
    bench.plant.advance(10_s);
    const auto curve = bench.curve(1, 5_s, 60);

    const auto minimum = std::min_element(curve.begin(), curve.end());
    REQUIRE(minimum != curve.begin());
    REQUIRE(curve.end() - minimum > 6);
    CHECK(*minimum < curve.front() * 0.8);
    CHECK(curve.back() > *minimum * 1.3);
    // A slope, and not a step: it grows for many readings in a row.
    CHECK(std::is_sorted(minimum + 1, minimum + 6));
}

TEST_CASE("a full-size lead-acid runaway rises for tens of minutes", "[sim][plant][unit]")
{
    const auto profile = charger_profile("pb-48v-20ah").value();
    Battery battery{{.chemistry = Chemistry::lead_acid,
                     .capacity_wh = 960.0,
                     .charge = 0.7,
                     .runaway = 0.25,
                     .thermal_mass = 0.5},
                    28.0};
    Charger brick{profile, ChargerHabit::plain, Random{4}};
    static_cast<void>(brick.energise());
    std::vector<Watts> minutes;
    for (int minute = 0; minute < 600; ++minute) {
        Watts sum = 0.0;
        for (int second = 0; second < 60; ++second)
            sum += brick.run(battery, 1.0, 28.0).watts / 60.0;
        minutes.push_back(sum);
    }
    const auto minimum = std::min_element(minutes.begin(), minutes.end());
    const auto after = minutes.end() - minimum;
    REQUIRE(after > 60);
    CHECK(*(minimum + 20) > *minimum * 1.02);
    CHECK(*(minimum + 20) < *minimum * 1.5);
    CHECK(*(minimum + 60) > *minimum * 1.2);
}

TEST_CASE("a wrong charger draws more than the bike ever did and finds no knee",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 33, .outlets = 1}};
    bench.plug(1, "pb-48v-20ah", 3.0, 0.6);
    bench.plant.advance(5_s);
    const Watts known = bench.mean_watts(1, 2_s);

    bench.plant.inject(1, ChargerFails{{.voltage = 1.25}});
    const auto curve = bench.curve(1, 5_s, 24);
    CHECK(lowest(curve) > known * 1.15);
    CHECK(lowest(curve) > highest(curve) * 0.9);
    CHECK(bench.truth(1).battery_heat > 5'000.0);
}

TEST_CASE("a half-failed charger drops to a fraction at once", "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 34, .outlets = 1}};
    bench.plug(1, "pb-48v-20ah", 10.0, 0.3);
    bench.plant.advance(5_s);
    const Watts before = bench.mean_watts(1, 1_s);
    bench.plant.inject(1, ChargerFails{{.current = 0.4}});
    CHECK(bench.mean_watts(1, 1_s) == Approx(before * 0.4).epsilon(0.08));
}

TEST_CASE("an arcing plug makes the power come and go many times a minute, and heats its contact",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 35, .outlets = 2}};
    for (std::uint8_t outlet = 1; outlet <= 2; ++outlet)
        bench.plug(outlet, "pb-48v-20ah", 50.0, 0.3);
    bench.plant.advance(5_s);
    bench.plant.inject(1, Arcing{});

    int flips = 0;
    bool flowed = true;
    for (int i = 0; i < 3'000; ++i) {
        bench.plant.advance(20_ms);
        const bool flows = bench.truth(1).amps > 0.0;
        flips += flows != flowed ? 1 : 0;
        flowed = flows;
    }
    CHECK(flips > 30);
    CHECK(flips < 100);
    CHECK(bench.truth(1).contact_temperature > bench.truth(2).contact_temperature + 10.0);
    CHECK(bench.truth(2).contact_temperature < 26.0);
}

TEST_CASE("two chargers on one plug draw the sum of both", "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 36, .outlets = 2}};
    bench.plug(1, "pb-60v-20ah", 50.0, 0.3);
    bench.plug(2, "pb-48v-20ah", 960.0, 0.5);
    bench.plant.advance(5_s);
    const Watts one = bench.mean_watts(1, 1_s);
    const Watts other = bench.mean_watts(2, 1_s);

    REQUIRE(bench.plant.inject(1, SecondBike{}) == PlantPost::Injected::done);
    bench.plant.advance(5_s);
    CHECK(bench.mean_watts(1, 1_s) == Approx(one + other).epsilon(0.06));
    CHECK(bench.plant.inject(1, SecondBike{}) == PlantPost::Injected::no_room);
}

TEST_CASE("a swapped bike leaves a pause, and then draws as its own charger does",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 37, .outlets = 1}};
    bench.plug(1, "li-72v-20s-fast", 50.0, 0.3);
    bench.plant.advance(5_s);
    const Watts before = bench.mean_watts(1, 1_s);
    REQUIRE(before > 600.0);

    bench.plant.inject(1, SwappedBike{.pause = 2.0});
    CHECK_FALSE(bench.truth(1).plugged);
    CHECK(bench.mean_watts(1, 1'900_ms) == 0.0);
    bench.plant.advance(5_s);
    CHECK(bench.mean_watts(1, 1_s) < 250.0);
    CHECK(bench.truth(1).plugged);
}

TEST_CASE("a lithium cell that runs away is silent at the meter, warms the post, then smokes",
          "[sim][plant][unit]")
{
    const CellFire fire{.heat_after = 60.0, .smoke_after = 240.0};
    PlantBench burning{{.seed = 38, .outlets = 1}};
    PlantBench sound{{.seed = 38, .outlets = 1}};
    for (auto* bench : {&burning, &sound}) {
        bench->plug(1, "li-48v-13s", 700.0, 0.3);
        bench->plant.advance(5_s);
    }
    REQUIRE(burning.plant.inject(1, LithiumRunaway{fire}) == PlantPost::Injected::done);

    const auto smoke = [](const PlantBench& bench) {
        return bench.plant.sensed_post_inputs().input(hal::PostInput::smoke);
    };
    burning.plant.advance(240_s);
    sound.plant.advance(240_s);
    // To the last joule: that is what «silent» means.
    CHECK(burning.truth(1).delivered == sound.truth(1).delivered);
    CHECK(burning.plant.surroundings().cabinet().temperature() >
          sound.plant.surroundings().cabinet().temperature() + 3.0);
    CHECK(smoke(burning) == hal::InputState::quiet);

    burning.plant.advance(180_s);
    CHECK(smoke(burning) == hal::InputState::active);
    burning.plant.unplug(1);
    burning.plant.advance(900_s);
    CHECK(smoke(burning) == hal::InputState::quiet);
}

TEST_CASE("what belongs to a bike cannot be wrong where none is", "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 39, .outlets = 1}};
    for (const Fault& fault : {Fault{ChargerFails{}}, Fault{NoTaper{}}, Fault{LeadRunaway{}},
                               Fault{LithiumRunaway{}}, Fault{SecondBike{}}, Fault{SwappedBike{}}})
        CHECK(bench.plant.inject(1, fault) == PlantPost::Injected::nothing_plugged);
    CHECK(bench.plant.inject(1, Leak{}) == PlantPost::Injected::done);
}
