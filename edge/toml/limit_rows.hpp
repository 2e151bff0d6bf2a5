#pragma once

#include "edge/toml/toml_table.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::edge {

/// Any limit by the name of its row (firmware/protocol/limits.hpp). What the table does not name
/// stays as it is; what lies outside a limit's bounds is a fault that names them.
void read_limits(TomlTable& table, protocol::Limits& limits);
void read_limits(TomlTable& table, protocol::PostLimits& limits);

}  // namespace ks::edge
