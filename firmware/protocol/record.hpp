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

/// Bounds of what a record lists.
inline constexpr std::size_t circuit_limit = 4;
inline constexpr std::size_t input_limit = 8;
inline constexpr std::size_t trace_limit = 24;
/// Of a trace's points, so that they all fit one record: how long before the cut, and temperatures
/// that any sensor of ours can tell.
inline constexpr Millis trace_span_most{24 * 3'600'000};
inline constexpr DeciCelsius trace_contact_least{-32'768};
inline constexpr DeciCelsius trace_contact_most{32'767};
static_assert(input_limit == static_cast<std::size_t>(InputName::group) + 1);

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
    StartMeans means;
    CardToken card;
    /// All zeros when no command stands behind it.
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
    bool operator==(const Telemetry&) const = default;
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

/// The post's own condition, beside its outlets: with the telemetry that goes out every 60 s, and
/// at once when an input changes.
struct PostReading {
    std::optional<DeciCelsius> cabinet;
    Millivolts rail;
    /// Of each circuit that has a monitor; null when it failed its own test.
    FixedVector<std::optional<Milliamps>, circuit_limit> residual;
    FixedVector<InputCondition, input_limit> inputs;
    /// Of all outlets together.
    Milliamps current;
    Milliwatts power;
    bool operator==(const PostReading&) const = default;
};

struct InputChanged {
    InputName input;
    InputCondition from;
    InputCondition to;
    constexpr bool operator==(const InputChanged&) const = default;
};

/// A relay's life: how often it closed without and opened under load, and what is left by the wear
/// model. Every day, and when the estimate passes a tenth.
struct RelayWear {
    OutletNumber outlet;
    std::uint32_t closings;
    std::uint32_t hot_openings;
    std::uint32_t left_permille;
    constexpr bool operator==(const RelayWear&) const = default;
};

/// Why a trip was: the outlet's last readings before the cut, oldest first.
struct TracePoint {
    /// Before the cut; `trace_span_most` at most.
    Millis before;
    Milliamps current;
    Milliwatts power;
    std::optional<DeciCelsius> contact;
    constexpr bool operator==(const TracePoint&) const = default;
};
struct TripTrace {
    OutletNumber outlet;
    TripCause cause;
    SessionId session;
    FixedVector<TracePoint, trace_limit> points;
    bool operator==(const TripTrace&) const = default;
};

/// A closing that may come later by itself: a queued start, or one resume after a loss of mains.
/// Written before it is used (I-04); never used after `expires`.
struct AuthorityKept {
    SessionId session;
    OutletNumber outlet;
    StartMeans means;
    CardToken card;
    Millis time_limit;
    MilliwattHours energy_limit;
    /// From this record's own time.
    Millis good_for;
    constexpr bool operator==(const AuthorityKept&) const = default;
};

/// The post decided about a card by its offline list.
struct CardDecided {
    OutletNumber outlet;
    CardToken card;
    CommandOutcome outcome;
    constexpr bool operator==(const CardDecided&) const = default;
};

/// A new offline list is in force.
struct CardsChanged {
    std::uint32_t version;
    std::uint32_t cards;
    CommandId command;
    constexpr bool operator==(const CardsChanged&) const = default;
};

/// A self-test failed; after `strikes` of them in a row the post starts nothing any more.
struct SelfTestFailed {
    SelfTest test;
    std::uint32_t detail;
    std::uint32_t strikes;
    constexpr bool operator==(const SelfTestFailed&) const = default;
};

struct BayChanged {
    BayNumber bay;
    BayState from;
    BayState to;
    /// Of the bike's tag; 0 when there is none.
    TagToken tag;
    /// The bay's outlet, 0 when it has none; and the bike's card, 0 when it is not known.
    OutletNumber outlet;
    CardToken card;
    /// Of a bike that leaves: how long it stood there after its session was over. Nothing when
    /// none was, or nobody watched.
    std::optional<Millis> stayed;
    constexpr bool operator==(const BayChanged&) const = default;
};

/// What staff should know about a place around the post.
struct BayNoticed {
    PlaceKind kind;
    /// 0 of an annunciator alone.
    PlaceNumber place;
    BayMatter matter;
    /// 0 when none belongs to it.
    OutletNumber outlet;
    CardToken card;
    /// Nothing when it began before this boot, or while nobody watched.
    std::optional<Millis> lasted;
    constexpr bool operator==(const BayNoticed&) const = default;
};

/// The edge has not been heard for so long, or is again.
struct LinkNoticed {
    enum class Matter : std::uint8_t { silent = 1, back = 2 };
    Matter matter;
    Millis lasted;
    constexpr bool operator==(const LinkNoticed&) const = default;
};

/// The kind on the wire is the place in this list, from 1: append, never reorder.
using RecordBody =
    std::variant<Booted, OutletChanged, SessionStarted, SessionProgressed, SessionEnded, Tripped,
                 TripCleared, Telemetry, Gap, CommandResult, CommandsRefused, CardPresented,
                 SettingsChanged, HeadsSigned, PostReading, InputChanged, RelayWear, TripTrace,
                 AuthorityKept, CardDecided, CardsChanged, SelfTestFailed, BayChanged, BayNoticed,
                 LinkNoticed>;

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
    post_reading = 15,
    input_changed = 16,
    relay_wear = 17,
    trip_trace = 18,
    authority_kept = 19,
    card_decided = 20,
    cards_changed = 21,
    self_test_failed = 22,
    bay_changed = 23,
    bay_noticed = 24,
    link_noticed = 25,
};

static_assert(std::variant_size_v<RecordBody> ==
              static_cast<std::size_t>(RecordKind::link_noticed));

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
