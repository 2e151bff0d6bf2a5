#include "tests/drivers/meter_bench.hpp"

namespace ks::drivers {

namespace {

std::byte low(std::uint32_t value) { return static_cast<std::byte>(value & 0xFFU); }

void put_24(std::vector<std::byte>& into, std::uint32_t value)
{
    for (const auto shift : {0U, 8U, 16U})
        into.push_back(low(value >> shift));
}

void put_checksum(std::vector<std::byte>& into, std::uint32_t command)
{
    auto sum = command;
    for (const auto byte : into)
        sum += std::to_integer<std::uint32_t>(byte);
    into.push_back(low(~sum));
}

}  // namespace

std::vector<std::byte> packet_of(MeterAddress address, const PacketRegisters& registers)
{
    std::vector<std::byte> packet{std::byte{0x55}};
    put_24(packet, registers.current);
    put_24(packet, registers.voltage);
    put_24(packet, registers.current * 363 / 1'000);
    put_24(packet, static_cast<std::uint32_t>(registers.watt) & 0xFF'FFFFU);
    put_24(packet, registers.pulses);
    put_24(packet, 0x4E20);
    put_24(packet, 0);
    put_checksum(packet, 0x58U + address);
    return packet;
}

void MeterBench::Chip::restart()
{
    registers = {{0x15, 0xFFFF}, {0x16, 1}, {0x18, 0x24}, {0x19, 0x87}, {0x1A, 2}};
    unlocked = 0;
    packet.pulses = 0;
}

MeterBench::MeterBench(std::uint8_t chips) : chips_(chips)
{
    for (std::uint8_t address = 0; address < chips; ++address) {
        chips_[address].address = address;
        chips_[address].restart();
    }
}

std::vector<std::byte> MeterBench::hear(Bytes frame)
{
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(frame[i]); };
    const auto head = at(0);
    const auto address = head & 3U;
    if (address >= chips_.size() || chips_[address].power == Chip::Power::off) return {};
    auto& chip = chips_[address];

    if ((head & 0xFCU) == 0x58 && frame.size() == 2) {
        if (at(1) == 0xAA) {
            ++chip.packets_asked;
            return packet_of(chip.address, chip.packet);
        }
        std::vector<std::byte> answer;
        put_24(answer, chip.registers[static_cast<std::uint8_t>(at(1))]);
        put_checksum(answer, head + at(1));
        return answer;
    }
    if ((head & 0xFCU) == 0xA8 && frame.size() == 6) {
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < 5; ++i)
            sum += at(i);
        const auto value = at(2) | at(3) << 8 | at(4) << 16;
        if ((~sum & 0xFFU) != at(5)) return {};
        if (at(1) == 0x1D)
            chip.unlocked = value;
        else if (chip.unlocked == 0x55)
            chip.registers[static_cast<std::uint8_t>(at(1))] = value;
    }
    return {};
}

BusRig::BusRig(std::uint8_t count) : BusRig{count, MeterBaud::at_38400} {}

BusRig::BusRig(std::uint8_t count, MeterBaud baud)
    : meters{count},
      bench{count},
      bus{{.meters = count, .pin_trip = Milliamps{10'000}, .baud = baud}}
{}

}  // namespace ks::drivers
