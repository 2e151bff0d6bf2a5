#include "sim/chips/bl0942_bus.hpp"

#include <cstdint>

using namespace ks;
using namespace ks::sim;

/// Any bytes at any moments on a bus of four meters: nothing but answers of the two known lengths
/// comes back, and the chips stay able to answer a good frame afterwards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    MeterTerminals wires;
    Bl0942Bus bus;
    for (std::uint8_t address = 0; address < 4; ++address)
        bus.attach(address, Bl0942::BaudPin::at_4800, wires);

    Instant now{};
    std::array<std::byte, Bl0942Bus::bytes_most> heard{};
    for (std::size_t i = 0; i + 1 < size; i += 2) {
        const std::array byte{static_cast<std::byte>(data[i])};
        static_cast<void>(bus.send(byte));
        now = now + Millis{data[i + 1] % 32};
        bus.advance_to(now);
        static_cast<void>(bus.receive(heard));
    }

    bus.power_cycle();
    now = now + Millis{50};
    bus.advance_to(now);
    static_cast<void>(bus.receive(heard));
    constexpr std::array ask{std::byte{0x5B}, std::byte{0xAA}};
    check(bus.send(ask) == ask.size());
    now = now + Millis{100};
    bus.advance_to(now);
    check(bus.receive(heard) == Bl0942::packet_size);
    check(heard[0] == std::byte{0x55});
    return 0;
}
