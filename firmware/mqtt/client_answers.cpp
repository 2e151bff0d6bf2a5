#include "firmware/mqtt/client.hpp"
#include "firmware/mqtt/decode.hpp"

namespace ks::mqtt {

/// What one packet from the broker means here and now; nothing when it only keeps us company.
std::optional<Client::Action> Client::answer(const Packet& packet)
{
    if (state_ == State::connecting && packet.type != PacketType::connack)
        return close(Fault::before_connack);

    switch (packet.type) {
    case PacketType::connack: return answer_connack(packet);
    case PacketType::publish: return answer_publish(packet);
    case PacketType::puback: return answer_puback(packet);
    case PacketType::suback: return answer_suback(packet);
    case PacketType::pingresp: return answer_pingresp(packet);
    case PacketType::connect:
    case PacketType::pubrec:
    case PacketType::pubrel:
    case PacketType::pubcomp:
    case PacketType::subscribe:
    case PacketType::unsubscribe:
    case PacketType::unsuback:
    case PacketType::pingreq:
    case PacketType::disconnect: break;
    }
    return close(Fault::not_for_clients);
}

Client::Action Client::answer_connack(const Packet& packet)
{
    if (state_ != State::connecting || control_question_ != Question::asked)
        return close(Fault::connack_unasked);
    const auto decoded = decode_connack(packet);
    if (!decoded) return close(decoded.reason());

    const auto session_present = decoded->session_present;
    // MQTT-3.2.2-1. A broker that confuses sessions may hold another client's messages for us.
    if (session_present && session_ == Session::clean) return close(Fault::session_impossible);

    state_ = State::connected;
    control_question_ = Question::none;
    if (session_present)
        window_.send_again();
    else
        window_.orphan_all();
    return Connected{.session_present = session_present};
}

Client::Action Client::answer_publish(const Packet& packet)
{
    const auto decoded = decode_publish(packet);
    if (!decoded) return close(decoded.reason());

    const auto& message = *decoded;
    owed_puback_ = message.packet_id;
    return Deliver{.topic = message.topic,
                   .payload = message.payload,
                   .qos = message.qos,
                   .retained = message.retained,
                   .duplicate = message.duplicate};
}

Client::Action Client::answer_puback(const Packet& packet)
{
    const auto packet_id = decode_puback(packet);
    if (!packet_id) return close(packet_id.reason());

    const auto handle = window_.acknowledge(*packet_id);
    if (!handle) return close(Fault::puback_unknown);
    return Acknowledged{*handle};
}

Client::Action Client::answer_suback(const Packet& packet)
{
    if (control_question_ != Question::asked) return close(Fault::suback_unasked);
    const auto decoded = decode_suback(packet);
    if (!decoded) return close(decoded.reason());
    if (decoded->packet_id != subscribe_id_) return close(Fault::suback_wrong_id);
    if (decoded->granted == Granted::at_least_once && subscribe_qos_ == Qos::at_most_once)
        return close(Fault::granted_too_much);

    control_question_ = Question::none;
    return Subscribed{decoded->granted};
}

std::optional<Client::Action> Client::answer_pingresp(const Packet& packet)
{
    if (ping_ != Question::asked) return close(Fault::pingresp_unasked);
    const auto decoded = decode_pingresp(packet);
    if (!decoded) return close(decoded.reason());

    ping_ = Question::none;
    return std::nullopt;
}

}  // namespace ks::mqtt
