#pragma once

#include "edge/domain/access.hpp"
#include "edge/domain/alarm_book.hpp"
#include "edge/domain/batch.hpp"
#include "edge/domain/command_desk.hpp"
#include "edge/domain/disk.hpp"
#include "edge/domain/identity_watch.hpp"
#include "edge/domain/ingest.hpp"

#include <map>
#include <string>

namespace ks::edge {

/// Everything the edge decides about one site: messages and requests in; out come a batch to make
/// durable and messages to publish. It lives on the deciding thread; the console looks at it there
/// and, after asking for something, rings the daemon's work bell so that the effects leave at once.
class Site {
public:
    struct Setup {
        protocol::SiteId id;
        protocol::CommandKey command_key;
        AccessPolicy access;
    };
    struct Figures {
        std::uint64_t records{};
        std::uint64_t sessions_started{};
        std::uint64_t sessions_ended{};
        std::uint64_t gaps{};
        std::uint64_t alarms{};
        std::uint64_t chain_breaks{};
        std::uint64_t quarantined{};
        std::uint64_t refused_commands{};
        std::uint64_t duplicates{};
        std::uint64_t posts_refused{};
    };
    /// Poisoned messages written down in one minute; more are only counted, so that garbage cannot
    /// fill the disk (our choice).
    static constexpr std::uint32_t quarantine_per_minute = 60;
    /// Bytes of one that are kept (our choice: eight of the longest records).
    static constexpr std::size_t quarantine_bytes = 4'096;

    /// Acknowledgements cost as much as frames: a post hears of ordinary records this often, or
    /// after so many (our choice; the post's window must be larger). Alarms are told at once.
    static constexpr Millis acknowledge_every{250};
    static constexpr std::uint64_t acknowledge_after = 16;

    explicit Site(Setup setup);

    [[nodiscard]] const protocol::SiteId& id() const { return setup_.id; }
    [[nodiscard]] const Fleet& fleet() const { return fleet_; }
    [[nodiscard]] const AlarmBook& alarms() const { return alarms_; }
    [[nodiscard]] const Figures& figures() const { return figures_; }
    /// Records that posts are known to hold and that are not here yet: how far behind we are.
    [[nodiscard]] std::uint64_t behind() const { return ingest_.behind(); }
    /// How complete the log is for one post.
    struct Complete {
        std::uint64_t missing;  // records it is known to hold, or to have held, that are not here
        /// Its records are all here up to then; nothing when none is known to be.
        std::optional<UnixMillis> to;
    };
    [[nodiscard]] Complete complete(PostNo no) const;
    [[nodiscard]] std::optional<CommandView> command(const protocol::CommandId& id) const;

    /// `id` is random, from outside. The answer comes later, through `command`.
    Result<CommandView, CommandRefusal> request(const CommandRequest& request,
                                                const protocol::CommandId& id, Now now);
    Result<AlarmChange, AlarmBook::Refusal> acknowledge(AlarmId id, const std::string& by, Now now);
    /// The edge's own causes, such as a message that no uplink would take.
    void raise_own(AlarmKind kind, Now now);
    /// Raises and clears what the disk is worth an alarm for.
    void look_at(const DiskState& disk, Now now);

    void restore(const Restored& restored, Now now);
    struct Message {
        std::string_view topic;
        Bytes payload;
    };
    void hear(const Message& message, Now now);
    /// Cards wait here until somebody brings a random id for the command they lead to.
    [[nodiscard]] bool has_tap() const { return !taps_.empty(); }
    void serve_tap(const protocol::CommandId& random, Now now);
    /// After a run of messages: what to ask for and what to acknowledge again.
    void settle(Now now);
    /// Silence, patience and calm; about once a second.
    void tick(Now now);

    /// An alarm or a session waits to become durable, and must not wait for company.
    [[nodiscard]] bool has_urgent() const { return urgent_; }
    [[nodiscard]] std::size_t pending() const { return batch_.records.size(); }
    [[nodiscard]] bool has_batch() const;
    /// What the next batch holds so far, for whoever must not wait for it.
    [[nodiscard]] const Batch& batch() const { return batch_; }
    [[nodiscard]] Batch take_batch();
    /// Acknowledges what is durable now, alarms first.
    void committed(const Batch& batch);
    [[nodiscard]] Publishes take_publishes() { return std::exchange(publishes_, {}); }

private:
    struct Consequences;
    struct Durable {
        std::array<std::uint64_t, protocol::lane_count> upto{};
        /// When the newest record of each lane came in.
        std::array<std::optional<UnixMillis>, protocol::lane_count> reached{};
        std::uint64_t untold{0};  // records since the last acknowledgement
    };
    struct TapWaiting {
        PostNo post;
        PostTime at;
        protocol::CardPresented card;
    };

    PostNo meet(const protocol::PostId& id);
    void went_back(const WentBack& lost, Now now);
    void hear_record(PostNo no, const protocol::UpTopic& topic, const Message& message, Now now);
    void hear_birth(PostNo no, const protocol::PostId& id, const Message& message, Now now);
    void hear_nonce(PostNo no, const Message& message, Now now);
    void keep(PostNo no, const Ingest::Take& take, Bytes bytes, Now now);
    void quarantine(const Message& message, Poison why, PostNo no, Now now);
    void log(AlarmChange change);
    void raise(const AlarmBook::Raise& raise, Instant heard);
    void remember_inputs(const RecordLogged& logged);
    void touch(PostNo no, protocol::Lane lane);
    void touch_post(PostNo no);
    void acknowledge_to(PostNo no);
    void send_time(PostNo no, Instant echo, Now now);

    Setup setup_;
    Fleet fleet_;
    AlarmBook alarms_;
    CommandDesk commands_;
    Ingest ingest_;
    IdentityWatch identities_;
    Figures figures_;
    Batch batch_;
    Publishes publishes_;
    std::vector<TapWaiting> taps_;
    std::vector<Durable> durable_;       // by post number - 1
    std::vector<std::uint8_t> touched_;  // by post number - 1, a bit per lane
    std::vector<PostNo> touched_posts_;
    std::set<PostNo> changed_posts_;
    std::set<PostNo> owed_;
    std::map<std::pair<PostNo, protocol::CommandOutcome>, std::uint32_t> refused_seen_;
    /// Alarms that an input raised and no cut has taken over yet.
    std::set<std::pair<PostNo, AlarmKind>> sensed_;
    LogId next_log_id_{1};
    std::uint32_t quarantined_lately_{0};
    Instant quarantine_minute_{};
    Instant acknowledged_at_{};
    bool urgent_{false};
};

}  // namespace ks::edge
