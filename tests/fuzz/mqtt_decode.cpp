// Any bytes, cut anywhere, as a broker might send them. What is taken for a message is encoded
// again and must give the bytes it came from.

#include "firmware/mqtt/decode.hpp"
#include "firmware/mqtt/encode.hpp"
#include "firmware/mqtt/packet_reader.hpp"
#include "firmware/mqtt/text.hpp"

#include <array>

using namespace ks;
using namespace ks::mqtt;

namespace {

constexpr std::size_t room_size = 300;

void examine_publish(const Packet& packet)
{
    const auto message = decode_publish(packet);
    if (!message) return;
    check(is_topic_name(message->topic));
    check((message->qos == Qos::at_least_once) == (message->packet_id != 0));

    std::array<std::byte, room_size + 5> room;
    ByteWriter writer{room};
    encode_publish(writer, {.topic = message->topic,
                            .payload = message->payload,
                            .qos = message->qos,
                            .packet_id = message->packet_id});
    check(writer.ok());
    check(equal(writer.written().last(packet.body.size()), packet.body));
}

void examine(const Packet& packet)
{
    check(packet.body.size() <= room_size);
    if (packet.type == PacketType::publish) examine_publish(packet);
    if (packet.type == PacketType::connack) (void)decode_connack(packet);
    if (packet.type == PacketType::puback) (void)decode_puback(packet);
    if (packet.type == PacketType::suback) (void)decode_suback(packet);
    if (packet.type == PacketType::pingresp) (void)decode_pingresp(packet);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::size_t piece = data[0] + 1u;
    Bytes left = std::as_bytes(std::span{data, size}.subspan(1));

    std::array<std::byte, room_size> room;
    PacketReader reader{room};
    while (!left.empty() && !reader.fault()) {
        const auto now = left.first(std::min(piece, left.size()));
        const auto taken = reader.feed(now);
        left = left.subspan(taken);
        const auto packet = reader.take();
        check(packet || taken == now.size() || reader.fault());
        if (packet) examine(*packet);
    }
    return 0;
}
