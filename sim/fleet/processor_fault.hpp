#pragma once

#include <cstddef>
#include <cstdint>

namespace ks::sim {

/// What can break in a post's processor, or in the program that runs on it.
enum class ProcessorFault : std::uint8_t {
    register_stuck,
    ram_stuck,
    image_damaged,
    clock_slow,  // by a fifth
    timer_lost,  // the guard is never called again
    rest_hangs,
    stack_overruns,
    interrupt_storm,  // 100,000 edges a second at the over-current pins
    adc_stuck,
    reference_drifts,
    outputs_altered,  // at every tick
    noise_stuck,
    check_fails,  // a promise of the program's own turns out false: it traps at once
};
inline constexpr std::size_t processor_faults =
    static_cast<std::size_t>(ProcessorFault::check_fails) + 1;

}  // namespace ks::sim
