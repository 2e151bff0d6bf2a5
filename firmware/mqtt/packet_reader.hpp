#pragma once

#include "firmware/mqtt/packet.hpp"

#include <optional>
#include <span>

namespace ks::mqtt {

/// Makes whole packets out of bytes that were cut anywhere. It keeps one packet at a time, in room
/// lent by its owner, and learns from the first five bytes at most whether it ever will: nothing
/// is set aside by a number that the peer sent.
class PacketReader {
public:
    explicit PacketReader(std::span<std::byte> room) : room_{room} { check(!room.empty()); }

    /// Takes bytes up to the end of one packet and says how many. Takes none while a packet is
    /// waiting or after a fault.
    [[nodiscard]] std::size_t feed(Bytes bytes);

    /// The waiting packet, once. Its body stays until the next `feed`.
    [[nodiscard]] std::optional<Packet> take();

    [[nodiscard]] std::optional<Fault> fault() const { return fault_; }

    void reset();

private:
    enum class At : std::uint8_t { first_byte, length, body, whole };

    void take_first_byte(std::byte byte);
    void take_length_byte(std::byte byte);
    std::size_t take_body(Bytes bytes);

    std::span<std::byte> room_;
    std::size_t length_{0};
    std::size_t filled_{0};
    std::optional<Fault> fault_;
    std::uint8_t first_{0};
    std::uint8_t length_bytes_{0};
    At at_{At::first_byte};
};

}  // namespace ks::mqtt
