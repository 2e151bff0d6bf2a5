#pragma once

#include "sim/plant/contact.hpp"
#include "sim/plant/heat.hpp"
#include "sim/plant/terminals.hpp"

#include <variant>

namespace ks::sim {

/// A dead short behind the plug: as many amperes as the wiring lets through.
struct ShortCircuit {
    Amps amps = 40.0;  // a step to tens of amperes [I]
};
/// Something that draws more than it should, steadily, beside whatever charges there.
struct Overload {
    Amps amps = 12.0;
};
struct RelayFault {
    ContactFault kind;
};
struct MeterFaulty {
    MeterFault kind;
    /// Only a lying meter uses it.
    double factor = 1.0;
};
/// A plug that no longer sits tight. At 1 A the default reaches 80 °C in about half a minute.
struct LoosePlug {
    ContactHeat::Loose contact{.now = 0.05, .per_second = 0.3, .at_most = 20.0};
};
struct SensorFaulty {
    SensorFault kind;
};

/// What can be wrong with one outlet. Faults of different kinds add up; of the same kind, the
/// latest counts.
using Fault =
    std::variant<ShortCircuit, Overload, RelayFault, MeterFaulty, LoosePlug, SensorFaulty>;

}  // namespace ks::sim
