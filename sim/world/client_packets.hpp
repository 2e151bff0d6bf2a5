#pragma once

#include "firmware/base/bytes.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

// The broker's end of MQTT 3.1.1 (OASIS, 29 October 2014), as far as a post speaks it.
namespace ks::sim {

using Buffer = std::vector<std::byte>;

/// A message as brokers carry it. Nothing here is ever retained.
struct Mail {
    std::string topic;
    Buffer payload;
    enum class Quality : std::uint8_t { at_most_once, at_least_once } quality{};
};

struct Connect {
    std::string client_id;
    std::optional<Mail> will;
    std::uint16_t keep_alive_seconds;
};
struct Published {
    Mail mail;
    std::uint16_t packet_id;  // 0 with QoS 0
};
struct Acknowledged {
    std::uint16_t packet_id;
};
struct Subscribe {
    std::string filter;
    std::uint16_t packet_id;
};
struct Ping {};
struct Goodbye {};
/// What no client of ours may say: the connection ends.
struct Nonsense {};

using ClientPacket =
    std::variant<Connect, Published, Acknowledged, Subscribe, Ping, Goodbye, Nonsense>;

/// Cuts what a client sends into packets.
class ClientPackets {
public:
    void feed(Bytes bytes) { heard_.insert(heard_.end(), bytes.begin(), bytes.end()); }
    /// The next whole packet, if there is one.
    [[nodiscard]] std::optional<ClientPacket> next();

private:
    Buffer heard_;
};

// Each adds one packet.
void add_connack(Buffer& out);
void add_suback(Buffer& out, std::uint16_t packet_id);
void add_puback(Buffer& out, std::uint16_t packet_id);
void add_pingresp(Buffer& out);
enum class Try : std::uint8_t { first, again };
void add_publish(Buffer& out, const Mail& mail, std::uint16_t packet_id, Try which);

}  // namespace ks::sim
