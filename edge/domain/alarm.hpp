#pragma once

#include "edge/domain/log_id.hpp"
#include "edge/domain/now.hpp"
#include "firmware/protocol/record.hpp"
#include "firmware/protocol/severity.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

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
    overpower = 8,
    overvoltage = 9,
    undervoltage = 10,
    contact_rising = 11,
    residual_current = 12,
    no_taper = 13,
    late_rise = 14,
    arcing = 15,
    power_step = 16,
    no_current = 17,
    meter_frozen = 18,
    meter_implausible = 19,
    meters_mixed_up = 20,
    calibration_lost = 21,
    coil_mismatch = 22,
    load_shorted = 23,
    residual_failed = 24,
    smoke = 25,
    heat = 26,
    water = 27,
    emergency = 28,
    extinguisher = 29,
    enclosure_opened = 30,
    tilted = 31,
    input_failed = 32,
    group_cut = 33,
    cabinet_overheated = 34,
    supply_low = 35,
    memory_fault = 36,
    self_test_failed = 37,
    post_silent = 100,         // nothing heard for `silence_limit` (I-18)
    chain_broken = 101,        // a record does not follow from the one before it
    record_unreadable = 102,   // bytes that no decoder of ours accepts (F-095)
    journal_restarted = 103,   // a post's sequences or boot count went back (F-060)
    records_lost = 104,        // a post had to give up records nobody had acknowledged (I-14)
    delivery_dead = 105,       // an uplink gave a message up for good
    identity_contested = 106,  // connections in one post's name put each other out (S-18)
    test_failed = 107,         // a post's self-test failed, however often so far
    edge_unheard = 108,        // a post has not heard us for long
    bike_forbidden = 109,      // a bike where none must be
    bay_unseen = 110,          // a sensor of a bay, zone or barrier is silent or faulty
    relay_worn = 111,          // a relay's life is all but used up
    barrier_open = 112,        // a barrier is open or was taken away
    detector_unseen = 113,     // a fire detector on a post's bus is silent or faulty
    log_went_back = 114,       // our log lacks what it had acknowledged (S-63)
    log_failed = 115,          // the disk refused; nothing was acknowledged from there on (F-109)
    log_set_aside = 116,       // our log was damaged; it is kept, and a new one was begun (F-107)
    disk_filling = 117,        // 80 % of the log's disk is used (S-61)
    disk_nearly_full = 118,    // 90 %
    disk_full = 119,  // 95 %, or no room left: evidence goes on, telemetry does not (F-108)
};

using protocol::Severity;
enum class Condition : std::uint8_t { active = 1, cleared = 2 };
enum class Attention : std::uint8_t { fresh = 1, acknowledged = 2 };

[[nodiscard]] constexpr AlarmKind kind_of(protocol::TripCause cause)
{
    return static_cast<AlarmKind>(cause);
}

[[nodiscard]] constexpr bool is_trip(AlarmKind kind) { return kind < AlarmKind::post_silent; }

/// Of a trip's kind only.
[[nodiscard]] constexpr protocol::TripCause cause_of(AlarmKind kind)
{
    check(is_trip(kind));
    return static_cast<protocol::TripCause>(kind);
}

/// How an alarm ends. What only happens and is over stays active for a while, so that a storm of it
/// is one alarm with a count.
enum class Lasting : std::uint8_t { until_cleared, momentary };

/// Of what is no trip, everything in one table.
struct OwnAlarm {
    AlarmKind kind;
    std::string_view name;
    Severity severity;
    Lasting lasting;
};

