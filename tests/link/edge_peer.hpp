#pragma once

#include "edge/domain/ingest.hpp"
#include "firmware/protocol/topic.hpp"
#include "tests/mqtt/talk.hpp"

#include <deque>
#include <functional>
#include <map>

namespace ks::test {

/// The far end of a link as bytes: a broker for one post and an edge behind it. The broker part is
/// as simple as the standard allows; the edge part takes records in with the edge's own `Ingest`
/// and answers births, nonces and records as the edge does.
class EdgePeer {
public:
    using Lane = protocol::Lane;

    struct Published {
        protocol::Up what;
        Buffer payload;
    };
    struct Stored {
        std::uint64_t seq;
        edge::Standing standing;
        Buffer bytes;
    };

    EdgePeer(protocol::SiteId site, protocol::PostId post) : site_{site}, post_{post} {}

    // What a test decides about it.
    bool edge_is_alive{true};    // else the broker takes everything and passes on nothing
    bool answers_pubacks{true};  // else the window of the post stays full
    unsigned connack_code{0};
    unsigned suback_code{1};
    UnixMillis wall{1'800'000'000'000};
    /// Records that the broker loses silently, by its own count of publishes from 0.
    std::function<bool(std::size_t)> loses{[](std::size_t) { return false; }};

    /// Called when the post has subscribed, before it hears of it.
    std::function<void()> greets{[] {}};

    // What happened.
    std::vector<Published> published;
    std::map<Lane, std::vector<Stored>> log;
    std::vector<protocol::Birth> births;
    std::vector<protocol::NonceOffer> nonces;
    std::vector<edge::GapRow> gaps;
    std::size_t connects{0};
    std::size_t duplicates{0};
    std::optional<std::string> will_topic;

    /// A new connection.
    void accept();
    /// The edge's box was replaced and nobody had a copy.
    void lose_disk()
    {
        ingest_ = {};
        log.clear();
    }
    /// Bytes from the post; answers go to `to_post`.
    void hear(Bytes bytes, Instant now);
    /// Once in a while: what the edge asks by itself.
    void tick(Instant now);

    /// As the edge publishes: to this post, live, QoS 1.
    void say(protocol::Down what, Bytes payload);
    struct Odd {
        std::string topic;
        unsigned flags{0x02};
    };
    void say(const Odd& how, Bytes payload);
    [[nodiscard]] std::string topic(protocol::Down what) const;

    Buffer to_post;

private:
    void answer(unsigned first, ByteReader body, Instant now);
    void take(const Published& message, Instant now);
    void take_birth(const Published& message, Instant now);
    void tell_time(Instant echo);
    void acknowledge();
    void put(const Buffer& bytes) { to_post.insert(to_post.end(), bytes.begin(), bytes.end()); }

    protocol::SiteId site_;
    protocol::PostId post_;
    edge::Ingest ingest_;
    Buffer heard_;
    std::size_t counted_{0};
    std::size_t last_id_{0};
    bool subscribed_{false};
};

}  // namespace ks::test
