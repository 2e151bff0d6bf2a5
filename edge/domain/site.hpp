#pragma once

#include "edge/domain/access.hpp"
#include "edge/domain/alarm_book.hpp"
#include "edge/domain/batch.hpp"
#include "edge/domain/command_desk.hpp"
#include "edge/domain/ingest.hpp"

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
    };

    explicit Site(Setup setup);

    [[nodiscard]] const Fleet& fleet() const { return fleet_; }
    [[nodiscard]] const AlarmBook& alarms() const { return alarms_; }
    [[nodiscard]] const Figures& figures() const { return figures_; }
    [[nodiscard]] std::optional<CommandView> command(const protocol::CommandId& id) const;

    /// `id` is random, from outside. The answer comes later, through `command`.
    Result<CommandView, CommandRefusal> request(const CommandRequest& request,
                                                const protocol::CommandId& id, Now now);
    Result<AlarmChange, AlarmBook::Refusal> acknowledge(AlarmId id, const std::string& by, Now now);
    /// The edge's own causes, such as a message that no uplink would take.
    void raise_own(AlarmKind kind, Now now);

    void restore(Restored restored, Now now);
    struct Message {
        std::string_view topic;
        Bytes payload;
        /// The broker says it may have delivered this before.
        enum class Delivery : std::uint8_t { first, repeated } delivery;
    };
    void hear(const Message& message, Now now, const protocol::CommandId& random);
    void tick(Now now);

    [[nodiscard]] bool has_urgent() const { return urgent_; }
    [[nodiscard]] std::size_t pending() const { return batch_.records.size(); }
    [[nodiscard]] bool has_batch() const;
    [[nodiscard]] Batch take_batch();
    /// Acknowledges what is durable now, alarms first.
    void committed(const Batch& batch);
    [[nodiscard]] Publishes take_publishes();

private:
    Setup setup_;
    Fleet fleet_;
    AlarmBook alarms_;
    CommandDesk commands_;
    Ingest ingest_;
    Figures figures_;
    Batch batch_;
    Publishes publishes_;
    LogId next_log_id_{1};
    bool urgent_{false};
};

}  // namespace ks::edge
