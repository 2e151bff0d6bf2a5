#pragma once

#include "edge/ctl/noun.hpp"

namespace ks::edge {

/// `kickstand settings show`
void add_settings_show(CLI::App& settings, Terminal& terminal);
/// `kickstand settings calibrate`
void add_settings_calibrate(CLI::App& settings, Terminal& terminal);

}  // namespace ks::edge
