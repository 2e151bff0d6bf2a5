#include "sim/chips/modbus_slave.hpp"

#include <array>

namespace ks::sim {

namespace {

using Frame = ModbusSlave::Frame;
using Seen = std::span<const std::byte>;

constexpr unsigned illegal_function = 1;
constexpr unsigned illegal_address = 2;
constexpr unsigned illegal_value = 3;
constexpr unsigned busy = 6;

unsigned at(Seen frame, std::size_t i) { return std::to_integer<unsigned>(frame[i]); }
unsigned word_at(Seen frame, std::size_t i) { return at(frame, i) << 8 | at(frame, i + 1); }

void put(Frame& frame, unsigned value) { frame.push_back(static_cast<std::byte>(value & 0xFFU)); }
void put_word(Frame& frame, unsigned value)
{
    put(frame, value >> 8);
    put(frame, value);
}

/// The CRC by its table of halves, so that a slip in the driver's is not made twice.
unsigned crc_of(Seen bytes)
{
    constexpr std::array<unsigned, 16> half{0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00,
                                            0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401,
                                            0x5000, 0x9C01, 0x8801, 0x4400};
    unsigned crc = 0xFFFF;
    for (const auto byte : bytes) {
        const auto value = std::to_integer<unsigned>(byte);
        crc = crc >> 4 ^ half[(crc ^ value) & 15U];
        crc = crc >> 4 ^ half[(crc ^ value >> 4) & 15U];
    }
    return crc;
}

void close(Frame& frame)
{
    const auto crc = crc_of(frame);
    put(frame, crc);
    put(frame, crc >> 8);
}

Frame head_of(Seen question) { return {question[0], question[1]}; }

Frame exception(Seen question, unsigned code)
{
    Frame frame{question[0]};
    put(frame, at(question, 1) | 0x80U);
    put(frame, code);
    return frame;
}

}  // namespace

void ModbusSlave::suffer(SlaveFault fault)
{
    fault_ = fault;
    if (fault != SlaveFault::stuck) return;
    stuck_input_ = input_;
    stuck_holding_ = holding_;
    stuck_discrete_ = discrete_;
}

std::optional<Frame> ModbusSlave::hear(Seen frame)
{
    if (frame.size() < 8 || at(frame, 0) != address_) return std::nullopt;
    const auto crc = at(frame, frame.size() - 2) | at(frame, frame.size() - 1) << 8;
    if (crc != crc_of(frame.first(frame.size() - 2))) return std::nullopt;
    ++heard_;
    if (fault_ == SlaveFault::silent) return std::nullopt;
    if (fault_ == SlaveFault::babbling) return Frame(20, std::byte{0x5A});

    auto reply = fault_ == SlaveFault::busy ? exception(frame, busy) : reply_to(frame);
    if (fault_ == SlaveFault::wrong_length) put_word(reply, 0x0BAD);
    if (fault_ == SlaveFault::other_address) reply[0] = static_cast<std::byte>(address_ + 1U);
    close(reply);
    if (fault_ == SlaveFault::bad_crc || (spoil_each_ != 0 && heard_ % spoil_each_ == 0))
        reply.back() ^= std::byte{0x10};
    return reply;
}

Frame ModbusSlave::reply_to(Seen frame)
{
    const bool stuck = fault_ == SlaveFault::stuck;
    switch (at(frame, 1)) {
    case 0x02: return read_bits(frame);
    case 0x03: return read_words(frame, stuck ? stuck_holding_ : holding_);
    case 0x04: return read_words(frame, stuck ? stuck_input_ : input_);
    case 0x06:
    case 0x10: return write_words(frame);
    default: return exception(frame, illegal_function);
    }
}

Frame ModbusSlave::read_words(Seen frame, const Registers& from) const
{
    const auto first = word_at(frame, 2);
    const auto count = word_at(frame, 4);
    if (count == 0 || count > 125) return exception(frame, illegal_value);
    auto reply = head_of(frame);
    put(reply, count * 2);
    for (unsigned i = 0; i < count; ++i) {
        const auto found = from.find(static_cast<std::uint16_t>(first + i));
        if (found == from.end()) return exception(frame, illegal_address);
        put_word(reply, found->second);
    }
    return reply;
}

Frame ModbusSlave::read_bits(Seen frame) const
{
    const auto& from = fault_ == SlaveFault::stuck ? stuck_discrete_ : discrete_;
    const auto first = word_at(frame, 2);
    const auto count = word_at(frame, 4);
    if (count == 0 || count > 2'000) return exception(frame, illegal_value);
    std::vector<unsigned> packed((count + 7) / 8);
    for (unsigned i = 0; i < count; ++i) {
        const auto found = from.find(static_cast<std::uint16_t>(first + i));
        if (found == from.end()) return exception(frame, illegal_address);
        if (found->second != 0) packed[i / 8] |= 1U << i % 8;
    }
    auto reply = head_of(frame);
    put(reply, static_cast<unsigned>(packed.size()));
    for (const auto byte : packed)
        put(reply, byte);
    return reply;
}

Frame ModbusSlave::write_words(Seen frame)
{
    const auto first = word_at(frame, 2);
    const bool single = at(frame, 1) == 0x06;
    const auto count = single ? 1U : word_at(frame, 4);
    if (!single && (at(frame, 6) != count * 2 || frame.size() != 9 + count * 2))
        return exception(frame, illegal_value);
    for (unsigned i = 0; i < count; ++i)
        if (!holding_.contains(static_cast<std::uint16_t>(first + i)))
            return exception(frame, illegal_address);
    for (unsigned i = 0; i < count; ++i)
        holding_[static_cast<std::uint16_t>(first + i)] =
            static_cast<std::uint16_t>(word_at(frame, single ? 4 : 7 + 2 * i));
    return {frame.begin(), frame.begin() + 6};
}

ModbusSlave modbus_sensor(hal::SensorKind kind, std::uint8_t address)
{
    ModbusSlave slave{address};
    switch (kind) {
    case hal::SensorKind::smoke: slave.set_holding(0, 0); break;
    case hal::SensorKind::temperature: show_temperature(slave, DeciCelsius{200}); break;
    case hal::SensorKind::bay:
        slave.set_input(0, 0);
        show_distance(slave, Millimetres{2'400});
        break;
    case hal::SensorKind::tag_reader: show_tag(slave, 0); break;
    case hal::SensorKind::zone: show(slave, kind, hal::Finding::quiet); break;
    case hal::SensorKind::barrier: slave.set_discrete(0, 1); break;
    case hal::SensorKind::annunciator:
        slave.set_holding(0, 0);
        slave.set_holding(1, 0);
        break;
    }
    return slave;
}

void show(ModbusSlave& slave, hal::SensorKind kind, hal::Finding finding)
{
    const auto status = static_cast<std::uint16_t>(finding);
    const auto active = static_cast<std::uint16_t>(finding == hal::Finding::active);
    const auto faulty = static_cast<std::uint16_t>(finding == hal::Finding::faulty);
    switch (kind) {
    case hal::SensorKind::smoke: slave.set_holding(0, status); break;
    case hal::SensorKind::bay: slave.set_input(0, status); break;
    case hal::SensorKind::zone:
        slave.set_discrete(0, active);
        slave.set_discrete(1, faulty);
        break;
    case hal::SensorKind::barrier:
        slave.set_discrete(0, static_cast<std::uint16_t>(1U - active));
        break;
    case hal::SensorKind::temperature:
    case hal::SensorKind::tag_reader:
    case hal::SensorKind::annunciator: break;
    }
}

void show_temperature(ModbusSlave& slave, std::optional<DeciCelsius> temperature)
{
    slave.set_input(0, temperature ? static_cast<std::uint16_t>(temperature->count()) : 0x7FFF);
}

void show_distance(ModbusSlave& slave, std::optional<Millimetres> distance)
{
    slave.set_input(1, distance ? static_cast<std::uint16_t>(distance->count()) : 0xFFFF);
}

void show_tag(ModbusSlave& slave, std::uint64_t tag)
{
    for (unsigned i = 0; i < 4; ++i)
        slave.set_input(static_cast<std::uint16_t>(i),
                        static_cast<std::uint16_t>(tag >> (48 - 16 * i)));
}

}  // namespace ks::sim
