#pragma once

#include "firmware/base/instant.hpp"
#include "sim/world/mail_queue.hpp"

#include <map>
#include <set>
#include <string>

namespace ks::sim {

/// The broker between posts and edge, with the bad manners of a real one: a PUBACK means nothing.
/// Posts speak MQTT to it, byte for byte, each over a connection whose certificate has named it;
/// the edge's client, whose library runs threads of its own, is met where it meets the daemon, in
/// whole messages. No clock, no randomness.
class ModelBroker {
public:
    using ConnectionNo = std::uint32_t;

    ModelBroker(std::string site, const Manners& manners);
    ModelBroker(const ModelBroker&) = delete;  // its queues look at its manners
    ModelBroker& operator=(const ModelBroker&) = delete;

    [[nodiscard]] bool running() const { return running_; }
    /// As signal 9 does: every connection, every session and what waited in them is gone.
    void kill();
    void start();

    // Posts. A connection that is not `open` any more was ended by the broker.
    [[nodiscard]] ConnectionNo accept(const std::string& identity, Instant now);
    void hear(ConnectionNo no, Bytes bytes, Instant now);
    [[nodiscard]] Buffer take(ConnectionNo no);
    [[nodiscard]] bool open(ConnectionNo no) const;
    /// The transport has told the broker that it is gone.
    void lost(ConnectionNo no);
    /// Ends connections whose clients have been silent for one and a half of their keep-alives.
    void look_around(Instant now);
    /// Another client came with this one's id, and left again.
    void take_over(const std::string& client_id);
    /// The access list lets it publish nothing, which it is not told.
    void deny(const std::string& identity) { denied_.insert(identity); }
    void allow(const std::string& identity) { denied_.erase(identity); }

    // The edge's one client, whose session is kept while it is away.
    void edge_came();
    void edge_went();
    [[nodiscard]] bool edge_there() const { return edge_there_; }
    struct ForEdge {
        Mail mail;
        std::uint16_t packet_id;
        Try which;
    };
    /// The next message to the edge; what is not acknowledged is sent again after a loss.
    [[nodiscard]] std::optional<ForEdge> next_for_edge();
    void acknowledged_by_edge(std::uint16_t packet_id);
    /// From whoever may publish to posts: the edge, or a thief of its password.
    void publish_to_posts(Mail mail);

    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    [[nodiscard]] std::uint64_t denied() const { return denials_; }

private:
    struct Connection {
        std::string identity;
        ClientPackets packets;
        Buffer out;
        Instant heard;
        std::optional<Connect> client;  // once it has said so
        std::string filter;
        MailQueue mail;
    };
    void obey(ConnectionNo no, const ClientPacket& packet);
    void connected(ConnectionNo no, const Connect& connect);
    void published(Connection& from, const Published& is);
    void route(Mail mail);
    void end(ConnectionNo no);
    static void push(Connection& to);

    std::string site_;
    Manners manners_;
    std::map<ConnectionNo, Connection> connections_;
    ConnectionNo last_{0};
    MailQueue for_edge_;
    std::set<std::string> denied_;
    bool running_{true};
    bool edge_there_{false};
    bool edge_known_{false};
    std::uint64_t dropped_{0};
    std::uint64_t denials_{0};
};

}  // namespace ks::sim
