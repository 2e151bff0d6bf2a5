// Runs the guard over ten charging outlets for so many ticks, for callgrind to count: the
// difference of two runs is the cost of the ticks between, without start-up.

#include "firmware/core/guard/guard.hpp"
#include "firmware/drivers/bl0942_scale.hpp"

#include <cstdlib>
#include <iostream>

using namespace ks;

namespace {

constexpr std::uint8_t outlets = 10;
/// A meter shows a new value every 400 ms (BL0942 data sheet); ten of them come spread over it.
constexpr int ticks_per_sample = 80;

struct Run {
    std::uint64_t samples;
    std::uint64_t news;
    std::uint64_t closed;
};

Run run(int ticks)
{
    core::Guard guard{{.outlets = outlets, .pulse = drivers::bl0942_pulse, .spread_permille = 0}};
    check(guard.wish(core::WishRestore{.settings = protocol::factory_settings,
                                       .latched = {},
                                       .whole = {},
                                       .memory = core::WishRestore::Memory::good}));
    std::array<hal::OutletInputs, outlets> inputs{};
    hal::PostInputs post{};
    post.cabinet = DeciCelsius{300};
    post.rail = Millivolts{12'000};
    Run done{};
    std::uint32_t started = 0;
    for (int tick = 0; tick < ticks; ++tick) {
        const Instant now{Millis{tick * 5}};
        guard.still_here(now);
        // A relay rests five seconds after a reset before it may close.
        if (tick >= 1'400 && started < outlets && tick % 100 == 0) {
            ++started;
            check(guard.wish(core::WishStart{.ticket = started,
                                             .outlet = static_cast<std::uint8_t>(started),
                                             .session = started,
                                             .means = protocol::StartMeans::command,
                                             .time_limit = Millis{3'600'000},
                                             .energy_limit = MilliwattHours{5'000'000}}));
        }
        for (std::uint8_t i = 0; i < outlets; ++i) {
            inputs[i] = {.sample = std::nullopt,
                         .contact = DeciCelsius{300 + tick % 3},
                         .pin = hal::OvercurrentPin::quiet,
                         .coil = guard.relay(static_cast<std::uint8_t>(i + 1))};
            if ((tick + i * 8) % ticks_per_sample != 0) continue;
            const bool on = guard.relay(static_cast<std::uint8_t>(i + 1)) == hal::Relay::closed;
            inputs[i].sample = hal::Sample{.at = now,
                                           .voltage = Millivolts{230'000 + tick % 5},
                                           .current = Milliamps{on ? 900 + tick % 7 : 0},
                                           .power = Milliwatts{on ? 200'000 + tick % 11 : 0},
                                           .pulses = static_cast<std::uint32_t>(tick / 90)};
            ++done.samples;
        }
        post.contactor_coil = guard.contactor();
        guard.tick(now, inputs, post);
        while (guard.news())
            ++done.news;
        while (guard.readings()) {
        }
    }
    for (std::uint8_t i = 1; i <= outlets; ++i)
        done.closed += guard.relay(i) == hal::Relay::closed ? 1U : 0U;
    return done;
}

}  // namespace

int main(int argc, char** argv)
{
    const int ticks = argc > 1 ? std::atoi(argv[1]) : 20'000;
    const auto done = run(ticks);
    std::cout << "{\"ticks\":" << ticks << ",\"samples\":" << done.samples
              << ",\"outlets_charging\":" << done.closed << ",\"news\":" << done.news << "}\n";
    return 0;
}