/// What makes the system blind is a warning, what speaks of foul play a hazard.
inline constexpr std::array own_alarms{
    OwnAlarm{AlarmKind::post_silent, "post_silent", Severity::warning, Lasting::until_cleared},
    OwnAlarm{AlarmKind::chain_broken, "chain_broken", Severity::hazard, Lasting::momentary},
    OwnAlarm{AlarmKind::record_unreadable, "record_unreadable", Severity::warning,
             Lasting::momentary},
    OwnAlarm{AlarmKind::journal_restarted, "journal_restarted", Severity::hazard,
             Lasting::momentary},
    OwnAlarm{AlarmKind::records_lost, "records_lost", Severity::warning, Lasting::momentary},
    OwnAlarm{AlarmKind::delivery_dead, "delivery_dead", Severity::warning, Lasting::momentary},
    OwnAlarm{AlarmKind::identity_contested, "identity_contested", Severity::hazard,
             Lasting::momentary},
    OwnAlarm{AlarmKind::test_failed, "test_failed", Severity::warning, Lasting::momentary},
    OwnAlarm{AlarmKind::edge_unheard, "edge_unheard", Severity::notice, Lasting::until_cleared},
    OwnAlarm{AlarmKind::bike_forbidden, "bike_forbidden", Severity::warning,
             Lasting::until_cleared},
    OwnAlarm{AlarmKind::bay_unseen, "bay_unseen", Severity::warning, Lasting::until_cleared},
    OwnAlarm{AlarmKind::relay_worn, "relay_worn", Severity::notice, Lasting::until_cleared},
    OwnAlarm{AlarmKind::barrier_open, "barrier_open", Severity::warning, Lasting::until_cleared},
    OwnAlarm{AlarmKind::detector_unseen, "detector_unseen", Severity::warning,
             Lasting::until_cleared},
    OwnAlarm{AlarmKind::log_went_back, "log_went_back", Severity::hazard, Lasting::momentary},
    OwnAlarm{AlarmKind::log_failed, "log_failed", Severity::hazard, Lasting::momentary},
    OwnAlarm{AlarmKind::log_set_aside, "log_set_aside", Severity::hazard, Lasting::momentary},
    OwnAlarm{AlarmKind::disk_filling, "disk_filling", Severity::warning, Lasting::until_cleared},
    OwnAlarm{AlarmKind::disk_nearly_full, "disk_nearly_full", Severity::warning,
             Lasting::until_cleared},
    OwnAlarm{AlarmKind::disk_full, "disk_full", Severity::hazard, Lasting::until_cleared},
};

/// Nothing for a trip, and for numbers that an older daemon does not know.
[[nodiscard]] constexpr std::optional<OwnAlarm> own_alarm(AlarmKind kind)
{
    for (const auto& row : own_alarms)
        if (row.kind == kind) return row;
    return std::nullopt;
}

/// A trip is as grave as the post itself says it is.
[[nodiscard]] constexpr Severity severity_of(AlarmKind kind)
{
    if (is_trip(kind)) return protocol::severity_of(cause_of(kind));
    const auto row = own_alarm(kind);
    return row ? row->severity : Severity::warning;
}

[[nodiscard]] constexpr bool is_momentary(AlarmKind kind)
{
    const auto row = own_alarm(kind);
    return row && row->lasting == Lasting::momentary;
}

static_assert(is_momentary(AlarmKind::delivery_dead) && !is_momentary(AlarmKind::post_silent));
static_assert(!is_momentary(AlarmKind::smoke) && !is_momentary(AlarmKind::edge_unheard));
static_assert(severity_of(kind_of(protocol::TripCause::relay_welded)) == Severity::fire);
static_assert(severity_of(kind_of(protocol::TripCause::hard_overcurrent)) == Severity::hazard);
static_assert(kind_of(protocol::TripCause::self_test_failed) == AlarmKind::self_test_failed &&
              kind_of(protocol::TripCause::smoke) == AlarmKind::smoke &&
              kind_of(protocol::TripCause::no_taper) == AlarmKind::no_taper);
static_assert(own_alarms.size() == static_cast<std::size_t>(AlarmKind::disk_full) -
                                       static_cast<std::size_t>(AlarmKind::post_silent) + 1);

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
    /// In the unit of the kind (`unit_of`); 0 where it has none.
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
