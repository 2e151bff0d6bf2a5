#pragma once

#include "firmware/base/result.hpp"
#include "firmware/protocol/command.hpp"
#include "firmware/protocol/message.hpp"

#include <span>

// Bytes <-> values. SPEC.md is the law; deterministic CBOR (RFC 8949 section 4.2.1), one array per
// message, first item the version 1. Decoders refuse everything that `encode` would not have made.
//
// Sequences are counted from 1, so that 0 can mean none; all quantities and times end at 2^53 - 1
// (fields.hpp). A value beyond its range is a bug of whoever encodes it: what came from outside is
// brought into range before.
namespace ks::protocol {

enum class Refusal : std::uint8_t {
    truncated,
    trailing_bytes,
    not_deterministic,  // a longer form than needed, an indefinite length
    wrong_type,
    wrong_length,
    wrong_version,
    unknown_value,  // an enumerator, kind or action we do not know
    out_of_range,
    wrong_lane,  // the kind does not travel in this lane
};

using RecordBytes = FixedBytes<record_limit>;
using CommandBytes = FixedBytes<command_limit>;

/// Encoded, with the digest that chains it to `before` as the last 16 bytes.
[[nodiscard]] RecordBytes encode(const Record& record, const ChainDigest& before);

/// The lane is not in the bytes (the topic or the log row says it). Does not check the chain.
[[nodiscard]] Result<Record, Refusal> decode_record(Lane lane, Bytes bytes);

/// The digest the bytes carry; they must have been decoded before.
[[nodiscard]] ChainDigest digest_of(Bytes record);

/// What a record's digest must be after its predecessor's: SHA-256(before | bytes without their
/// last 17), cut to 16 bytes (the 17th is the byte string's head).
[[nodiscard]] ChainDigest chained(const ChainDigest& before, Bytes record);

/// What the first record of a lane is chained to.
[[nodiscard]] ChainDigest genesis(const PostId& post, Lane lane);

/// What a post signs to vouch for its lanes (`HeadsSigned`): a digest over its id and all heads.
[[nodiscard]] std::array<std::byte, 32> heads_digest(const PostId& post,
                                                     const std::array<LaneHead, lane_count>& heads);

/// The lane each kind travels in. `Gap` travels in the lane whose hole it declares.
[[nodiscard]] bool travels_in(const RecordBody& body, Lane lane);

using CommandKey = std::array<std::byte, 32>;

/// Whether `encode` takes it. Whoever fills a command from outside asks first.
[[nodiscard]] bool encodable(const Command& command);

/// Encoded with HMAC-SHA-256 under the post's command key as the last 32 bytes.
[[nodiscard]] CommandBytes encode(const Command& command, const CommandKey& key);
/// Encoded without a code; only a stop is accepted so.
[[nodiscard]] CommandBytes encode_bare(const Command& command);
[[nodiscard]] Result<Command, Refusal> decode_command(Bytes bytes);

enum class Authenticity : std::uint8_t { proven, absent, wrong };
/// Compares in constant time.
[[nodiscard]] Authenticity authenticity(Bytes command, const CommandKey& key);

/// Whether `encode` takes them: limits of zero or more, outlets of types that exist, a printable
/// name. Says nothing about the compiled-in bounds (`within_bounds`): those are the guard's.
[[nodiscard]] bool encodable(const Settings& settings);

using SettingsBytes = FixedBytes<settings_limit>;

/// The bytes the two approvers sign, and the digest of them.
[[nodiscard]] SettingsBytes encode(const Settings& settings);
[[nodiscard]] Result<Settings, Refusal> decode_settings(Bytes bytes);
[[nodiscard]] std::array<std::byte, 32> settings_digest(const Settings& settings);

/// Settings with their approvals, as they lie in a file between the approvers and the post.
using SettingsRecordBytes = FixedBytes<settings_limit + 2 * (sizeof(Signature) + 2) + 2>;
[[nodiscard]] SettingsRecordBytes encode(const SetSettings& record);
[[nodiscard]] Result<SetSettings, Refusal> decode_settings_record(Bytes bytes);

using MessageBytes = FixedBytes<256>;

[[nodiscard]] MessageBytes encode(const Birth& birth);
[[nodiscard]] MessageBytes encode(const NonceOffer& offer);
[[nodiscard]] MessageBytes encode(const Will& will);
[[nodiscard]] MessageBytes encode(const Ack& ack);
[[nodiscard]] MessageBytes encode(const TimeNotice& notice);
[[nodiscard]] MessageBytes encode(const RangeRequest& request);
[[nodiscard]] MessageBytes encode(const NonceRequest& request);

[[nodiscard]] Result<Birth, Refusal> decode_birth(Bytes bytes);
[[nodiscard]] Result<NonceOffer, Refusal> decode_nonce_offer(Bytes bytes);
[[nodiscard]] Result<Will, Refusal> decode_will(Bytes bytes);
[[nodiscard]] Result<Ack, Refusal> decode_ack(Bytes bytes);
[[nodiscard]] Result<TimeNotice, Refusal> decode_time_notice(Bytes bytes);
[[nodiscard]] Result<RangeRequest, Refusal> decode_range_request(Bytes bytes);
[[nodiscard]] Result<NonceRequest, Refusal> decode_nonce_request(Bytes bytes);

}  // namespace ks::protocol
