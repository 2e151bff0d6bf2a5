#pragma once

#include "sim/fleet/scenario.hpp"
#include "sim/fleet/scenario_table.hpp"

namespace ks::sim {

/// The sensors around each post, `[[sensor]]`, and how it watches its bays, `[parking]`. A bay is
/// there where a sensor watches it. Whatever the firmware's own checks refuse is a fault.
[[nodiscard]] app::Fittings read_fittings(ScenarioTable& top, std::uint8_t outlets);

/// One bike that stands in a bay for a while, `[[parked]]`, as deeds. `scenario` has its fittings.
void read_parked(ScenarioTable& table, Scenario& scenario);

/// Whether the sensor that an action speaks of is mounted; true of what speaks of none.
[[nodiscard]] bool is_mounted(const Action& action, const drivers::SlaveTable& sensors);

}  // namespace ks::sim
