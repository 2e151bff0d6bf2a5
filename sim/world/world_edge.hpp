#pragma once

#include "edge/domain/outbox.hpp"
#include "edge/domain/site.hpp"
#include "edge/store/log_writer.hpp"
#include "sim/plant/random.hpp"

#include <deque>

namespace ks::sim {

/// Something the edge says to a post.
struct SaidToPost {
    std::string post;
    protocol::Down what;
    FixedBytes<protocol::command_limit> bytes;
};

/// The daemon's deciding loop and its store on virtual time: the site that decides, the outbox, and
/// the writer on a real SQLite file. Destroying it is what signal 9 does: what is committed stays,
/// and nothing is said.
class WorldEdge {
public:
    /// What the daemon does, and the mistake that the promises are tried with.
    enum class Order : std::uint8_t { commit_then_acknowledge, acknowledge_then_commit };
    struct Setup {
        std::string log;
        protocol::SiteId site;
        protocol::CommandKey command_key;
        std::uint64_t seed;
        Order order{Order::commit_then_acknowledge};
    };

    /// Opens the log and takes over from it.
    WorldEdge(const Setup& setup, edge::Now now);

    [[nodiscard]] edge::Site& site() { return site_; }

    void hear(const std::string& topic, Bytes payload, edge::Now now);
    /// A person at the console wants something done.
    Result<edge::CommandView, edge::CommandRefusal> request(const edge::CommandRequest& request,
                                                            edge::Now now);
    /// Once a tick, after what was heard.
    void pass(edge::Now now);
    /// How long the disk takes from here on: a commit is durable so long after it began, and the
    /// deciding thread hears of it so long after that.
    void let_commits_take(Millis most) { commits_take_ = most; }

    [[nodiscard]] std::vector<SaidToPost> take_said() { return std::exchange(said_, {}); }
    /// Messages for the receiver of alarms that are due now; each is settled when he has answered.
    [[nodiscard]] std::optional<edge::Outbox::Due> next_delivery(edge::Now now);
    void settle(edge::DeliveryId id, const edge::Attempt& attempt, edge::Now now);

    struct Figures {
        std::uint64_t commits{0};
        std::uint64_t heard{0};
    };
    [[nodiscard]] const Figures& figures() const { return figures_; }
    [[nodiscard]] bool idle() const;

private:
    void consider_alarms(edge::Now now);
    void collect();
    void write(edge::Now now);
    void begin_commit(edge::Now now);
    [[nodiscard]] protocol::CommandId random_id();

    Setup setup_;
    Random random_;
    edge::LogWriter writer_;
    edge::Site site_;
    edge::Outbox outbox_;
    struct UnderWay {
        edge::Commit commit;
        Instant durable_at;
        Instant told_at;
        enum class State : std::uint8_t { writing, durable } state;
    };
    std::optional<UnderWay> under_way_;
    std::optional<Instant> gathering_since_;
    std::vector<edge::Delivery> fresh_;
    std::vector<edge::DeliveryChange> settled_;
    edge::DeliveryId next_delivery_{1};
    std::size_t considered_{0};
    Millis commits_take_{20};
    Instant ticked_at_{};
    std::vector<SaidToPost> said_;
    Figures figures_;
};

}  // namespace ks::sim
