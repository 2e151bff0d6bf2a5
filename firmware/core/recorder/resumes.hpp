#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/recorder/recovery.hpp"
#include "firmware/protocol/settings.hpp"

namespace ks::core {

/// Sessions that a pure loss of mains cut short, and the post with them, and that may go on, once,
/// if their outlet's profile allows it: known at boot, and decided when the time is known, because
/// only the clock tells how long the mains was away.
class Resumes {
public:
    struct Candidate {
        protocol::OutletNumber outlet;
        protocol::CardToken card;
        Millis time_left;
        MilliwattHours energy_left;
        /// What the load drew last: another load is not the one that was authorised.
        Milliwatts power;
        /// Of the last trace of it.
        UnixMillis last;
        Millis error;
    };

    void add(const Candidate& candidate) { candidates_.push_back(candidate); }
    [[nodiscard]] bool empty() const { return candidates_.empty(); }

    /// The next one, and what is left of the time in which it may be resumed: none, when it is
    /// over.
    struct Decided {
        Candidate candidate;
        Millis good_for;
    };
    [[nodiscard]] std::optional<Decided> next(const protocol::WallTime& wall,
                                              const protocol::Settings& settings)
    {
        if (candidates_.empty()) return std::nullopt;
        const auto candidate = candidates_[0];
        candidates_.erase_at(0);
        const auto within = settings.of(candidate.outlet).resume_within;
        // As long as it can have been at most, and never less than nothing.
        const auto away = wall.at - candidate.last + wall.error + candidate.error;
        const bool sane = wall.at >= candidate.last && away < within;
        return Decided{.candidate = candidate, .good_for = sane ? within - away : Millis{}};
    }

private:
    FixedVector<Candidate, protocol::outlet_limit> candidates_;
};

}  // namespace ks::core
