#pragma once

#include "firmware/protocol/settings.hpp"

#include <optional>
#include <string>

namespace ks::edge {

/// What an installer read off a reference meter and off the console at the same moment.
struct MeterReadings {
    std::string true_value;  // with its unit
    std::string read_value;
    Gain in_force;  // while the console showed it
};

/// The gain that makes the meter right. Throws `SiteFault` with what is wrong: no such quantity,
/// nothing flowing, or a meter that is further off than calibration may mend.
[[nodiscard]] Gain voltage_gain(const MeterReadings& readings);
[[nodiscard]] Gain current_gain(const MeterReadings& readings);

/// As it goes into a profile or a file of meters.
[[nodiscard]] std::string toml_of(protocol::OutletNumber outlet, const protocol::MeterGains& gains);

}  // namespace ks::edge
