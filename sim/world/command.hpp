#pragma once

#include "sim/world/world_edge.hpp"

#include <cstdint>
#include <iosfwd>

namespace ks::sim {

/// Lives to lead, one seed after the other.
struct WorldOptions {
    std::uint64_t first_seed = 1;
    std::uint64_t last_seed = 1;
    /// Instead of the last seed: so many hours of virtual time.
    double hours = 0.0;
    std::uint32_t minutes = 10;
    std::uint16_t posts = 3;
    std::uint8_t outlets = 2;
    WorldEdge::Order order = WorldEdge::Order::commit_then_acknowledge;
};

/// Leads them, each hundredth twice to see that it is the same both times (I-33). What breaks is
/// told with the line that replays it, and the trace's newest events. The exit code: 0 when every
/// promise held, 1 when one was broken.
[[nodiscard]] int run_worlds(const WorldOptions& options, std::ostream& out);

/// How to replay the life that is being led, for last words.
[[nodiscard]] const char* replay_line();

}  // namespace ks::sim
