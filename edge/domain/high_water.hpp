#pragma once

#include "edge/domain/alarm.hpp"

#include <array>
#include <string>
#include <vector>

namespace ks::edge {

struct Restored;

/// How far one lane was known to be durable. Epoch 0: nothing is known.
struct LaneWater {
    std::uint32_t epoch{};
    std::uint64_t next{1};
    protocol::ChainDigest digest{};  // of the record before `next`
    bool operator==(const LaneWater&) const = default;
};

/// By name, because numbers are the log's own and go with it.
struct PostWater {
    std::string post;
    std::array<LaneWater, protocol::lane_count> lanes{};
    bool operator==(const PostWater&) const = default;
};

/// What the log is known to have held, kept outside of it: a write-ahead log that is cut short by
/// one bad bit, deleted, or replaced by an old backup is a sound database all the same (E18, E19).
struct HighWater {
    LogId newest{};
    AlarmId next_alarm{1};
    std::uint64_t next_delivery{1};
    std::vector<PostWater> posts;
    bool operator==(const HighWater&) const = default;
};

/// What is missing in a log that went back.
struct WentBack {
    /// Only the lanes that are behind; the others have epoch 0.
    std::vector<PostWater> posts;
    /// At least so many records of the posts.
    std::uint64_t records{};
};

/// Numbers given out since the mark was last written are not known; so many are left out, that none
/// is ever given twice (our choice: more than a box can commit between two marks).
inline constexpr std::uint64_t numbers_left_out = 1'000'000;

/// Sets `went_back` when the log lacks what the mark says it had, and moves the log's next numbers
/// beyond everything it gave out before.
void hold_against(const HighWater& water, Restored& restored);

}  // namespace ks::edge
