#pragma once

#include "firmware/core/bays/bay_words.hpp"
#include "firmware/core/recorder/recorder.hpp"

namespace ks::app {

/// What people at the post hear, whatever the link does (F-136): an alarm while something of fire
/// or hazard grade is latched, a note of trouble for lesser ones and for a silent edge, a reminder
/// while the bays have something to say. Silenced by command for a while; a new trip sounds again.
class Sounder {
public:
    /// Trouble is a short note that comes back, not a noise (our choice).
    static constexpr Millis note{1'000};
    static constexpr Millis note_every{60'000};

    [[nodiscard]] hal::Sound now(const core::Recorder& recorder, core::Message said, Instant now)
    {
        if (recorder.trips() != trips_) {
            trips_ = recorder.trips();
            sounds_since_ = now;
        }
        const auto silence = recorder.silence();
        const bool silenced = silence && now < silence->to && sounds_since_ <= silence->from;
        const auto gravest = recorder.gravest();
        if (gravest && *gravest >= protocol::Severity::hazard)
            return silenced ? hal::Sound::silent : hal::Sound::alarm;
        const bool trouble =
            (gravest && *gravest == protocol::Severity::warning) || recorder.edge_is_silent();
        const bool in_note = now.since_boot().count() % note_every.count() < note.count();
        if (silenced) return hal::Sound::silent;
        if (trouble && in_note) return hal::Sound::trouble;
        return said == core::Message::silence ? hal::Sound::silent : hal::Sound::reminder;
    }

private:
    std::uint32_t trips_{0};
    Instant sounds_since_{};
};

}  // namespace ks::app
