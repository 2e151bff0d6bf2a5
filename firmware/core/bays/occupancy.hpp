#pragma once

#include "firmware/core/bays/bay_settings.hpp"

namespace ks::core {

/// What a bay's sensor amounts to: free, taken, or unknown.
///
/// A state counts when it has been seen at both ends of its hold and nothing else between, so no
/// single reading makes one. A sensor that is silent, faulty or that changes its mind more often
/// than bikes come and go vouches for nothing.
class Occupancy {
public:
    /// Our choice: four bikes in and out of one bay within ten minutes do not happen.
    static constexpr std::uint8_t changes_most = 8;
    static constexpr Millis change_window{10 * 60'000};
    /// A sensor that flaps is believed again when it has said one thing for so long.
    static constexpr Millis calm_after{2 * 60'000};

    void hear(const hal::SensorReading& reading, const BaySettings& settings);
    /// Lets time pass: silence is judged here.
    void pass(Instant now, const BaySettings& settings);

    [[nodiscard]] BayState state() const { return state_; }
    /// When what is now the state was first seen.
    [[nodiscard]] Instant since() const { return candidate_since_; }

private:
    [[nodiscard]] BayState seen(const hal::SensorReading& reading,
                                const BaySettings& settings) const;
    [[nodiscard]] Millis hold_of(BayState state, const BaySettings& settings) const;
    void become(BayState state, Instant now);

    BayState state_{BayState::unknown};
    BayState candidate_{BayState::unknown};
    std::optional<Instant> heard_at_;
    Instant candidate_since_{};
    Instant window_from_{};
    std::uint8_t changes_{0};
    bool flaps_{false};
};

}  // namespace ks::core
