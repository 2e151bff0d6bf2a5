#include "firmware/mqtt/encode.hpp"

namespace ks::mqtt {
namespace {

constexpr std::uint8_t protocol_level = 4;  // MQTT 3.1.1 (3.1.2.2)

namespace connect_flag {
constexpr std::uint8_t clean_session = 0x02;
constexpr std::uint8_t will = 0x04;
constexpr std::uint8_t will_at_least_once = 0x08;
constexpr std::uint8_t user_name = 0x80;
}  // namespace connect_flag

constexpr std::uint8_t duplicate_bit = 0x08;

constexpr std::uint8_t first_byte(PacketType type, std::uint8_t flags)
{
    return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags);
}

static_assert(first_byte(PacketType::connect, 0) == 0x10);
static_assert(first_byte(PacketType::subscribe, 2) == 0x82);

void put_header(ByteWriter& writer, std::uint8_t first, std::size_t remaining)
{
    check(remaining <= remaining_length_max);
    writer.u8(first);
    do {
        const auto low = static_cast<std::uint8_t>(remaining % 128);
        remaining /= 128;
        writer.u8(remaining > 0 ? static_cast<std::uint8_t>(low | 0x80) : low);
    } while (remaining > 0);
}

void put_field(ByteWriter& writer, Bytes bytes)
{
    check(bytes.size() <= 0xFFFF);
    writer.u16_be(static_cast<std::uint16_t>(bytes.size()));
    writer.put(bytes);
}

constexpr std::uint8_t flags_of(const ConnectOptions& options)
{
    unsigned flags = 0;
    if (options.session == Session::clean) flags |= connect_flag::clean_session;
    if (options.will) flags |= connect_flag::will | connect_flag::will_at_least_once;
    if (!options.user_name.empty()) flags |= connect_flag::user_name;
    return static_cast<std::uint8_t>(flags);
}

}  // namespace

void encode_connect(ByteWriter& writer, const ConnectOptions& options)
{
    const auto seconds = options.keep_alive.count() / 1000;
    check(seconds > 0 && seconds <= 0xFFFF);
    check(!options.client_id.empty());

    auto remaining = 10 + 2 + options.client_id.size();
    if (options.will)
        remaining += 2 + options.will->topic.size() + 2 + options.will->payload.size();
    if (!options.user_name.empty()) remaining += 2 + options.user_name.size();

    put_header(writer, first_byte(PacketType::connect, 0), remaining);
    put_field(writer, bytes_of("MQTT"));
    writer.u8(protocol_level);
    writer.u8(flags_of(options));
    writer.u16_be(static_cast<std::uint16_t>(seconds));
    put_field(writer, bytes_of(options.client_id));
    if (options.will) {
        put_field(writer, bytes_of(options.will->topic));
        put_field(writer, options.will->payload);
    }
    if (!options.user_name.empty()) put_field(writer, bytes_of(options.user_name));
}

void encode_publish(ByteWriter& writer, const OutgoingMessage& message)
{
    const bool numbered = message.qos == Qos::at_least_once;
    check(!numbered || message.packet_id != 0);

    const auto flags = static_cast<std::uint8_t>(static_cast<unsigned>(message.qos) << 1);
    const auto remaining = 2 + message.topic.size() + (numbered ? 2 : 0) + message.payload.size();
    put_header(writer, first_byte(PacketType::publish, flags), remaining);
    put_field(writer, bytes_of(message.topic));
    if (numbered) writer.u16_be(message.packet_id);
    writer.put(message.payload);
}

void encode_puback(ByteWriter& writer, std::uint16_t packet_id)
{
    check(packet_id != 0);
    put_header(writer, first_byte(PacketType::puback, 0), 2);
    writer.u16_be(packet_id);
}

void encode_subscribe(ByteWriter& writer, std::uint16_t packet_id, std::string_view filter, Qos qos)
{
    check(packet_id != 0);
    put_header(writer, first_byte(PacketType::subscribe, 2), 2 + 2 + filter.size() + 1);
    writer.u16_be(packet_id);
    put_field(writer, bytes_of(filter));
    writer.u8(static_cast<std::uint8_t>(qos));
}

void encode_pingreq(ByteWriter& writer)
{
    put_header(writer, first_byte(PacketType::pingreq, 0), 0);
}

void encode_disconnect(ByteWriter& writer)
{
    put_header(writer, first_byte(PacketType::disconnect, 0), 0);
}

void set_duplicate(std::span<std::byte> publish)
{
    check(!publish.empty());
    check(std::to_integer<unsigned>(publish[0]) >> 4 == static_cast<unsigned>(PacketType::publish));
    publish[0] |= std::byte{duplicate_bit};
}

}  // namespace ks::mqtt
