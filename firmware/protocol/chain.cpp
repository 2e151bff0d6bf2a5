#include "firmware/protocol/chain.hpp"

#include "firmware/crypto/sha256.hpp"
#include "firmware/protocol/fields.hpp"

namespace ks::protocol {

namespace {

ChainDigest cut(const crypto::Digest& digest)
{
    ChainDigest head;
    static_assert(chain_digest_size < crypto::digest_size);
    std::copy_n(digest.begin(), head.size(), head.begin());
    return head;
}

// What is hashed beside records begins with words of its own, so that no digest of one kind can be
// taken for one of another.
constexpr std::string_view genesis_words = "kickstand genesis";
constexpr std::string_view heads_words = "kickstand heads";

/// The words, an id and, of three heads, a sequence and a digest each.
constexpr std::size_t preimage_limit = 192;

}  // namespace

ChainDigest chain_digest(const ChainDigest& before, Bytes record_without_digest)
{
    return cut(crypto::sha256(before, record_without_digest));
}

ChainDigest digest_of(Bytes record)
{
    check(record.size() > digest_item);
    ChainDigest digest;
    const auto bytes = record.last(digest.size());
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

ChainDigest chained(const ChainDigest& before, Bytes record)
{
    check(record.size() > digest_item);
    return chain_digest(before, record.first(record.size() - digest_item));
}

ChainDigest genesis(const PostId& post, Lane lane)
{
    std::array<std::byte, preimage_limit> room{};
    CborWriter out{room};
    out.array(4);
    out.text(genesis_words);
    put(out, version);
    out.text(post.text());
    put(out, lane);
    check(out.ok());
    return cut(crypto::sha256(out.written()));
}

std::array<std::byte, 32> heads_digest(const PostId& post,
                                       const std::array<LaneHead, lane_count>& heads)
{
    std::array<std::byte, preimage_limit> room{};
    CborWriter out{room};
    out.array(4);
    out.text(heads_words);
    put(out, version);
    out.text(post.text());
    out.array(heads.size());
    for (const auto& head : heads)
        put_all(out, head.seq, head.digest);
    check(out.ok());
    return crypto::sha256(out.written());
}

bool travels_in(const RecordBody& body, Lane lane)
{
    switch (kind_of(body)) {
    case RecordKind::tripped:
    case RecordKind::trip_cleared:
    case RecordKind::input_changed:
    case RecordKind::self_test_failed: return lane == Lane::alarm;
    case RecordKind::booted:
    case RecordKind::outlet_changed:
    case RecordKind::session_started:
    case RecordKind::session_progressed:
    case RecordKind::session_ended:
    case RecordKind::command_result:
    case RecordKind::commands_refused:
    case RecordKind::card_presented:
    case RecordKind::settings_changed:
    case RecordKind::heads_signed:
    case RecordKind::relay_wear:
    case RecordKind::trip_trace:
    case RecordKind::authority_kept:
    case RecordKind::card_decided:
    case RecordKind::cards_changed:
    case RecordKind::bay_changed:
    case RecordKind::bay_noticed:
    case RecordKind::link_noticed: return lane == Lane::event;
    case RecordKind::telemetry:
    case RecordKind::post_reading: return lane == Lane::tele;
    case RecordKind::gap: return true;
    }
    return false;
}

}  // namespace ks::protocol
