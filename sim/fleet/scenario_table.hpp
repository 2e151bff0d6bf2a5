#pragma once

#include "edge/toml/toml_table.hpp"

namespace ks::sim {

/// A scenario is read as all our TOML is.
using ScenarioTable = edge::TomlTable;
using edge::FaultList;

}  // namespace ks::sim
