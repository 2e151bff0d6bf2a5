#include "sim/fleet/processor.hpp"

namespace ks::sim {

void Processor::begin_anew()
{
    for (const auto fault : {ProcessorFault::rest_hangs, ProcessorFault::stack_overruns,
                             ProcessorFault::check_fails, ProcessorFault::timer_lost})
        broken_.at(static_cast<std::size_t>(fault)) = false;
}

void Processor::impair(SimBoard& board, Millis since_last) const
{
    using Stuck = host::HostProcessor::Stuck;
    const auto stuck = [&](ProcessorFault fault, std::uint32_t at) {
        return has(fault) ? std::optional{Stuck{.at = at, .bits = 0x10}} : std::nullopt;
    };
    board.stuck_register = stuck(ProcessorFault::register_stuck, 4);
    board.stuck_ram = stuck(ProcessorFault::ram_stuck, 200);
    board.flipped_byte =
        has(ProcessorFault::image_damaged) ? std::optional{std::uint32_t{1'000}} : std::nullopt;
    board.clock_permille = has(ProcessorFault::clock_slow) ? 800 : 1'000;
    if (has(ProcessorFault::stack_overruns)) board.stack[0] = 0xDEAD'BEEF;
    const auto pins = static_cast<std::size_t>(hal::InterruptSource::pins);
    if (has(ProcessorFault::interrupt_storm) && board.gates.at(pins) == hal::InterruptGate::open)
        board.interrupted.at(pins) += static_cast<std::uint32_t>(since_last.count() * 100);
    board.shown = {Millivolts{1'210}, Millivolts{0}};
    if (has(ProcessorFault::adc_stuck)) board.shown.fill(Millivolts{1'210});
    if (has(ProcessorFault::reference_drifts)) board.shown[0] = Millivolts{1'300};
    if (has(ProcessorFault::outputs_altered))
        board.relays[0] =
            board.relays[0] == hal::Relay::open ? hal::Relay::closed : hal::Relay::open;
    board.stuck_noise =
        has(ProcessorFault::noise_stuck) ? std::optional{std::byte{0x5A}} : std::nullopt;
}

}  // namespace ks::sim
