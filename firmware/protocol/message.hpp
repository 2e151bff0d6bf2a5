#pragma once

#include "firmware/protocol/record.hpp"

// What post and edge say to each other beside records and commands. None of it is kept.
namespace ks::protocol {

/// Where a lane stands on the post.
struct LaneState {
    std::uint64_t oldest;  // first sequence still held; `next` when the lane is empty
    std::uint64_t next;    // the sequence the next record will get
    ChainDigest before;    // digest of the record before `oldest`
    bool operator==(const LaneState&) const = default;
};

/// `up/birth`, after each connect and whenever the edge asks for records the post no longer has.
struct Birth {
    std::uint32_t boot;
    Instant mono;
    std::uint8_t outlets;
    std::array<std::byte, 8> firmware;
    std::array<std::byte, 8> settings;
    std::uint32_t settings_version;
    std::array<LaneState, lane_count> lanes;
    bool operator==(const Birth&) const = default;
};

/// `up/nonce`: good for one energising command within 30 s (S-23).
struct NonceOffer {
    std::uint32_t boot;
    Instant mono;
    Nonce nonce;
    bool operator==(const NonceOffer&) const = default;
};

inline constexpr Millis nonce_life{30'000};

/// `up/will`, published by the broker when the post falls silent. A hint, never the truth.
struct Will {
    std::uint32_t boot;
    bool operator==(const Will&) const = default;
};

/// `down/ack`: all records of each lane up to these sequences are durable at the edge.
struct Ack {
    std::array<std::uint64_t, lane_count> upto;
    bool operator==(const Ack&) const = default;
};

/// `down/time`, in answer to a birth or a nonce: the edge's wall clock and the post's own monotonic
/// time echoed, so that the post can bound the error by half the round trip.
struct TimeNotice {
    Instant echo;
    UnixMillis now;
    bool operator==(const TimeNotice&) const = default;
};

/// No edge's clock is right before or after these (2020-01-01 and 2200-01-01 UTC; our choice,
/// because a box whose battery is flat begins in 1970). A time notice beyond them is refused, and
/// the post's records go without wall time rather than with a wrong one.
inline constexpr UnixMillis earliest_time{1'577'836'800'000};
inline constexpr UnixMillis latest_time{7'258'118'400'000};

/// `down/range`: send these again.
struct RangeRequest {
    Lane lane;
    std::uint64_t from;
    std::uint64_t to;
    bool operator==(const RangeRequest&) const = default;
};

/// `down/nonce`: the edge wants to command and needs a fresh nonce.
struct NonceRequest {
    bool operator==(const NonceRequest&) const = default;
};

}  // namespace ks::protocol
