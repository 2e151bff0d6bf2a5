#pragma once

#include "edge/domain/batch.hpp"
#include "edge/domain/live_feed.hpp"
#include "edge/domain/outbox.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// One charging session as the log has it; open while `ended_at` is empty.
struct SessionRow {
    LogId id{};  // of the record that started it; what paging goes by
    PostNo post{};
    protocol::SessionId session{};
    protocol::OutletNumber outlet{};
    protocol::CardToken card{};
    UnixMillis started_at;
    std::optional<UnixMillis> ended_at;
    std::optional<protocol::EndReason> reason;
    Millis elapsed;
    MilliwattHours energy;
    Milliwatts peak;
};

struct SessionQuery {
    std::optional<PostNo> post;
    std::optional<protocol::OutletNumber> outlet;
    /// Only sessions with an id below this, newest first: the last id of the page before.
    std::optional<LogId> before;
    std::size_t limit{50};
};

/// One point of a session's power curve.
struct CurvePoint {
    Millis elapsed;  // since the session's start, on the post's own clock
    Milliwatts power;
    MilliwattHours energy;
};

struct AlarmQuery {
    enum class Which : std::uint8_t { open, all } which{Which::all};
    std::optional<AlarmId> before;
    std::size_t limit{100};
};

/// What the log knows of an alarm beside the alarm itself.
struct AlarmTrace {
    /// Of the message that told its raise; none when no uplink was to be told.
    std::optional<DeliveryState> delivery;
    /// How long the limit was passed before the cut; of a trip alone.
    std::optional<Millis> held_for;
};

struct LogCounts {
    std::uint64_t records{};
    std::uint64_t sessions_started{};
    std::uint64_t sessions_ended{};
    std::uint64_t gaps{};
    std::uint64_t alarms{};
};

/// A lane's record as it lies in the log, for whoever walks the chains.
struct ChainedRow {
    LogId id{};
    RecordKey key{};
    Standing standing{};
    UnixMillis arrived;
    std::vector<std::byte> bytes;
};

/// Looks at the log through a read-only connection of its own. Never on the deciding thread: go
/// through `ReaderPool`. Each call is one short read transaction, so that no reader can hold up
/// the write-ahead log. Throws `StoreError`.
class Reader {
public:
    static constexpr std::size_t page_limit = 500;

    explicit Reader(const std::string& path);
    Reader(Reader&&) noexcept;
    ~Reader();

    [[nodiscard]] Restored restore();
    [[nodiscard]] std::vector<SessionRow> sessions(const SessionQuery& query);
    [[nodiscard]] std::optional<SessionRow> session(PostNo post, protocol::SessionId session);
    /// Progress records and telemetry frames of the session, in the post's own order, thinned to
    /// at most `points`.
    [[nodiscard]] std::vector<CurvePoint> curve(PostNo post, protocol::SessionId session,
                                                std::size_t points);
    [[nodiscard]] std::vector<Alarm> alarms(const AlarmQuery& query);
    /// One trace per alarm, in their order.
    [[nodiscard]] std::vector<AlarmTrace> traces(const std::vector<Alarm>& alarms);
    /// Facts after `seen`, oldest first, at most `limit`.
    [[nodiscard]] std::vector<LiveEvent> since(LogId seen, std::size_t limit);
    /// Deliveries that have neither succeeded nor been given up, oldest first.
    [[nodiscard]] std::vector<Delivery> pending_deliveries(std::size_t limit);
    [[nodiscard]] LogCounts counts();
    /// Records of all posts after `after`, each lane in its own order.
    enum class Table : std::uint8_t { evidence, frames };
    [[nodiscard]] std::vector<ChainedRow> chain(Table table, LogId after, std::size_t limit);
    [[nodiscard]] std::vector<GapRow> gaps(PostNo post);

private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace ks::edge
