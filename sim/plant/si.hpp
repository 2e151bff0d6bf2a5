#pragma once

namespace ks::sim {

// The plant computes in SI units and floating point; nothing else in Kickstand does. The aliases
// say the unit where a name would have to; at the border to the firmware stand the integers of
// firmware/base/quantity.hpp.
using Amps = double;
using Volts = double;
using Watts = double;
using Joules = double;
using Ohms = double;
using Celsius = double;
using Seconds = double;
using Hertz = double;

inline constexpr Joules joules_per_watt_hour = 3600.0;

}  // namespace ks::sim
