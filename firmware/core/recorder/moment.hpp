#pragma once

#include "firmware/protocol/record.hpp"

namespace ks::core {

/// When something is being recorded, and what the post knows of the wall clock then.
struct Moment {
    Instant now;
    std::optional<protocol::WallTime> wall;
    /// For how long the edge has not been heard.
    Millis edge_silent{};
};

/// The wall time of an earlier moment of this boot.
[[nodiscard]] constexpr std::optional<protocol::WallTime> wall_at(Instant at, const Moment& moment)
{
    if (!moment.wall) return std::nullopt;
    return protocol::WallTime{.at = moment.wall->at + (at - moment.now),
                              .error = moment.wall->error};
}

}  // namespace ks::core
