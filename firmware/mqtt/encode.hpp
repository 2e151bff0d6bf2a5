#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/mqtt/packet.hpp"

#include <optional>

namespace ks::mqtt {

/// What the broker publishes for us, at QoS 1 and not retained, when we vanish without goodbye.
struct Will {
    std::string_view topic;
    Bytes payload;
};

/// Whether the broker starts afresh with us, or keeps subscriptions and unacknowledged messages
/// from one connection to the next.
enum class Session : std::uint8_t { clean, kept };

struct ConnectOptions {
    std::string_view client_id;
    /// Empty: none is sent. There is no password: posts prove themselves by certificate.
    std::string_view user_name;
    std::optional<Will> will;
    /// Whole seconds, 1 to 65,535.
    Millis keep_alive;
    Session session;
};

struct OutgoingMessage {
    std::string_view topic;
    Bytes payload;
    Qos qos;
    /// Not zero with QoS 1, not looked at with QoS 0.
    std::uint16_t packet_id;
};

// Each writes one whole packet. The caller has proved its strings and its numbers; whether the
// packet fits is asked of the writer afterwards.
void encode_connect(ByteWriter& writer, const ConnectOptions& options);
void encode_publish(ByteWriter& writer, const OutgoingMessage& message);
void encode_puback(ByteWriter& writer, std::uint16_t packet_id);
void encode_subscribe(ByteWriter& writer, std::uint16_t packet_id, std::string_view filter,
                      Qos qos);
void encode_pingreq(ByteWriter& writer);
void encode_disconnect(ByteWriter& writer);

/// Marks an encoded PUBLISH as sent before (3.3.1.1).
void set_duplicate(std::span<std::byte> publish);

/// The room that a PUBLISH at QoS 1 with these sizes takes.
[[nodiscard]] constexpr std::size_t publish_size(std::size_t topic, std::size_t payload)
{
    const auto remaining = 2 + topic + 2 + payload;
    return 1 + length_bytes(remaining) + remaining;
}

static_assert(publish_size(1, 0) == 7);
static_assert(publish_size(96, 640) == 743);

/// A PUBACK, the longest of the packets that are made up on the spot.
inline constexpr std::size_t short_packet_size = 4;

}  // namespace ks::mqtt
