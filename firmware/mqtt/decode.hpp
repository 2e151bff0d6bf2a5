#pragma once

#include "firmware/base/result.hpp"
#include "firmware/mqtt/packet.hpp"

#include <optional>

namespace ks::mqtt {

/// Whether the broker still knows us from before.
struct ConnAck {
    bool session_present;
};

struct SubAck {
    std::uint16_t packet_id;
    Granted granted;
};

/// What is wrong with the first byte of a packet to a client: a reserved type, one that only
/// clients send, one of the QoS 2 handshake, or flags other than the table allows (2.2.2).
[[nodiscard]] std::optional<Fault> fault_of_first_byte(std::uint8_t first);

// Each takes a packet of its own type. A broker's refusal of a connection comes back as its fault.
[[nodiscard]] Result<ConnAck, Fault> decode_connack(const Packet& packet);
[[nodiscard]] Result<Message, Fault> decode_publish(const Packet& packet);
[[nodiscard]] Result<std::uint16_t, Fault> decode_puback(const Packet& packet);
[[nodiscard]] Result<SubAck, Fault> decode_suback(const Packet& packet);
[[nodiscard]] Result<Done, Fault> decode_pingresp(const Packet& packet);

}  // namespace ks::mqtt
