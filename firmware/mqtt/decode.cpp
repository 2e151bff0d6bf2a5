#include "firmware/mqtt/decode.hpp"

#include "firmware/mqtt/text.hpp"

namespace ks::mqtt {
namespace {

[[nodiscard]] std::optional<Fault> fault_of_size(const Packet& packet, std::size_t size)
{
    if (packet.body.size() < size) return Fault::body_too_short;
    if (packet.body.size() > size) return Fault::body_too_long;
    return std::nullopt;
}

[[nodiscard]] std::optional<Fault> fault_of_topic(std::string_view topic)
{
    if (topic.empty()) return Fault::topic_empty;
    if (!is_text(topic)) return Fault::topic_not_text;
    if (has_wildcard(topic)) return Fault::topic_has_wildcard;
    return std::nullopt;
}

[[nodiscard]] std::optional<Fault> fault_of_publish_flags(std::uint8_t flags)
{
    const auto qos = flags >> 1 & 3;
    const bool duplicate = (flags & 8) != 0;
    if (qos == 3) return Fault::qos_reserved;
    if (qos == 2) return Fault::qos2_refused;
    if (qos == 0 && duplicate) return Fault::duplicate_without_qos;
    return std::nullopt;
}

}  // namespace

std::optional<Fault> fault_of_first_byte(std::uint8_t first)
{
    const auto flags = static_cast<std::uint8_t>(first & 0x0F);
    const auto type = first >> 4;
    if (type == 0 || type == 15) return Fault::type_reserved;

    switch (static_cast<PacketType>(type)) {
    case PacketType::connack:
    case PacketType::puback:
    case PacketType::suback:
    case PacketType::pingresp:
        if (flags != 0) return Fault::flags_wrong;
        return std::nullopt;
    case PacketType::publish: return fault_of_publish_flags(flags);
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp: return Fault::qos2_refused;
    case PacketType::connect:
    case PacketType::subscribe:
    case PacketType::unsubscribe:
    case PacketType::unsuback:
    case PacketType::pingreq:
    case PacketType::disconnect: return Fault::not_for_clients;
    }
    return Fault::type_reserved;
}

Result<ConnAck, Fault> decode_connack(const Packet& packet)
{
    check(packet.type == PacketType::connack);
    if (const auto fault = fault_of_size(packet, 2)) return Failure{*fault};

    ByteReader reader{packet.body};
    const auto flags = reader.u8();
    const auto code = reader.u8();
    check(reader.at_end());
    if ((flags & 0xFE) != 0) return Failure{Fault::flags_wrong};
    if (code > 5) return Failure{Fault::return_code_unknown};

    const bool session_present = flags == 1;
    if (code == 0) return ConnAck{.session_present = session_present};
    if (session_present) return Failure{Fault::session_impossible};  // MQTT-3.2.2-4

    constexpr Fault refusals[] = {Fault::refused_version, Fault::refused_client_id,
                                  Fault::refused_unavailable, Fault::refused_credentials,
                                  Fault::refused_authorisation};
    return Failure{refusals[code - 1]};
}

Result<Message, Fault> decode_publish(const Packet& packet)
{
    check(packet.type == PacketType::publish);
    if (const auto fault = fault_of_publish_flags(packet.flags)) return Failure{*fault};

    const auto qos = (packet.flags >> 1 & 3) == 0 ? Qos::at_most_once : Qos::at_least_once;
    ByteReader reader{packet.body};
    const auto topic = text_of(reader.take(reader.u16_be()));
    const auto packet_id = qos == Qos::at_least_once ? reader.u16_be() : std::uint16_t{0};
    if (!reader.ok()) return Failure{Fault::body_too_short};
    if (const auto fault = fault_of_topic(topic)) return Failure{*fault};
    if (qos == Qos::at_least_once && packet_id == 0) return Failure{Fault::packet_id_zero};

    return Message{.topic = topic,
                   .payload = reader.take(reader.left()),
                   .qos = qos,
                   .packet_id = packet_id,
                   .retained = (packet.flags & 1) != 0,
                   .duplicate = (packet.flags & 8) != 0};
}

Result<std::uint16_t, Fault> decode_puback(const Packet& packet)
{
    check(packet.type == PacketType::puback);
    if (const auto fault = fault_of_size(packet, 2)) return Failure{*fault};

    const auto packet_id = ByteReader{packet.body}.u16_be();
    if (packet_id == 0) return Failure{Fault::packet_id_zero};
    return packet_id;
}

Result<SubAck, Fault> decode_suback(const Packet& packet)
{
    check(packet.type == PacketType::suback);
    if (const auto fault = fault_of_size(packet, 3)) return Failure{*fault};

    ByteReader reader{packet.body};
    const auto packet_id = reader.u16_be();
    const auto code = reader.u8();
    if (packet_id == 0) return Failure{Fault::packet_id_zero};
    switch (code) {
    case 0x00: return SubAck{.packet_id = packet_id, .granted = Granted::at_most_once};
    case 0x01: return SubAck{.packet_id = packet_id, .granted = Granted::at_least_once};
    case 0x02: return Failure{Fault::granted_too_much};
    case 0x80: return SubAck{.packet_id = packet_id, .granted = Granted::refused};
    }
    return Failure{Fault::return_code_unknown};
}

Result<Done, Fault> decode_pingresp(const Packet& packet)
{
    check(packet.type == PacketType::pingresp);
    if (const auto fault = fault_of_size(packet, 0)) return Failure{*fault};
    return Done{};
}

}  // namespace ks::mqtt
