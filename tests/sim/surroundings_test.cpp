#include "sim/plant/feeder.hpp"
#include "tests/sim/plant_bench.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ks;
using namespace ks::sim;

namespace {

hal::InputState input(const PlantPost& plant, hal::PostInput which)
{
    return plant.sensed_post_inputs().input(which);
}

}  // namespace

TEST_CASE("a hot summer's cabinet passes 50 degrees in the afternoon and cools at night",
          "[sim][plant][unit]")
{
    Cabinet cabinet{{.climate = hot_summer}};
    Celsius hottest = 0.0;
    Celsius coolest = 100.0;
    Instant now{};
    for (int minute = 0; minute < 2 * 24 * 60; ++minute) {
        cabinet.advance(now, 60.0, 4.0);
        now = now + 60_s;
        if (minute < 24 * 60) continue;
        hottest = std::max(hottest, cabinet.temperature());
        coolest = std::min(coolest, cabinet.temperature());
    }
    CHECK(hottest > 50.0);
    CHECK(hottest < 65.0);
    CHECK(coolest > 27.0);
    CHECK(coolest < 38.0);
}

TEST_CASE("closed relays warm the cabinet, and the contacts with it", "[sim][plant][unit]")
{
    PlantBench busy{{.seed = 41}};
    PlantPost idle{{.seed = 41}};
    busy.plant.advance(1'800_s);
    idle.advance(1'800_s);
    CHECK(busy.plant.surroundings().cabinet().temperature() >
          idle.surroundings().cabinet().temperature() + 1.0);
    CHECK(busy.truth(1).contact_temperature > 22.0);
}

TEST_CASE("a frozen sensor shows what it showed, and a frozen hand keeps its digits",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 42, .outlets = 1}};
    bench.plug(1, "pb-48v-20ah", 100.0, 0.3);
    bench.plant.inject(1, SensorFaulty{SensorFault::frozen});
    const auto shown = bench.plant.sensed_outlet(1).contact;
    bench.plant.inject(1, LoosePlug{});
    bench.plant.advance(60_s);
    CHECK(bench.truth(1).contact_temperature > 60.0);
    CHECK(bench.plant.sensed_outlet(1).contact == shown);

    // A living sensor's last digit is never still for long.
    bench.plant.clear_faults(1);
    bench.plant.drive(1, hal::Relay::open);
    bench.plant.advance(600_s);
    std::vector<hal::Temperature> readings;
    for (int i = 0; i < 50; ++i) {
        bench.plant.advance(20_ms);
        readings.push_back(bench.plant.sensed_outlet(1).contact);
    }
    CHECK(std::adjacent_find(readings.begin(), readings.end(), std::not_equal_to{}) !=
          readings.end());
}

TEST_CASE("leaks of a circuit's outlets add up, and only while they conduct", "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 43}};
    bench.plant.inject(2, Leak{.amps = 0.02});
    bench.plant.inject(5, Leak{.amps = 0.015});
    bench.plant.inject(6, Leak{.amps = 0.04});
    bench.plant.advance(40_ms);
    const auto residual = [&](std::size_t circuit) {
        return bench.plant.sensed_post_inputs().residual[circuit];
    };
    CHECK(residual(0).value().count() == Approx(35).margin(2));
    CHECK(residual(1).value().count() == Approx(40).margin(2));
    CHECK_FALSE(residual(2).has_value());  // not fitted

    bench.plant.drive(5, hal::Relay::open);
    bench.plant.advance(40_ms);
    CHECK(residual(0).value().count() == Approx(20).margin(2));

    bench.plant.inject(ResidualFaulty{0, ResidualFault::failed});
    CHECK_FALSE(residual(0).has_value());
    bench.plant.inject(ResidualFaulty{1, ResidualFault::stuck});
    bench.plant.drive(6, hal::Relay::open);
    bench.plant.advance(40_ms);
    CHECK(residual(1).value().count() == Approx(40).margin(2));
    CHECK(bench.plant.inject(ResidualFaulty{2, ResidualFault::failed}) ==
          PlantPost::Injected::no_such_circuit);
}

TEST_CASE("ten healthy chargers leak less than a tenth of what trips a circuit",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 44}};
    for (std::uint8_t outlet = 1; outlet <= 10; ++outlet)
        bench.plug(outlet, "pb-48v-20ah", 100.0, 0.3);
    bench.plant.advance(1_s);
    for (std::size_t circuit = 0; circuit < 2; ++circuit)
        CHECK(bench.plant.sensed_post_inputs().residual[circuit].value() <= 3_mA);
}

TEST_CASE("posts on one feeder sag together", "[sim][plant][unit]")
{
    const PlantPost::Settings settings{.seed = 45, .mains = {.noise = 0.0, .feeder = 0.4}};
    PlantBench quiet{settings};
    PlantBench busy{settings};
    busy.plant.inject(1, Overload{.amps = 20.0});
    const std::array<PlantPost*, 2> posts{&quiet.plant, &busy.plant};
    for (int i = 0; i < 50; ++i) {
        for (auto* post : posts)
            post->advance(20_ms);
        share_feeder(posts);
    }
    CHECK(quiet.plant.mains().volts() == Approx(220.0 - 0.4 * 20.0).margin(1.0));
    CHECK(quiet.plant.mains().volts() == Approx(busy.plant.mains().volts()).margin(1.0));
}

TEST_CASE("the mains can be too high or too low, and right again", "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 46, .outlets = 1}};
    for (const double volts : {160.0, 300.0}) {
        bench.plant.inject(MainsLevel{volts});
        CHECK(bench.plant.mains().volts() == Approx(volts).epsilon(0.03));
    }
    bench.plant.clear_post_faults();
    CHECK(bench.plant.mains().volts() == Approx(220.0).epsilon(0.03));
}

