#pragma once

#include "sim/plant/bike.hpp"
#include "sim/plant/cell_fire.hpp"
#include "sim/plant/contact.hpp"
#include "sim/plant/heat.hpp"
#include "sim/plant/ntc.hpp"
#include "sim/plant/plug_contact.hpp"
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
/// To earth; three times what a 30 mA device of the circuit lets pass.
struct Leak {
    Amps amps = 0.1;
};
struct RelayFault {
    ContactFault kind;
};
struct CoilFaulty {
    CoilFault kind;
};
/// A worn spring: closing takes a dozen milliseconds of sparks.
struct RelayBounces {
    Bounce bounce{.times = 6, .each = Millis{1}};
};
struct MeterFaulty {
    MeterFault kind;
    /// Of a lying meter, or what a drifting one gains in an hour.
    double factor = 1.0;
};
/// The chip loses its supply for a moment: its set-up and its counter are gone.
struct MeterReset {};
/// Someone or something wrote into the chip's energy counter.
struct EnergyAltered {
    std::uint32_t pulses = 5'350;  // about a kilowatt-hour (docs/sources.md, BL0942)
};
/// A plug that no longer sits tight. At 1 A the default passes 80 °C within a minute.
struct LoosePlug {
    ContactHeat::Loose contact{.now = 0.012, .per_second = 0.072, .at_most = 4.8};
};
/// A plug that makes and breaks, with sparks.
struct Arcing {
    Intermittent contact{};
};
struct SensorFaulty {
    SensorFault kind;
};
struct ChargerFails {
    ChargerDefect defect;
};
/// The battery's current stops falling at this share of the full one: 30–80 % of the peak for
/// hours (docs/sources.md, Charging).
struct NoTaper {
    double share = 0.5;
};
/// Lead-acid thermal runaway: the power rises again after its minimum.
struct LeadRunaway {
    double runaway = 0.25;  // our choice: above where a charger would call it full and float
    double thermal_mass = 0.5;
};
/// Lithium thermal runaway: nothing electrical, heat, then smoke.
struct LithiumRunaway {
    CellFire fire{};
};
/// Someone plugs a second bike in with a Y-cable.
struct SecondBike {
    Bike bike = common_bike();
};
/// Someone takes the bike that is there and plugs in another one.
struct SwappedBike {
    Bike bike = common_bike();
    Seconds pause = 2.0;
};

/// What can be wrong with one outlet. Faults of different kinds add up; of the same kind, the
/// latest counts.
using Fault =
    std::variant<ShortCircuit, Overload, Leak, RelayFault, CoilFaulty, RelayBounces, MeterFaulty,
                 MeterReset, EnergyAltered, LoosePlug, Arcing, SensorFaulty, ChargerFails, NoTaper,
                 LeadRunaway, LithiumRunaway, SecondBike, SwappedBike>;

}  // namespace ks::sim
