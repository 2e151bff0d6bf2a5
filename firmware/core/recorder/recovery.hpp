#pragma once

#include "firmware/core/journal/journal.hpp"

namespace ks::core {

/// What a session had come to when the power went, as far as the journal knows.
struct LastKnown {
    Millis elapsed;
    MilliwattHours energy;
    Milliwatts peak;
    /// At the last frame, and when that was.
    Milliwatts power;
    std::optional<protocol::WallTime> wall;
    std::optional<protocol::SessionStarted> started;
    [[nodiscard]] bool resumable() const
    {
        return started && started->means != protocol::StartMeans::resumed && wall &&
               power > Milliwatts{} && started->time_limit > elapsed &&
               started->energy_limit > energy;
    }
    /// `recorded`: the power went again after the end was written and before the vault knew.
    enum class End : std::uint8_t { missing, recorded } end;
};

/// How far back the journal is read for a session's last traces. A session of the absolute cap
/// writes one progress record a minute; beside nine busy neighbours its start lies deeper, and then
/// the elapsed time is counted from its last progress record.
inline constexpr std::uint64_t recovery_depth_events = 512;
inline constexpr std::uint64_t recovery_depth_frames = 4;

/// Reads backwards through the newest events and telemetry frames of the boot that `session`
/// belongs to. What cannot be read is passed over: recovery never fails, it only knows less.
[[nodiscard]] LastKnown last_known(Journal& journal, protocol::OutletNumber outlet,
                                   protocol::SessionId session);

}  // namespace ks::core
