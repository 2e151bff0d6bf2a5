#pragma once

#include "edge/domain/batch.hpp"
#include "firmware/protocol/codec.hpp"

#include <array>
#include <vector>

namespace ks::edge {

/// Takes each lane of each post in, in order and without a hole: go-back-n. A record ahead of its
/// turn is not kept, the post is asked to send from the missing one on; a record behind its turn
/// is owed an acknowledgement and nothing else. It decides and remembers; it stores nothing.
class Ingest {
public:
    /// A question is not repeated sooner (our choice: several round trips of a bad mobile night).
    static constexpr Millis ask_again_after{2'000};
    /// A lane the post said to be longer than we have is asked for after this much quiet.
    static constexpr Millis quiet_limit{5'000};

    struct Take {
        Standing standing;
        std::optional<protocol::Record> record;
        std::uint64_t seq;
        std::uint32_t epoch;
    };
    struct Duplicate {};
    struct Ahead {};   // a hole before it
    struct Reject {};  // not the next record, and not readable: set the bytes aside
    using Verdict = std::variant<Take, Duplicate, Ahead, Reject>;

    Verdict take(PostNo post, const protocol::PostId& id, protocol::Lane lane, Bytes bytes,
                 Instant now);

    struct BirthVerdict {
        std::vector<GapRow> gaps;  // `at` is left to the caller
        enum class Kind : std::uint8_t { usual, stale, suspect, restarted } kind;
    };
    BirthVerdict born(PostNo post, const protocol::PostId& id, const protocol::Birth& birth,
                      Instant now);

    /// Ranges to ask for now.
    struct Ask {
        PostNo post;
        protocol::RangeRequest range;
    };
    [[nodiscard]] std::vector<Ask> asks(Instant now);

    void restore(const LaneMark& mark);
    [[nodiscard]] LaneMark mark(PostNo post, protocol::Lane lane) const;

private:
    struct LaneStand {
        std::uint64_t next{1};
        protocol::ChainDigest digest{};
        std::uint64_t known_next{1};  // the post is known to have records up to this one
        Instant moved;
        Instant asked;
        bool asking{false};
    };
    struct PostStand {
        bool known{false};
        std::uint32_t epoch{1};
        PostTime newest_birth;
        std::optional<PostTime> suspect;
        std::array<LaneStand, protocol::lane_count> lanes;
    };
    PostStand& stand(PostNo post, const protocol::PostId& id, Instant now);

    std::vector<PostStand> posts_;
    std::vector<std::pair<PostNo, protocol::Lane>> holes_;
};

}  // namespace ks::edge
