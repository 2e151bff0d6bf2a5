#pragma once

#include "firmware/hal/sensing.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace ks::sim {

/// What ails a slave.
enum class SlaveFault : std::uint8_t {
    none,
    silent,
    bad_crc,
    wrong_length,   // one register too many, with a good CRC
    slow,           // thinks longer than any master waits
    other_address,  // answers in another's name
    busy,           // exception 6
    stuck,          // answers what it answered when the fault began
    babbling,       // garbage instead of an answer
};

/// One Modbus RTU slave at the level of frames: what it answers to a whole frame, and how long it
/// thinks. Written from the protocol's side of the slave, it shares nothing with the driver.
class ModbusSlave {
public:
    using Frame = std::vector<std::byte>;
    using Registers = std::map<std::uint16_t, std::uint16_t>;

    static constexpr std::int64_t think_us = 3'000;
    static constexpr std::int64_t slow_us = 700'000;

    explicit ModbusSlave(std::uint8_t address) : address_{address} {}

    [[nodiscard]] std::uint8_t address() const { return address_; }
    void set_input(std::uint16_t at, std::uint16_t word) { input_[at] = word; }
    void set_holding(std::uint16_t at, std::uint16_t word) { holding_[at] = word; }
    void set_discrete(std::uint16_t at, std::uint16_t bit) { discrete_[at] = bit; }
    [[nodiscard]] std::uint16_t holding(std::uint16_t at) const { return holding_.at(at); }

    void suffer(SlaveFault fault);
    [[nodiscard]] SlaveFault fault() const { return fault_; }
    /// Spoils the CRC of each n-th answer; 0 of none.
    void spoil_each(unsigned n) { spoil_each_ = n; }
    [[nodiscard]] std::int64_t thinks_us() const
    {
        return fault_ == SlaveFault::slow ? slow_us : think_us;
    }

    /// Nothing when the frame is not for it, mangled or a broadcast.
    [[nodiscard]] std::optional<Frame> hear(std::span<const std::byte> frame);
    [[nodiscard]] unsigned frames_heard() const { return heard_; }

private:
    [[nodiscard]] Frame reply_to(std::span<const std::byte> frame);
    [[nodiscard]] Frame read_words(std::span<const std::byte> frame, const Registers& from) const;
    [[nodiscard]] Frame read_bits(std::span<const std::byte> frame) const;
    [[nodiscard]] Frame write_words(std::span<const std::byte> frame);

    std::uint8_t address_;
    SlaveFault fault_{SlaveFault::none};
    Registers input_;
    Registers holding_;
    Registers discrete_;
    /// As it was when the slave got stuck.
    Registers stuck_input_;
    Registers stuck_holding_;
    Registers stuck_discrete_;
    unsigned spoil_each_{0};
    unsigned heard_{0};
};

/// A slave with the blocks of its kind's generic map (firmware/drivers), at rest: no smoke, 20
/// degrees, bays free, no tag, zone empty, barrier standing.
[[nodiscard]] ModbusSlave modbus_sensor(hal::SensorKind kind, std::uint8_t address);
/// What the sensor says of itself: smoke, bay, zone, barrier.
void show(ModbusSlave& slave, hal::SensorKind kind, hal::Finding finding);
void show_temperature(ModbusSlave& slave, std::optional<DeciCelsius> temperature);
/// A bay sensor's second register; nothing is its fault value.
void show_distance(ModbusSlave& slave, std::optional<Millimetres> distance);
void show_tag(ModbusSlave& slave, std::uint64_t tag);

}  // namespace ks::sim
