#pragma once

#include "edge/domain/batch.hpp"

#include <array>

namespace ks::edge {

/// The disk that holds the log, as the store last saw it.
struct DiskState {
    /// Of what this program may use, as `df` reckons it.
    std::int64_t used_permille{};
    /// `out`: the reserve was given up, and telemetry is not kept until there is room again.
    enum class Room : std::uint8_t { enough, out } room{Room::enough};
};

/// S-61: told at 80, 90 and 95 %, each with its own alarm so that the last is not lost in the
/// first.
struct DiskStep {
    AlarmKind kind;
    std::int64_t from_permille;
};
inline constexpr std::array disk_steps{DiskStep{AlarmKind::disk_filling, 800},
                                       DiskStep{AlarmKind::disk_nearly_full, 900},
                                       DiskStep{AlarmKind::disk_full, 950}};
/// Below a step by so much it is over: a log that hovers at a step is one alarm (our choice).
inline constexpr std::int64_t disk_hysteresis_permille = 20;

/// Takes the telemetry out of a batch that has no room for it, and says so: the records are
/// acknowledged all the same, and a gap of our own tells the log and every verifier that they are
/// missing and why. Bytes set aside as poison are given up as well; that they came is kept.
void give_up_telemetry(Batch& batch);

}  // namespace ks::edge
