#pragma once

#include "edge/domain/batch.hpp"
#include "firmware/protocol/codec.hpp"

#include <array>
#include <set>
#include <variant>
#include <vector>

namespace ks::edge {

/// Takes each lane of each post in, in order and without a hole: go-back-n. A record ahead of its
/// turn is not kept, the post is asked to send from the missing one on; a record behind its turn
/// is owed an acknowledgement and nothing else. It decides and remembers; it stores nothing.
class Ingest {
public:
    /// A question is not repeated sooner (our choice: several round trips of a bad mobile night).
    static constexpr Millis ask_again_after{2'000};
    /// A lane that the post says is longer than ours is asked for after this much quiet: until
    /// then the post is probably still sending by itself.
    static constexpr Millis quiet_limit{5'000};
    /// A post that has not been heard since the start may be away for good: it is asked ever less
    /// often, down to this (our choice).
    static constexpr Millis ask_unheard_after{60'000};

    struct Take {
        Standing standing;
        std::optional<protocol::Record> record;
        RecordKey key;
        /// The record is of an earlier boot than the one before it (F-060).
        bool boot_went_back;
        /// The log once had another record in this one's place.
        bool not_as_before;
    };
    struct Duplicate {};
    struct Ahead {};   // a hole before it
    struct Reject {};  // not readable and not the next record: set the bytes aside
    using Verdict = std::variant<Take, Duplicate, Ahead, Reject>;

    Verdict take(PostNo post, const protocol::PostId& id, protocol::Lane lane, Bytes bytes,
                 Instant now);

    struct BirthVerdict {
        enum class Kind : std::uint8_t {
            usual,
            stale,      // older than one we know: delivered twice or late
            suspect,    // the journal seems to have gone back; the post is asked once more
            restarted,  // it said so twice: a new epoch begins
        };
        Kind kind;
        std::vector<GapRow> gaps;  // `at` is left to the caller
        /// Lanes whose mark moved, gap or new epoch, and must be written down.
        std::vector<LaneMark> moved;
    };
    BirthVerdict born(PostNo post, const protocol::PostId& id, const protocol::Birth& birth,
                      Instant now);

    /// Its sequences seem to have gone back, which is not settled: acknowledging now could make
    /// the post throw away what the log never had.
    [[nodiscard]] bool in_doubt(PostNo post) const;

    /// Records that posts are known to hold and that are not here yet.
    [[nodiscard]] std::uint64_t behind() const;

    /// Ranges to ask for now. Looks only at lanes with a hole.
    struct Ask {
        PostNo post;
        protocol::RangeRequest range;
    };
    [[nodiscard]] std::vector<Ask> asks(Instant now);

    void restore(const LaneMark& mark, const protocol::PostId& id);
    /// The log once had more of this lane: it is asked for again, and held against what it was.
    enum class Lack : std::uint8_t { records, whole_epoch };
    Lack lacks(PostNo post, const protocol::PostId& id, protocol::Lane lane, const LaneWater& water,
               Instant now);
    /// Records of this lane that the post is known to hold, or to have held, and that are not here.
    [[nodiscard]] std::uint64_t missing(PostNo post, protocol::Lane lane) const;
    [[nodiscard]] LaneMark mark(PostNo post, protocol::Lane lane) const;
    /// Nothing is known of it yet: neither from the log nor from this run.
    [[nodiscard]] bool knows(PostNo post) const;

private:
    struct LaneStand {
        std::uint64_t next{1};
        protocol::ChainDigest digest{};
        std::uint64_t known_next{1};  // the post is known to hold records below this one
        PostTime newest{};            // of the newest record
        Instant moved{};
        std::optional<Instant> asked;
        std::uint64_t asked_to{0};
        Millis patience{ask_again_after};  // with the question that is out
        bool hole{false};  // a record ahead of its turn came, and no question is out for it
        bool met{false};   // the lane was in the log, or its first record or birth has been seen
        LaneWater had{};   // by the log, before it went back; epoch 0 when it did not
    };
    struct PostStand {
        bool known{false};
        bool heard{false};  // in this run
        std::uint32_t epoch{1};
        std::optional<PostTime> newest_birth;
        std::optional<PostTime> suspect;
        std::array<LaneStand, protocol::lane_count> lanes;
    };
    PostStand& stand(PostNo post, const protocol::PostId& id);
    [[nodiscard]] static bool went_back(const PostStand& stand, const protocol::Birth& birth);
    void align(PostNo post, PostStand& stand, const protocol::Birth& birth, Instant now,
               BirthVerdict& verdict);
    void advance(LaneStand& lane, const protocol::ChainDigest& digest, Instant now);
    void add_gaps(PostNo post, const PostStand& stand, const protocol::LaneState& said,
                  protocol::Lane lane, std::vector<GapRow>& gaps);
    /// True when the lane has come to where the log once was, and it is not the same lane.
    [[nodiscard]] static bool contradicts(LaneStand& lane);
    [[nodiscard]] LaneMark mark_of(PostNo post, const PostStand& stand, protocol::Lane lane) const;

    std::vector<PostStand> posts_;
    /// Lanes that are behind what their post is known to have.
    std::set<std::pair<PostNo, protocol::Lane>> behind_;
};

}  // namespace ks::edge
