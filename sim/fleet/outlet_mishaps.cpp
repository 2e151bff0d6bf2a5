#include "sim/fleet/mishap_table.hpp"

#include <array>

namespace ks::sim {

namespace {

using enum MishapPlace;
using enum MishapParameter;
using Value = std::optional<double>;

Action with(Fault fault) { return Inject{std::move(fault)}; }

constexpr double lying_factor = 0.5;  // our choice: a meter that shows half is the dangerous kind
constexpr double drifting_factor = 0.7;    // in an hour, our choice
constexpr double half_a_charger = 0.5;     // the word says it
constexpr double too_much_voltage = 1.25;  // 60 V on a 48 V pack
constexpr double stepping_charger = 1.8;   // beyond any legitimate stage

constexpr std::array rows{
    // The load.
    MishapRow{{"short", outlet, current},
              [](Value v) { return with(ShortCircuit{v.value_or(ShortCircuit{}.amps)}); }},
    MishapRow{{"overload", outlet, current},
              [](Value v) { return with(Overload{v.value_or(Overload{}.amps)}); }},
    MishapRow{{"leak", outlet, leak}, [](Value v) { return with(Leak{v.value_or(Leak{}.amps)}); }},
    MishapRow{{"loose_plug", outlet, none}, [](Value) { return with(LoosePlug{}); }},
    MishapRow{{"arcing", outlet, none}, [](Value) { return with(Arcing{}); }},

    // The charger and the battery.
    MishapRow{{"half_failed_charger", outlet, factor},
              [](Value v) { return with(ChargerFails{{.current = v.value_or(half_a_charger)}}); }},
    MishapRow{
        {"wrong_charger", outlet, factor},
        [](Value v) { return with(ChargerFails{{.voltage = v.value_or(too_much_voltage)}}); }},
    MishapRow{
        {"charger_step", outlet, factor},
        [](Value v) { return with(ChargerFails{{.current = v.value_or(stepping_charger)}}); }},
    MishapRow{{"no_taper", outlet, factor},
              [](Value v) { return with(NoTaper{v.value_or(NoTaper{}.share)}); }},
    MishapRow{{"runaway_lead", outlet, none}, [](Value) { return with(LeadRunaway{}); }},
    MishapRow{{"runaway_lithium", outlet, none}, [](Value) { return with(LithiumRunaway{}); }},
    MishapRow{{"second_bike", outlet, none}, [](Value) { return with(SecondBike{}); }},
    MishapRow{{"swap_bike", outlet, none}, [](Value) { return with(SwappedBike{}); }},

    // The relay and its coil.
    MishapRow{{"relay_welded", outlet, none},
              [](Value) { return with(RelayFault{ContactFault::welded}); }},
    MishapRow{{"relay_stuck_open", outlet, none},
              [](Value) { return with(RelayFault{ContactFault::stuck_open}); }},
    MishapRow{{"relay_bounces", outlet, none}, [](Value) { return with(RelayBounces{}); }},
    MishapRow{{"coil_shorted", outlet, none},
              [](Value) { return with(CoilFaulty{CoilFault::shorted}); }},
    MishapRow{{"coil_broken", outlet, none},
              [](Value) { return with(CoilFaulty{CoilFault::broken}); }},

    // The meter.
    MishapRow{{"meter_dead", outlet, none},
              [](Value) { return with(MeterFaulty{.kind = MeterFault::dead}); }},
    MishapRow{{"meter_frozen", outlet, none},
              [](Value) { return with(MeterFaulty{.kind = MeterFault::frozen}); }},
    MishapRow{{"meter_lying", outlet, factor},
              [](Value v) {
                  return with(MeterFaulty{MeterFault::lying, v.value_or(lying_factor)});
              }},
    MishapRow{{"meter_drifting", outlet, factor},
              [](Value v) {
                  return with(MeterFaulty{MeterFault::drifting, v.value_or(drifting_factor)});
              }},
    MishapRow{{"meter_absurd", outlet, none},
              [](Value) { return with(MeterFaulty{.kind = MeterFault::absurd}); }},
    MishapRow{{"meter_forged", outlet, none},
              [](Value) { return with(MeterFaulty{.kind = MeterFault::forged}); }},
    MishapRow{{"meter_garbled", outlet, none},
              [](Value) { return with(MeterFaulty{.kind = MeterFault::garbled}); }},
    MishapRow{{"meter_reset", outlet, none}, [](Value) { return with(MeterReset{}); }},
    MishapRow{{"energy_altered", outlet, none}, [](Value) { return with(EnergyAltered{}); }},

    // The sensor, and the end of it all.
    MishapRow{{"sensor_open", outlet, none},
              [](Value) { return with(SensorFaulty{SensorFault::open}); }},
    MishapRow{{"sensor_shorted", outlet, none},
              [](Value) { return with(SensorFaulty{SensorFault::shorted}); }},
    MishapRow{{"sensor_frozen", outlet, none},
              [](Value) { return with(SensorFaulty{SensorFault::frozen}); }},
    MishapRow{{"unplug", outlet, none}, [](Value) { return Action{Unplug{}}; }},
    MishapRow{{"clear", outlet, none}, [](Value) { return Action{ClearFaults{}}; }},
};

}  // namespace

std::span<const MishapRow> outlet_mishaps() { return rows; }

}  // namespace ks::sim
