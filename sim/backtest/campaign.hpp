#pragma once

#include "sim/backtest/bench.hpp"

namespace ks::sim {

/// One post with ten outlets for one day of legitimate variety: sound chargers with all their
/// habits and ages, in any weather and at any feeder, and people who come, go and pull plugs.
/// Whatever trips there is a false alarm.
struct CampaignDay {
    std::uint64_t number;
    double charging_hours;
    std::uint32_t sessions;
    /// Ends by reason that were nobody's wish: another bike recognised, too little power, shed.
    std::vector<GuardDeed> odd_ends;
    std::vector<GuardDeed> false_trips;
    /// Of each false trip, what charged there.
    std::vector<std::string> loads;
};

/// The same for the same seed and number, on every machine. A day may be cut short.
[[nodiscard]] CampaignDay campaign_day(std::uint64_t seed, std::uint64_t number, Millis lasts);
inline constexpr Millis campaign_day_lasts{24 * 3'600'000LL};

}  // namespace ks::sim
