#pragma once

#include "edge/domain/log_id.hpp"
#include "edge/domain/now.hpp"
#include "firmware/protocol/record.hpp"

#include <optional>
#include <string>

namespace ks::edge {

using AlarmId = std::uint64_t;

/// What an alarm is about. Up to 99 the numbers are the post's own trip causes; they are in every
/// log ever written: append, never renumber.
enum class AlarmKind : std::uint8_t {
    hard_overcurrent = 1,
    overload = 2,
    contact_overheated = 3,
    sensor_failed = 4,
    meter_silent = 5,
    relay_welded = 6,
    contactor_welded = 7,
    post_silent = 100,         // nothing heard for `silence_limit` (I-18)
    chain_broken = 101,        // a record does not follow from the one before it
    record_unreadable = 102,   // bytes that no decoder of ours accepts (F-095)
    journal_restarted = 103,   // a post's sequences or boot count went back (F-060)
    records_lost = 104,        // a post had to give up records nobody had acknowledged (I-14)
    delivery_dead = 105,       // an uplink gave a message up for good
    identity_contested = 106,  // connections in one post's name put each other out (S-18)
};

enum class Severity : std::uint8_t { notice = 1, warning = 2, hazard = 3, fire = 4 };
enum class Condition : std::uint8_t { active = 1, cleared = 2 };
enum class Attention : std::uint8_t { fresh = 1, acknowledged = 2 };

[[nodiscard]] constexpr AlarmKind kind_of(protocol::TripCause cause)
{
    return static_cast<AlarmKind>(cause);
}

/// A relay or contactor that cannot be opened heats until somebody pulls a breaker: fire grade.
/// What the post has cut by itself is a hazard; what makes the system blind is a warning.
[[nodiscard]] constexpr Severity severity_of(AlarmKind kind)
{
    switch (kind) {
    case AlarmKind::relay_welded:
    case AlarmKind::contactor_welded: return Severity::fire;
    case AlarmKind::hard_overcurrent:
    case AlarmKind::overload:
    case AlarmKind::contact_overheated:
    case AlarmKind::chain_broken:
    case AlarmKind::journal_restarted:
    case AlarmKind::identity_contested: return Severity::hazard;
    case AlarmKind::sensor_failed:
    case AlarmKind::meter_silent:
    case AlarmKind::post_silent:
    case AlarmKind::record_unreadable:
    case AlarmKind::records_lost:
    case AlarmKind::delivery_dead: return Severity::warning;
    }
    return Severity::warning;
}

/// Causes that happen and are over: they stay active for a while so that a storm of them is one
/// alarm with a count.
[[nodiscard]] constexpr bool is_momentary(AlarmKind kind)
{
    return kind >= AlarmKind::chain_broken;
}

static_assert(is_momentary(AlarmKind::delivery_dead) && !is_momentary(AlarmKind::post_silent));
static_assert(severity_of(kind_of(protocol::TripCause::relay_welded)) == Severity::fire);
static_assert(severity_of(kind_of(protocol::TripCause::hard_overcurrent)) == Severity::hazard);

/// One alarm from its raise until it is both cleared and acknowledged. A raise after the clear is a
/// new alarm (I-17); a repeat while active is counted here.
struct Alarm {
    AlarmId id{};
    PostNo post{};  // 0: the edge itself
    protocol::OutletNumber outlet{};
    AlarmKind kind{};
    Severity severity{};
    Condition condition{};
    Attention attention{};
    UnixMillis raised_at;
    std::optional<UnixMillis> cleared_at;
    std::optional<UnixMillis> acknowledged_at;
    std::string acknowledged_by;
    std::uint32_t count{1};
    /// In the unit the trip cause names (protocol/words.hpp); 0 for the edge's own causes.
    std::int64_t measured{};
    std::int64_t limit{};
    protocol::SessionId session{};
    /// The record that raised it, when one did.
    std::optional<RecordKey> source;
    bool operator==(const Alarm&) const = default;
};

enum class AlarmStep : std::uint8_t { raised = 1, repeated = 2, cleared = 3, acknowledged = 4 };

/// A step in an alarm's life, with the alarm as it is after it.
struct AlarmChange {
    LogId id{};
    AlarmStep step{};
    UnixMillis at;
    /// When the bytes that caused it came in, for the latency that is promised.
    Instant heard;
    Alarm alarm;
};

}  // namespace ks::edge
