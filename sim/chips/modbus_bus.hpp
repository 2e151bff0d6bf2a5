#pragma once

#include "firmware/base/instant.hpp"
#include "sim/chips/modbus_slave.hpp"

#include <deque>

namespace ks::sim {

/// One RS-485 pair with the post's UART and up to a bus full of slaves on it, at real character
/// times (eleven bits). A frame ends with 3.5 silent characters, as the slaves see it; who speaks
/// at the same time as another spoils both.
class ModbusBus {
public:
    /// Whether the transceiver's receiver stays on while the post sends.
    enum class Echo : std::uint8_t { none, own_bytes };

    explicit ModbusBus(std::uint32_t baud) : baud_{baud} {}

    /// Two slaves may have one address, as in a shed where somebody forgot the DIP switch.
    std::size_t attach(ModbusSlave slave);
    /// By the order of attaching.
    [[nodiscard]] ModbusSlave& slave(std::size_t i) { return slaves_.at(i); }
    [[nodiscard]] std::size_t slaves() const { return slaves_.size(); }

    void set_echo(Echo echo) { echo_ = echo; }
    /// Bytes from nowhere, now.
    void add_noise(std::span<const std::byte> bytes);

    void send(std::span<const std::byte> bytes);
    [[nodiscard]] std::size_t receive(std::span<std::byte> into);
    void advance_to(Instant now);
    /// The slaves lose power and get it back: what was under way is lost.
    void power_cycle();

private:
    struct OnWire {
        std::byte byte;
        std::int64_t complete_us;
    };

    [[nodiscard]] std::int64_t byte_us() const { return (11'000'000 + baud_ - 1) / baud_; }
    [[nodiscard]] std::int64_t silence_us() const
    {
        return baud_ > 19'200 ? 1'750 : byte_us() * 7 / 2;
    }
    void end_frame();
    void speak(std::span<const std::byte> bytes, std::int64_t from_us);

    std::uint32_t baud_;
    Echo echo_{Echo::none};
    std::vector<ModbusSlave> slaves_;
    std::deque<std::byte> outgoing_;
    std::vector<std::byte> frame_;
    /// Sorted by time.
    std::deque<OnWire> incoming_;
    Instant now_{};
    std::int64_t wire_free_us_{0};
};

}  // namespace ks::sim
