#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ks::protocol {

/// The three ways a record can travel, most urgent first. Each has its own sequence, chain and
/// acknowledgement.
enum class Lane : std::uint8_t { alarm = 0, event = 1, tele = 2 };

inline constexpr std::array all_lanes{Lane::alarm, Lane::event, Lane::tele};

inline constexpr std::size_t lane_count = all_lanes.size();

}  // namespace ks::protocol
