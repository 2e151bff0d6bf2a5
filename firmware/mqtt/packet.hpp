#pragma once

#include "firmware/base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace ks::mqtt {

/// The packet types of MQTT 3.1.1, table 2.1.
enum class PacketType : std::uint8_t {
    connect = 1,
    connack = 2,
    publish = 3,
    puback = 4,
    pubrec = 5,
    pubrel = 6,
    pubcomp = 7,
    subscribe = 8,
    suback = 9,
    unsubscribe = 10,
    unsuback = 11,
    pingreq = 12,
    pingresp = 13,
    disconnect = 14,
};

/// QoS 2 is not offered: its handshake promises nothing that an end-to-end acknowledgement by
/// sequence does not, and costs two more packets and state that survives restarts.
enum class Qos : std::uint8_t { at_most_once = 0, at_least_once = 1 };

/// What a broker said to a subscription.
enum class Granted : std::uint8_t { at_most_once, at_least_once, refused };

/// Why a conversation ended. Clauses are those of MQTT 3.1.1 (OASIS, 29 October 2014).
enum class Fault : std::uint8_t {
    /// We said goodbye ourselves.
    asked,

    /// CONNACK return codes 1 to 5 (table 3.1).
    refused_version,
    refused_client_id,
    refused_unavailable,
    refused_credentials,
    refused_authorisation,

    /// The broker kept us waiting longer than we wait.
    connack_late,
    suback_late,
    puback_late,
    pingresp_late,

    /// Bytes that are not MQTT 3.1.1.
    type_reserved,
    flags_wrong,
    length_malformed,
    packet_too_large,
    body_too_short,
    body_too_long,
    packet_id_zero,
    return_code_unknown,
    qos_reserved,
    duplicate_without_qos,
    topic_empty,
    topic_not_text,
    topic_has_wildcard,

    /// Well-formed packets that must not come, or not now.
    before_connack,
    connack_unasked,
    session_impossible,
    puback_unknown,
    suback_unasked,
    suback_wrong_id,
    granted_too_much,
    pingresp_unasked,
    qos2_refused,
    not_for_clients,
};

/// One whole packet; `body` is what follows the fixed header and lies in its reader's buffer.
struct Packet {
    PacketType type;
    std::uint8_t flags;
    Bytes body;
};

/// A message from the broker. The views end with the bytes they were decoded from.
struct Message {
    std::string_view topic;
    Bytes payload;
    Qos qos;
    /// Zero with QoS 0.
    std::uint16_t packet_id;
    /// Sent from the broker's memory, not by a publisher that is there now.
    bool retained;
    /// The broker has tried before; whether that arrived, it does not know.
    bool duplicate;
};

/// The largest remaining length that four bytes can say (2.2.3).
inline constexpr std::size_t remaining_length_max = 268'435'455;

/// How many bytes a remaining length takes on the wire (table 2.4).
[[nodiscard]] constexpr std::size_t length_bytes(std::size_t remaining)
{
    check(remaining <= remaining_length_max);
    return remaining < 128 ? 1 : remaining < 16'384 ? 2 : remaining < 2'097'152 ? 3 : 4;
}

static_assert(length_bytes(0) == 1 && length_bytes(127) == 1);
static_assert(length_bytes(128) == 2 && length_bytes(16'383) == 2);
static_assert(length_bytes(16'384) == 3 && length_bytes(2'097'151) == 3);
static_assert(length_bytes(2'097'152) == 4 && length_bytes(remaining_length_max) == 4);

}  // namespace ks::mqtt
