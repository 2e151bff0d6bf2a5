#pragma once

#include "firmware/protocol/settings.hpp"
#include "sim/fleet/scenario_table.hpp"

namespace ks::sim {

/// What the installer set, on top of a profile or the factory's settings: any limit by the name of
/// its row (firmware/protocol/limits.hpp), for every outlet alike. What lies outside a limit's
/// bounds is a fault that names them.
[[nodiscard]] protocol::Settings read_commissioned(ScenarioTable& table,
                                                   const protocol::Settings& profile);

}  // namespace ks::sim