TEST_CASE("a brown-out train dips ten times a second for a minute, to the millisecond",
          "[sim][plant][unit]")
{
    PlantBench bench{{.seed = 47, .outlets = 1}};
    bench.plug(1, "pb-48v-20ah", 100.0, 0.3);
    bench.plant.advance(5_s);
    bench.plant.inject(BrownOuts{});
    const Instant began = bench.plant.now();
    int dips = 0;
    bool down = false;
    while (bench.plant.now() < began + 61_s) {
        bench.plant.advance(5_ms);
        const bool now_down = bench.plant.mains().volts() < 100.0;
        dips += now_down && !down ? 1 : 0;
        down = now_down;
    }
    CHECK(dips == Approx(600).margin(2));
    CHECK_FALSE(down);
    bench.plant.advance(5_s);
    CHECK(bench.truth(1).watts > 100.0);
}

TEST_CASE("the post's rail droops while its capacitors hold and is gone after them",
          "[sim][plant][unit]")
{
    for (const double hold_up : {0.005, 0.02, 0.03}) {
        CAPTURE(hold_up);
        PlantPost plant{{.seed = 48,
                         .outlets = 1,
                         .surroundings = {.rail = {.feed = RailFeed::mains, .hold_up = hold_up}}}};
        plant.advance(100_ms);
        const auto rail = [&] { return plant.sensed_post_inputs().rail; };
        CHECK(rail() == Millivolts{12'000});
        plant.set_mains(Supply::off);
        const auto held = Millis{static_cast<std::int64_t>(hold_up * 1000.0)};
        plant.advance(held - 1_ms);
        CHECK(rail() >= Millivolts{8'000});
        CHECK(rail() < Millivolts{12'000});
        plant.advance(30_ms);
        CHECK(rail() < Millivolts{1'000});
        plant.set_mains(Supply::on);
        plant.advance(20_ms);
        CHECK(rail() == Millivolts{12'000});
    }
    PlantPost buffered{{.seed = 48, .outlets = 1}};
    buffered.set_mains(Supply::off);
    buffered.advance(10_s);
    CHECK(buffered.sensed_post_inputs().rail == Millivolts{12'000});
}

TEST_CASE("each supervised input says active, fault and absent for its own reasons",
          "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 49}};
    for (std::size_t i = 0; i < hal::post_input_count; ++i) {
        const auto which = static_cast<hal::PostInput>(i);
        const auto becomes = [&](LoopIs is) {
            plant.inject(InputIs{which, is});
            return input(plant, which);
        };
        CHECK(input(plant, which) == hal::InputState::quiet);
        CHECK(becomes(LoopIs::active) == hal::InputState::active);
        CHECK(becomes(LoopIs::stuck) == hal::InputState::active);
        CHECK(becomes(LoopIs::stuck_quiet) == hal::InputState::quiet);
        CHECK(becomes(LoopIs::wire_broken) == hal::InputState::fault);
        CHECK(becomes(LoopIs::wire_shorted) == hal::InputState::fault);
        plant.clear_post_faults();
        CHECK(input(plant, which) == hal::InputState::quiet);
        CHECK(becomes(LoopIs::absent) == hal::InputState::absent);
        plant.clear_post_faults();
        CHECK(input(plant, which) == hal::InputState::absent);
    }
}

TEST_CASE("a flapping input comes and goes a few times a second", "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 50}};
    plant.inject(InputIs{hal::PostInput::smoke, LoopIs::flapping});
    int changes = 0;
    auto last = input(plant, hal::PostInput::smoke);
    for (int i = 0; i < 1'000; ++i) {
        plant.advance(20_ms);
        const auto now = input(plant, hal::PostInput::smoke);
        changes += now != last ? 1 : 0;
        last = now;
    }
    CHECK(changes > 20);
    CHECK(changes < 120);
}

TEST_CASE("smoke rises until the detector speaks, and a stuck-quiet one never does",
          "[sim][plant][unit]")
{
    PlantPost plant{{.seed = 51}};
    PlantPost deaf{{.seed = 51}};
    deaf.inject(InputIs{hal::PostInput::smoke, LoopIs::stuck_quiet});
    for (auto* post : {&plant, &deaf}) {
        post->inject(SmokeComes{});
        post->advance(20_s);
        CHECK(input(*post, hal::PostInput::smoke) == hal::InputState::quiet);
        post->advance(60_s);
    }
    CHECK(input(plant, hal::PostInput::smoke) == hal::InputState::active);
    CHECK(input(deaf, hal::PostInput::smoke) == hal::InputState::quiet);
    plant.inject(SmokeComes{0.0});
    plant.advance(600_s);
    CHECK(input(plant, hal::PostInput::smoke) == hal::InputState::quiet);
}

TEST_CASE("the surroundings are the same for the same seed", "[sim][plant][unit]")
{
    const auto run = [](std::uint64_t seed) {
        PlantBench bench{{.seed = seed}};
        bench.plug(1, "pb-48v-20ah", 20.0, 0.3, ChargerHabit::pulsing);
        bench.plant.inject(1, Arcing{});
        bench.plant.inject(InputIs{hal::PostInput::tilt, LoopIs::flapping});
        bench.plant.inject(SmokeComes{});
        bench.plant.advance(33_s);
        const auto sensed = bench.plant.sensed_post_inputs();
        return std::tuple{bench.truth(1).delivered, bench.truth(1).contact_temperature,
                          bench.plant.surroundings().smoke().density(), sensed.cabinet,
                          sensed.inputs};
    };
    CHECK(run(52) == run(52));
    CHECK(std::get<0>(run(52)) != std::get<0>(run(53)));
}
