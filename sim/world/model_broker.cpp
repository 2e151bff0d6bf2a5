#include "sim/world/model_broker.hpp"

#include <utility>

namespace ks::sim {

namespace {

/// `ks/1/SITE/POST/down/+` and no other wildcard: all that the access list grants a post.
bool matches(const std::string& filter, const std::string& topic)
{
    return filter.size() > 1 && topic.size() >= filter.size() &&
           topic.compare(0, filter.size() - 1, filter, 0, filter.size() - 1) == 0 &&
           topic.find('/', filter.size() - 1) == std::string::npos;
}

}  // namespace

ModelBroker::ModelBroker(std::string site, const Manners& manners)
    : site_{std::move(site)}, manners_{manners}, for_edge_{manners_}
{}

void ModelBroker::kill()
{
    running_ = false;
    connections_.clear();
    for_edge_ = MailQueue{manners_};
    edge_there_ = edge_known_ = false;
}

void ModelBroker::start() { running_ = true; }

ModelBroker::ConnectionNo ModelBroker::accept(const std::string& identity, Instant now)
{
    check(running_);
    connections_.emplace(++last_, Connection{.identity = identity,
                                             .packets = {},
                                             .out = {},
                                             .heard = now,
                                             .client = {},
                                             .filter = {},
                                             .mail = MailQueue{manners_}});
    return last_;
}

bool ModelBroker::open(ConnectionNo no) const { return connections_.contains(no); }

void ModelBroker::hear(ConnectionNo no, Bytes bytes, Instant now)
{
    if (!open(no)) return;
    connections_.at(no).packets.feed(bytes);
    connections_.at(no).heard = now;
    while (open(no)) {
        const auto packet = connections_.at(no).packets.next();
        if (!packet) return;
        obey(no, *packet);
    }
}

void ModelBroker::obey(ConnectionNo no, const ClientPacket& packet)
{
    auto& from = connections_.at(no);
    if (const auto* connect = std::get_if<Connect>(&packet)) {
        connected(no, *connect);
    } else if (!from.client || std::holds_alternative<Nonsense>(packet)) {
        end(no);
    } else if (const auto* is = std::get_if<Published>(&packet)) {
        published(from, *is);
    } else if (const auto* ack = std::get_if<Acknowledged>(&packet)) {
        from.mail.acknowledged(ack->packet_id);
        push(from);
    } else if (const auto* wish = std::get_if<Subscribe>(&packet)) {
        from.filter = wish->filter;
        add_suback(from.out, wish->packet_id);
    } else if (std::holds_alternative<Ping>(packet)) {
        add_pingresp(from.out);
    } else if (std::holds_alternative<Goodbye>(packet)) {
        connections_.erase(no);
    }
}

// The client id is the certificate's name, so one post cannot put another out; only its own key
// can.
void ModelBroker::connected(ConnectionNo no, const Connect& connect)
{
    auto& from = connections_.at(no);
    if (from.client || connect.client_id != from.identity) return end(no);
    take_over(connect.client_id);
    from.client = connect;
    add_connack(from.out);
}

void ModelBroker::take_over(const std::string& client_id)
{
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto no = at->first;
        const bool same = at->second.client && at->second.client->client_id == client_id;
        ++at;
        if (same) end(no);
    }
}

void ModelBroker::published(Connection& from, const Published& is)
{
    if (is.packet_id != 0) add_puback(from.out, is.packet_id);
    const auto own = "ks/1/" + site_ + "/" + from.identity + "/up/";
    if (denied_.contains(from.identity) || !is.mail.topic.starts_with(own)) {
        ++denials_;
        return;
    }
    route(is.mail);
}

// The edge's filter is all that posts may publish.
void ModelBroker::route(Mail mail)
{
    if (!edge_known_) return;
    const auto subscriber =
        edge_there_ ? MailQueue::Subscriber::present : MailQueue::Subscriber::away;
    if (!for_edge_.put(std::move(mail), subscriber)) ++dropped_;
}

void ModelBroker::publish_to_posts(Mail mail)
{
    for (auto& [no, connection] : connections_) {
        if (!connection.client || !matches(connection.filter, mail.topic)) continue;
        if (!connection.mail.put(mail, MailQueue::Subscriber::present)) ++dropped_;
        push(connection);
    }
}

void ModelBroker::push(Connection& to)
{
    while (const auto sending = to.mail.next())
        add_publish(to.out, *sending->mail, sending->packet_id, sending->which);
}

Buffer ModelBroker::take(ConnectionNo no)
{
    if (!open(no)) return {};
    return std::exchange(connections_.at(no).out, {});
}

void ModelBroker::lost(ConnectionNo no)
{
    if (open(no)) end(no);
}

// Without a goodbye the will is published, to whoever is subscribed.
void ModelBroker::end(ConnectionNo no)
{
    auto gone = connections_.extract(no);
    auto& client = gone.mapped().client;
    if (client && client->will) route(std::move(*client->will));
}

void ModelBroker::look_around(Instant now)
{
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto& [no, is] = *at;
        ++at;
        // Before it has said who it is, a client gets as long as one that says nothing at all.
        const std::int64_t seconds = is.client ? is.client->keep_alive_seconds : 60;
        if (now - is.heard > Millis{seconds * 1'500}) end(no);
    }
}

void ModelBroker::edge_came()
{
    check(running_);
    edge_there_ = edge_known_ = true;
}

void ModelBroker::edge_went()
{
    edge_there_ = false;
    for_edge_.interrupted();
}

std::optional<ModelBroker::ForEdge> ModelBroker::next_for_edge()
{
    if (!edge_there_) return std::nullopt;
    const auto sending = for_edge_.next();
    if (!sending) return std::nullopt;
    return ForEdge{
        .mail = *sending->mail, .packet_id = sending->packet_id, .which = sending->which};
}

void ModelBroker::acknowledged_by_edge(std::uint16_t packet_id)
{
    for_edge_.acknowledged(packet_id);
}

}  // namespace ks::sim
