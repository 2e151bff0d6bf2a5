#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/protocol/ids.hpp"
#include "firmware/protocol/lane.hpp"
#include "firmware/protocol/words.hpp"

#include <optional>
#include <variant>

namespace ks::protocol {

/// The last 16 bytes of every record: SHA-256 over its predecessor's digest and its own bytes, cut
/// to 128 bits. Long enough that nobody finds a second record for it, short on a cellular plan.
using ChainDigest = std::array<std::byte, 16>;

/// Longest encoded record, digest included. Two NOR pages (our choice: a telemetry frame of twelve
/// outlets needs 381 at most, a test measures it).
inline constexpr std::size_t record_limit = 512;

/// Wall time as the post knows it: within `error` of the truth when set by the edge.
struct WallTime {
    UnixMillis at;
    Millis error;
    constexpr bool operator==(const WallTime&) const = default;
};

/// When and where in its lane a record was made.
struct RecordHead {
    Lane lane;
    std::uint64_t seq;
    std::uint32_t boot;
    Instant mono;
    std::optional<WallTime> wall;
    constexpr bool operator==(const RecordHead&) const = default;
};

struct Booted {
    ResetCause cause;
    std::uint8_t outlets;
    /// First 8 bytes of the SHA-256 of the firmware and of the settings in force.
    std::array<std::byte, 8> firmware;
    std::array<std::byte, 8> settings;
    constexpr bool operator==(const Booted&) const = default;
};

struct OutletChanged {
    OutletNumber outlet;
    OutletState from;
    OutletState to;
    constexpr bool operator==(const OutletChanged&) const = default;
};

struct SessionStarted {
    SessionId session;
    OutletNumber outlet;
    CardToken card;
    CommandId command;
    Millis time_limit;
    MilliwattHours energy_limit;
    constexpr bool operator==(const SessionStarted&) const = default;
};

/// One step of a session's curve, and the checkpoint a power loss falls back to.
struct SessionProgressed {
    SessionId session;
    OutletNumber outlet;
    Millis elapsed;
    MilliwattHours energy;
    /// Over the time since the step before.
    Milliwatts lowest;
    Milliwatts mean;
    Milliwatts highest;
    constexpr bool operator==(const SessionProgressed&) const = default;
};

struct SessionEnded {
    SessionId session;
    OutletNumber outlet;
    EndReason reason;
    Millis elapsed;
    MilliwattHours energy;
    Milliwatts peak;
    constexpr bool operator==(const SessionEnded&) const = default;
};

/// A protection cut. `measured` and `limit` are in the unit that `TripCause` names.
struct Tripped {
    OutletNumber outlet;
    TripCause cause;
    SessionId session;
    std::int64_t measured;
    std::int64_t limit;
    Millis held_for;
    /// How often the same cause came while the alarm lane had no room for each; 1 as a rule.
    std::uint32_t count;
    constexpr bool operator==(const Tripped&) const = default;
};

/// A latched trip was cleared by an authorised reset that named it, its cause being gone.
struct TripCleared {
    OutletNumber outlet;
    TripCause cause;
    CommandId command;
    constexpr bool operator==(const TripCleared&) const = default;
};

struct OutletReading {
    OutletState state;
    Milliamps current;
    Milliwatts power;
    /// Of the running session, else 0.
    MilliwattHours energy;
    std::optional<DeciCelsius> contact;
    constexpr bool operator==(const OutletReading&) const = default;
};

/// All outlets of a post at one moment: every 10 s while any charges, every 60 s idle, at once on
/// change.
struct Telemetry {
    Millivolts mains;
    FixedVector<OutletReading, outlet_limit> outlets;
    bool operator==(const Telemetry& other) const
    {
        return mains == other.mains && std::equal(outlets.begin(), outlets.end(),
                                                  other.outlets.begin(), other.outlets.end());
    }
};

/// Records of this lane that the post had to give up before anybody acknowledged them: how many,
/// which, and the chain's digest at both ends, so that the chain verifies across the hole.
struct Gap {
    std::uint64_t from;
    std::uint64_t to;
    /// Of the record before `from`.
    ChainDigest before;
    /// Of the record `to`.
    ChainDigest last;
    constexpr bool operator==(const Gap&) const = default;
};

struct CommandResult {
    CommandId command;
    CommandAction action;
    OutletNumber outlet;
    CommandOutcome outcome;
    constexpr bool operator==(const CommandResult&) const = default;
};

/// Commands refused before their id could be trusted, counted by reason since boot.
struct CommandsRefused {
    CommandOutcome outcome;
    std::uint32_t count;
    constexpr bool operator==(const CommandsRefused&) const = default;
};

struct CardPresented {
    OutletNumber outlet;
    CardToken card;
    constexpr bool operator==(const CardPresented&) const = default;
};

/// New limits are in force.
struct SettingsChanged {
    std::uint32_t version;
    std::array<std::byte, 8> settings;
    CommandId command;
    constexpr bool operator==(const SettingsChanged&) const = default;
};

/// One lane's newest record when the post signed.
struct LaneHead {
    std::uint64_t seq;
    ChainDigest digest;
    constexpr bool operator==(const LaneHead&) const = default;
};

/// The post vouches for its lanes: ECDSA P-256 over all heads, with its own key (D6).
struct HeadsSigned {
    std::array<LaneHead, lane_count> heads;
    std::array<std::byte, 64> signature;
    constexpr bool operator==(const HeadsSigned&) const = default;
};

/// The kind on the wire is the place in this list, from 1: append, never reorder.
using RecordBody = std::variant<Booted, OutletChanged, SessionStarted, SessionProgressed,
                                SessionEnded, Tripped, TripCleared, Telemetry, Gap, CommandResult,
                                CommandsRefused, CardPresented, SettingsChanged, HeadsSigned>;

/// The places of that list by name.
enum class RecordKind : std::uint8_t {
    booted = 1,
    outlet_changed = 2,
    session_started = 3,
    session_progressed = 4,
    session_ended = 5,
    tripped = 6,
    trip_cleared = 7,
    telemetry = 8,
    gap = 9,
    command_result = 10,
    commands_refused = 11,
    card_presented = 12,
    settings_changed = 13,
    heads_signed = 14,
};

static_assert(std::variant_size_v<RecordBody> ==
              static_cast<std::size_t>(RecordKind::heads_signed));

[[nodiscard]] constexpr RecordKind kind_of(const RecordBody& body)
{
    return static_cast<RecordKind>(body.index() + 1);
}

struct Record {
    RecordHead head;
    RecordBody body;
    bool operator==(const Record&) const = default;
};

}  // namespace ks::protocol
