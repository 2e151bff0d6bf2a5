#include "edge/domain/ingest.hpp"

#include "firmware/base/check.hpp"

namespace ks::edge {

using namespace protocol;

namespace {

std::size_t index_of(Lane lane) { return static_cast<std::size_t>(lane); }

/// The 16 bytes of the digest, the head of their byte string, and at least one byte before.
constexpr std::size_t shortest_chained = 18;

bool follows(const ChainDigest& before, Bytes bytes)
{
    return bytes.size() >= shortest_chained && bytes.size() <= record_limit &&
           chained(before, bytes) == digest_of(bytes);
}

}  // namespace

static_assert(Ingest::ask_again_after < Ingest::quiet_limit);

Ingest::PostStand& Ingest::stand(PostNo post, const PostId& id)
{
    check(post >= 1);
    if (posts_.size() < post) posts_.resize(post);
    auto& stand = posts_[post - 1];
    if (!stand.known) {
        stand.known = true;
        for (const Lane lane : all_lanes)
            stand.lanes[index_of(lane)].digest = genesis(id, lane);
    }
    return stand;
}

Ingest::Verdict Ingest::take(PostNo post, const PostId& id, Lane lane, Bytes bytes, Instant now)
{
    auto& of_post = stand(post, id);
    of_post.heard = true;
    auto& at = of_post.lanes[index_of(lane)];
    const auto decoded = decode_record(lane, bytes);
    const RecordKey key{.post = post, .epoch = of_post.epoch, .lane = lane, .seq = at.next};

    if (!decoded) {
        // Bytes that follow from the last record are the next record, whether or not we can read
        // them: a newer post may use words this edge has not learnt. Anything else is not ours.
        if (!follows(at.digest, bytes)) return Reject{};
        advance(at, digest_of(bytes), now);
        return Take{.standing = Standing::unreadable,
                    .record = {},
                    .key = key,
                    .boot_went_back = false,
                    .not_as_before = contradicts(at)};
    }
    const RecordHead& head = decoded->head;
    check(head.lane == lane);
    if (head.seq < at.next) return Duplicate{};
    if (head.seq > at.next) {
        at.known_next = std::max(at.known_next, head.seq + 1);
        behind_.insert({post, lane});
        // While a question is out, what runs ahead was sent before it was heard.
        if (!at.asked || at.next > at.asked_to) at.hole = true;
        return Ahead{};
    }
    const bool chains = follows(at.digest, bytes);
    const bool back = head.boot < at.newest.boot;
    at.newest = std::max(at.newest, PostTime{.boot = head.boot, .mono = head.mono});
    advance(at, digest_of(bytes), now);
    check(at.next == key.seq + 1);
    if (at.next >= at.known_next && behind_.erase({post, lane}) > 0) at.asked.reset();
    return Take{.standing = chains ? Standing::chained : Standing::broken,
                .record = *decoded,
                .key = key,
                .boot_went_back = back,
                .not_as_before = contradicts(at)};
}

void Ingest::advance(LaneStand& lane, const ChainDigest& digest, Instant now)
{
    ++lane.next;
    lane.digest = digest;
    lane.moved = now;
    lane.met = true;
    lane.known_next = std::max(lane.known_next, lane.next);
}

bool Ingest::contradicts(LaneStand& lane)
{
    if (lane.had.epoch == 0 || lane.next < lane.had.next) return false;
    const bool same = lane.next > lane.had.next || lane.digest == lane.had.digest;
    lane.had = {};
    return !same;
}

Ingest::BirthVerdict Ingest::born(PostNo post, const PostId& id, const Birth& birth, Instant now)
{
    auto& of_post = stand(post, id);
    of_post.heard = true;
    const PostTime time{.boot = birth.boot, .mono = birth.mono};
    BirthVerdict verdict{.kind = BirthVerdict::Kind::usual, .gaps = {}, .moved = {}};

    const auto& newest = of_post.newest_birth;
    if (newest && time.boot == newest->boot && time <= *newest) {
        verdict.kind = BirthVerdict::Kind::stale;
        return verdict;
    }
    if (went_back(of_post, birth)) {
        // A broker may deliver an old birth late, and believing it would start a second log of
        // the same records. A post that truly began anew says so again when it is asked for
        // records it never had.
        const bool again =
            of_post.suspect && of_post.suspect->boot == time.boot && *of_post.suspect < time;
        if (!again) {
            of_post.suspect = time;
            verdict.kind = BirthVerdict::Kind::suspect;
            return verdict;
        }
        verdict.kind = BirthVerdict::Kind::restarted;
        const auto epoch = of_post.epoch + 1;
        of_post = PostStand{};
        of_post.epoch = epoch;
        of_post.heard = true;
        check(&stand(post, id) == &of_post);
        for (const Lane lane : all_lanes)
            behind_.erase({post, lane});
    }
    of_post.suspect.reset();
    of_post.newest_birth = time;
    align(post, of_post, birth, now, verdict);
    return verdict;
}

bool Ingest::went_back(const PostStand& of_post, const Birth& birth)
{
    if (of_post.newest_birth && birth.boot < of_post.newest_birth->boot) return true;
    const PostTime said{.boot = birth.boot, .mono = birth.mono};
    for (const Lane lane : all_lanes) {
        const auto& at = of_post.lanes[index_of(lane)];
        if (birth.lanes[index_of(lane)].next >= std::max(at.next, at.had.next)) continue;
        // An alarm overtakes what waits, also the birth that its post sent before it.
        const bool overtaken =
            lane == Lane::alarm && at.newest.boot == said.boot && at.newest >= said;
        if (!overtaken) return true;
    }
    return false;
}

void Ingest::align(PostNo post, PostStand& of_post, const Birth& birth, Instant now,
                   BirthVerdict& verdict)
{
    for (const Lane lane : all_lanes) {
        auto& at = of_post.lanes[index_of(lane)];
        const auto& said = birth.lanes[index_of(lane)];
        if (said.oldest > at.next) {
            add_gaps(post, of_post, said, lane, verdict.gaps);
            at.next = said.oldest;
            if (at.had.epoch != 0 && at.next >= at.had.next) at.had = {};
            at.digest = said.before;
            at.moved = now;
            verdict.moved.push_back(mark_of(post, of_post, lane));
        } else if (verdict.kind == BirthVerdict::Kind::restarted) {
            verdict.moved.push_back(mark_of(post, of_post, lane));
        }
        at.met = true;
        at.asked.reset();
        at.hole = false;
        at.known_next = std::max(said.next, at.next);
        if (at.known_next > at.next) {
            at.moved = now;
            behind_.insert({post, lane});
        } else {
            behind_.erase({post, lane});
        }
    }
}

// What the post has no more is the post's loss, unless the log had it: then it is ours.
void Ingest::add_gaps(PostNo post, const PostStand& of_post, const LaneState& said, Lane lane,
                      std::vector<GapRow>& gaps)
{
    const auto& at = of_post.lanes[index_of(lane)];
    GapRow gap{.post = post,
               .epoch = of_post.epoch,
               .lane = lane,
               .from = at.next,
               .to = said.oldest - 1,
               .origin = at.met ? GapOrigin::birth : GapOrigin::before_log,
               .last = said.before,
               .at = {}};
    if (at.had.epoch != 0 && at.had.next > gap.from) {
        GapRow ours = gap;
        ours.origin = GapOrigin::log_lost;
        gap.from = std::min(at.had.next, said.oldest);
        ours.to = gap.from - 1;
        if (ours.to < said.oldest - 1) ours.last = at.had.digest;
        gaps.push_back(ours);
    }
    if (gap.from <= gap.to) gaps.push_back(gap);
}

bool Ingest::in_doubt(PostNo post) const
{
    return knows(post) && posts_[post - 1].suspect.has_value();
}

std::uint64_t Ingest::behind() const
{
    std::uint64_t records = 0;
    for (const auto& [post, lane] : behind_) {
        const auto& at = posts_[post - 1].lanes[index_of(lane)];
        check(at.known_next > at.next);
        records += at.known_next - at.next;
    }
    return records;
}

std::vector<Ingest::Ask> Ingest::asks(Instant now)
{
    std::vector<Ask> result;
    for (const auto& [post, lane] : behind_) {
        auto& at = posts_[post - 1].lanes[index_of(lane)];
        check(at.known_next > at.next);
        // Records that still flow may close the hole themselves, and so may a late answer.
        const Instant stirred = at.asked ? std::max(*at.asked, at.moved) : at.moved;
        if (posts_[post - 1].heard) at.patience = ask_again_after;
        const Millis patience = at.asked ? at.patience : quiet_limit;
        if (!at.hole && now - stirred < patience) continue;
        at.hole = false;
        at.asked = now;
        at.asked_to = at.known_next - 1;
        at.patience = std::min(Millis{at.patience.count() * 2}, ask_unheard_after);
        result.push_back(
            {.post = post, .range = {.lane = lane, .from = at.next, .to = at.known_next - 1}});
    }
    return result;
}

void Ingest::restore(const LaneMark& mark, const PostId& id)
{
    check(mark.next >= 1 && mark.epoch >= 1);
    auto& of_post = stand(mark.post, id);
    of_post.epoch = mark.epoch;
    auto& at = of_post.lanes[index_of(mark.lane)];
    at.next = mark.next;
    at.known_next = mark.next;
    at.digest = mark.digest;
    at.met = true;
}

Ingest::Lack Ingest::lacks(PostNo post, const PostId& id, Lane lane, const LaneWater& water,
                           Instant now)
{
    check(water.epoch >= 1 && water.next > 1);
    auto* of_post = &stand(post, id);
    Lack what = Lack::records;
    if (water.epoch > of_post->epoch) {
        // The journal it began since then is not in the log at all.
        what = Lack::whole_epoch;
        *of_post = PostStand{};
        of_post->epoch = water.epoch;
        of_post = &stand(post, id);
    }
    auto& at = of_post->lanes[index_of(lane)];
    at.met = true;
    at.had = water;
    at.moved = now;
    at.known_next = std::max(at.known_next, water.next);
    if (at.known_next <= at.next) return what;
    at.hole = true;  // asked for at once
    behind_.insert({post, lane});
    return what;
}

std::uint64_t Ingest::missing(PostNo post, Lane lane) const
{
    if (!knows(post)) return 0;
    const auto& at = posts_[post - 1].lanes[index_of(lane)];
    return at.known_next > at.next ? at.known_next - at.next : 0;
}

bool Ingest::knows(PostNo post) const
{
    return post >= 1 && post <= posts_.size() && posts_[post - 1].known;
}

LaneMark Ingest::mark(PostNo post, Lane lane) const
{
    check(knows(post));
    return mark_of(post, posts_[post - 1], lane);
}

LaneMark Ingest::mark_of(PostNo post, const PostStand& of_post, Lane lane) const
{
    const auto& at = of_post.lanes[index_of(lane)];
    return {
        .post = post, .epoch = of_post.epoch, .lane = lane, .next = at.next, .digest = at.digest};
}

}  // namespace ks::edge
