#include "sim/world/client_packets.hpp"

#include "firmware/mqtt/encode.hpp"

namespace ks::sim {

namespace {

using mqtt::PacketType;

constexpr unsigned will_flag = 0x04;
constexpr unsigned user_flag = 0x80;
constexpr unsigned password_flag = 0x40;

std::string text(ByteReader& body) { return std::string{text_of(body.take(body.u16_be()))}; }

Buffer rest_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

ClientPacket connect(ByteReader body)
{
    if (text(body) != "MQTT" || body.u8() != 4) return Nonsense{};
    const unsigned flags = body.u8();
    Connect connect{.client_id = {}, .will = {}, .keep_alive_seconds = body.u16_be()};
    connect.client_id = text(body);
    if ((flags & will_flag) != 0) {
        Mail will{.topic = text(body), .payload = {}, .quality = Mail::Quality::at_least_once};
        will.payload = rest_of(body.take(body.u16_be()));
        connect.will = std::move(will);
    }
    if ((flags & user_flag) != 0) static_cast<void>(text(body));
    if ((flags & password_flag) != 0 || !body.at_end()) return Nonsense{};
    return connect;
}

ClientPacket publish(unsigned flags, ByteReader body)
{
    const unsigned qos = flags >> 1 & 3;
    if (qos > 1) return Nonsense{};
    Published is{
        .mail = {.topic = text(body), .payload = {}, .quality = static_cast<Mail::Quality>(qos)},
        .packet_id = 0};
    if (qos > 0) is.packet_id = body.u16_be();
    if (!body.ok() || (qos > 0 && is.packet_id == 0)) return Nonsense{};
    is.mail.payload = rest_of(body.take(body.left()));
    return is;
}

ClientPacket subscribe(ByteReader body)
{
    Subscribe is{.filter = {}, .packet_id = body.u16_be()};
    is.filter = text(body);
    const auto qos = body.u8();
    if (!body.at_end() || qos > 1) return Nonsense{};
    return is;
}

ClientPacket decoded(unsigned first, ByteReader body)
{
    switch (first >> 4) {
    case static_cast<unsigned>(PacketType::connect): return connect(body);
    case static_cast<unsigned>(PacketType::publish): return publish(first & 0x0F, body);
    case static_cast<unsigned>(PacketType::puback): return Acknowledged{body.u16_be()};
    case static_cast<unsigned>(PacketType::subscribe): return subscribe(body);
    case static_cast<unsigned>(PacketType::pingreq): return Ping{};
    case static_cast<unsigned>(PacketType::disconnect): return Goodbye{};
    }
    return Nonsense{};
}

constexpr unsigned high(std::uint16_t number) { return static_cast<unsigned>(number >> 8); }
constexpr unsigned low(std::uint16_t number) { return static_cast<unsigned>(number & 0xFF); }

void add(Buffer& out, std::initializer_list<unsigned> bytes)
{
    for (const auto byte : bytes)
        out.push_back(static_cast<std::byte>(byte));
}

}  // namespace

std::optional<ClientPacket> ClientPackets::next()
{
    std::size_t length = 0;
    std::size_t header = 1;
    for (unsigned shift = 0;; shift += 7) {
        if (shift > 21) return Nonsense{};
        if (heard_.size() <= header) return std::nullopt;
        const auto byte = std::to_integer<std::size_t>(heard_[header++]);
        length |= (byte & 0x7F) << shift;
        if (byte < 0x80) break;
    }
    if (heard_.size() < header + length) return std::nullopt;
    const auto packet = decoded(std::to_integer<unsigned>(heard_[0]),
                                ByteReader{Bytes{heard_}.subspan(header, length)});
    heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(header + length));
    return packet;
}

void add_connack(Buffer& out) { add(out, {0x20, 2, 0, 0}); }

void add_suback(Buffer& out, std::uint16_t packet_id)
{
    add(out, {0x90, 3, high(packet_id), low(packet_id), 1});
}

void add_puback(Buffer& out, std::uint16_t packet_id)
{
    add(out, {0x40, 2, high(packet_id), low(packet_id)});
}

void add_pingresp(Buffer& out) { add(out, {0xD0, 0}); }

void add_publish(Buffer& out, const Mail& mail, std::uint16_t packet_id, Try which)
{
    const auto begin = out.size();
    out.resize(begin + mqtt::publish_size(mail.topic.size(), mail.payload.size()));
    const auto room = std::span{out}.subspan(begin);
    ByteWriter writer{room};
    mqtt::encode_publish(writer, {.topic = mail.topic,
                                  .payload = mail.payload,
                                  .qos = static_cast<mqtt::Qos>(mail.quality),
                                  .packet_id = packet_id});
    check(writer.ok());
    if (which == Try::again) mqtt::set_duplicate(room);
    out.resize(begin + writer.size());
}

}  // namespace ks::sim
