#include "edge/ctl/chain_verifier.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::edge {

using namespace protocol;

namespace {

/// The digest and the head of its byte string, and something before them.
constexpr std::size_t shortest = 18;

}  // namespace

std::string_view name_of(ChainFault::What what)
{
    switch (what) {
    case ChainFault::What::missing: return "missing";
    case ChainFault::What::doubled: return "doubled";
    case ChainFault::What::digest_wrong: return "digest_wrong";
    case ChainFault::What::mislabelled: return "mislabelled";
    case ChainFault::What::unreadable: return "unreadable";
    case ChainFault::What::gap_contradicted: return "gap_contradicted";
    case ChainFault::What::cut_short: return "cut_short";
    }
    return "unknown";
}

void ChainVerifier::declare(const std::string& post, const GapRow& gap)
{
    ++figures_.gaps;
    holes_[{post, gap.epoch, gap.lane}][gap.from] = {.to = gap.to, .last = gap.last};
}

ChainVerifier::Walk& ChainVerifier::walk_of(const LaneName& name)
{
    auto& walk = walks_[name];
    if (walk.begun) return walk;
    walk.begun = true;
    ++figures_.lanes;
    if (const auto id = PostId::from(name.post)) walk.digest = genesis(*id, name.lane);
    return walk;
}

/// Over declared gaps, as far as they lead towards `seq`.
void ChainVerifier::cross(const LaneName& name, Walk& walk, std::uint64_t seq)
{
    const auto holes = holes_.find(name);
    if (holes == holes_.end()) return;
    while (walk.next < seq) {
        const auto hole = holes->second.find(walk.next);
        if (hole == holes->second.end() || hole->second.to < walk.next) return;
        walk.next = hole->second.to + 1;
        walk.digest = hole->second.last;
    }
}

void ChainVerifier::walk(const std::string& post, const RecordKey& key, Bytes bytes)
{
    ++figures_.records;
    const LaneName name{post, key.epoch, key.lane};
    auto& walk = walk_of(name);
    cross(name, walk, key.seq);
    if (key.seq < walk.next) return fault(post, key, ChainFault::What::doubled);
    if (key.seq > walk.next) fault(post, key, ChainFault::What::missing);

    const bool whole = bytes.size() >= shortest && bytes.size() <= record_limit;
    const bool follows =
        whole && key.seq == walk.next && chained(walk.digest, bytes) == digest_of(bytes);
    if (key.seq == walk.next && !follows) fault(post, key, ChainFault::What::digest_wrong);
    walk.next = key.seq + 1;
    walk.digest = whole ? digest_of(bytes) : ChainDigest{};

    const auto record = decode_record(key.lane, bytes);
    if (!record) return fault(post, key, ChainFault::What::unreadable);
    if (record->head.seq != key.seq) fault(post, key, ChainFault::What::mislabelled);
    if (const auto* gap = std::get_if<Gap>(&record->body)) check_gap(post, key, name, *gap);
}

// A Gap record is in the chain; the birth that let the walk cross the hole was not. So the record
// is held against the crossing.
void ChainVerifier::check_gap(const std::string& post, const RecordKey& key, const LaneName& name,
                              const Gap& gap)
{
    const auto holes = holes_.find(name);
    if (holes == holes_.end()) return;
    for (const auto& [from, hole] : holes->second)
        if (hole.to == gap.to && !(hole.last == gap.last))
            fault(post, key, ChainFault::What::gap_contradicted);
}

void ChainVerifier::end(const std::string& post, const LaneMark& mark)
{
    const LaneName name{post, mark.epoch, mark.lane};
    auto& walk = walk_of(name);
    cross(name, walk, mark.next);
    if (walk.next == mark.next && walk.digest == mark.digest) return;
    fault(post, {.post = mark.post, .epoch = mark.epoch, .lane = mark.lane, .seq = walk.next},
          ChainFault::What::cut_short);
}

void ChainVerifier::fault(const std::string& post, const RecordKey& key, ChainFault::What what)
{
    faults_.push_back({.post = post, .key = key, .what = what});
}

}  // namespace ks::edge
