#include "firmware/drivers/bl0942.hpp"

#include "firmware/drivers/bl0942_scale.hpp"

namespace ks::drivers {

namespace {

constexpr std::uint8_t read_head = 0x58;   // plus the address
constexpr std::uint8_t write_head = 0xA8;  // plus the address
constexpr std::uint8_t packet_register = 0xAA;
constexpr std::uint8_t packet_head = 0x55;
constexpr std::uint32_t full_scale = 0xFF'FFFF;

/// Bitwise not of the low byte of the sum over the whole exchange, the command's bytes included.
std::uint8_t checksum(std::uint32_t command, Bytes bytes)
{
    auto sum = command;
    for (const auto byte : bytes)
        sum += std::to_integer<std::uint32_t>(byte);
    return static_cast<std::uint8_t>(~sum & 0xFFU);
}

constexpr std::byte byte_of(std::uint32_t value) { return static_cast<std::byte>(value & 0xFFU); }

std::int64_t signed_24(std::uint32_t raw)
{
    return raw & 0x80'0000U ? std::int64_t{raw} - 0x100'0000 : std::int64_t{raw};
}

/// The chip says nothing about who answers, but its checksum starts with the command it heard: an
/// answer that is right for a neighbour's command came from the neighbour (F-029).
MeterFault fault_of(std::uint8_t found, std::uint8_t expected)
{
    // Commands of neighbours differ by up to 3, and so do the checksums.
    const auto apart = static_cast<std::uint8_t>(found - expected + 3U);
    return apart <= 6 ? MeterFault::other_address : MeterFault::mangled;
}

Milliamps current_of(std::uint32_t counts)
{
    // The chip's own end of scale: more than it can say, which is true of a short circuit.
    if (counts == full_scale) return meter_current_ceiling;
    return Milliamps{static_cast<std::int32_t>(bl0942_milliamps.of(counts))};
}

}  // namespace

ReadFrame read_frame(MeterAddress address, MeterRegister from)
{
    check(address < meters_per_bus);
    return {byte_of(read_head + address), byte_of(static_cast<std::uint8_t>(from))};
}

ReadFrame packet_request(MeterAddress address)
{
    check(address < meters_per_bus);
    return {byte_of(read_head + address), byte_of(packet_register)};
}

WriteFrame write_frame(MeterAddress address, MeterRegister to, std::uint32_t value)
{
    check(address < meters_per_bus);
    check(value <= full_scale);
    WriteFrame frame{byte_of(write_head + address),
                     byte_of(static_cast<std::uint8_t>(to)),
                     byte_of(value),
                     byte_of(value >> 8),
                     byte_of(value >> 16),
                     std::byte{}};
    frame.back() = byte_of(checksum(0, Bytes{frame}.first(frame.size() - 1)));
    return frame;
}

Result<std::uint32_t, MeterFault> word_from(Bytes answer, MeterAddress address, MeterRegister from)
{
    check(address < meters_per_bus);
    if (answer.size() != meter_word_size) return Failure{MeterFault::mangled};
    ByteReader reader{answer};
    const auto value = reader.u24_le();
    const auto found = reader.u8();
    const auto command = read_head + address + static_cast<std::uint32_t>(from);
    const auto expected = checksum(command, answer.first(meter_word_size - 1));
    if (found != expected) return Failure{fault_of(found, expected)};
    return value;
}

Result<hal::Sample, MeterFault> sample_from(Bytes packet, MeterAddress address, Instant now)
{
    check(address < meters_per_bus);
    if (packet.size() != meter_packet_size) return Failure{MeterFault::mangled};
    ByteReader reader{packet};
    const auto head = reader.u8();
    const auto current = reader.u24_le();
    const auto voltage = reader.u24_le();
    static_cast<void>(reader.u24_le());  // the fast rms: the over-current pin looks at it
    const auto watt = reader.u24_le();
    const auto pulses = reader.u24_le();
    static_cast<void>(reader.u16_le());  // the frequency
    const auto zeros = reader.u8();
    static_cast<void>(reader.u8());  // the status: what it says is in the values as well
    const auto more_zeros = reader.u16_le();
    const auto found = reader.u8();
    check(reader.at_end());

    if (head != packet_head || zeros != 0 || more_zeros != 0) return Failure{MeterFault::mangled};
    const auto expected = checksum(read_head + address, packet.first(meter_packet_size - 1));
    if (found != expected) return Failure{fault_of(found, expected)};

    const hal::Sample sample{
        .at = now,
        .voltage = Millivolts{static_cast<std::int32_t>(bl0942_millivolts.of(voltage))},
        .current = current_of(current),
        .power = Milliwatts{static_cast<std::int32_t>(bl0942_milliwatts.of(signed_24(watt)))},
        .pulses = pulses};
    if (!plausible(sample.voltage, sample.current, sample.power))
        return Failure{MeterFault::absurd};
    return sample;
}

}  // namespace ks::drivers
