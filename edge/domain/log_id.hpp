#pragma once

#include "firmware/protocol/lane.hpp"

#include <compare>
#include <cstdint>

namespace ks::edge {

/// The place of a fact in the edge's log: records and alarm changes share one counter that only
/// grows, so it is also what an event stream resumes by. 0 is before the first fact.
using LogId = std::uint64_t;

/// A post as the edge counts it, from 1 in the order of first sight; never reused.
using PostNo = std::uint32_t;

/// The source's own name of a record. `epoch` counts how often a post's journal began anew.
struct RecordKey {
    PostNo post;
    std::uint32_t epoch;
    protocol::Lane lane;
    std::uint64_t seq;
    auto operator<=>(const RecordKey&) const = default;
};

}  // namespace ks::edge
