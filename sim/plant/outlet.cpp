#include "sim/plant/outlet.hpp"

#include "sim/plant/overloaded.hpp"

#include <cmath>

namespace ks::sim {

namespace {

// HF115F: operate ≤ 15 ms, release ≤ 8 ms [Cx]. Each relay has its own delays below that, which do
// not change over its life.
Contact::Delays relay_delays(Random random)
{
    return {.operate = Millis{static_cast<std::int64_t>(random.between(6.0, 16.0))},
            .release = Millis{static_cast<std::int64_t>(random.between(2.0, 9.0))}};
}

// Streams of the outlet's seed; whatever is plugged in uses 1, 2, 3 …
constexpr std::uint64_t plug_stream = 1ULL << 40;
constexpr std::uint64_t sensor_stream = plug_stream + 1;

}  // namespace

PlantOutlet::PlantOutlet(std::uint64_t seed, std::uint8_t number, ContactHeat::Settings heat,
                         Celsius air)
    : seed_{Random{seed, number}.next()},
      relay_{relay_delays(Random{seed_})},
      plug_{Random{seed_, plug_stream}},
      heat_{heat, air},
      sensor_{Random{seed_, sensor_stream}}
{}

OutletTruth PlantOutlet::truth() const
{
    return {.contact_closed = relay_.closed(),
            .plugged = plugged(),
            .amps = amps_,
            .watts = watts_,
            .delivered = delivered_,
            .contact_temperature = heat_.temperature(),
            .leak = leak_,
            .charge = load_.charge(),
            .battery_temperature = load_.battery_temperature(),
            .overcharged = load_.overcharged(),
            .battery_stored = load_.battery_stored(),
            .battery_heat = load_.battery_heat(),
            .contact_heat = contact_heat_,
            .other_heat = load_.other_heat()};
}

void PlantOutlet::plug(const Bike& bike, Celsius air)
{
    load_.plug(bike, Random{seed_, ++plugged_times_}, air);
}

bool PlantOutlet::join(const Bike& bike, Celsius air)
{
    return load_.join(bike, Random{seed_, ++plugged_times_}, air);
}

void PlantOutlet::unplug()
{
    load_.unplug();
    plug_.turn_firm();
    heat_.tighten();
}

void PlantOutlet::inject(const Fault& fault, Instant now)
{
    std::visit(
        Overloaded{
            [&](const ShortCircuit& is) { load_.set_short(is.amps); },
            [&](const Overload& is) { load_.set_overload(is.amps); },
            [&](const Leak& is) { load_.set_leak(is.amps); },
            [&](const RelayFault& is) { relay_.set_fault(is.kind); },
            [&](const CoilFaulty& is) { relay_.set_coil_fault(is.kind, now); },
            [&](const RelayBounces& is) { relay_.set_bounce(is.bounce); },
            [&](const MeterFaulty& is) { meter_.set_fault(is.kind, is.factor); },
            [&](const MeterReset&) { meter_.reset_chip(); },
            [&](const EnergyAltered& is) { meter_.add_pulses(is.pulses); },
            [&](const LoosePlug& is) { heat_.loosen(is.contact); },
            [&](const Arcing& is) { plug_.turn_bad(is.contact); },
            [&](const SensorFaulty& is) { sensor_.fail(is.kind, heat_.temperature()); },
            [&](const ChargerFails& is) { load_.set_defect(is.defect); },
            [&](const NoTaper& is) { load_.age_battery(is.share); },
            [&](const LeadRunaway& is) { load_.run_battery_away(is.runaway, is.thermal_mass); },
            [&](const LithiumRunaway& is) { load_.ignite(is.fire); }, [](const SecondBike&) {},
            [](const SwappedBike&) {}},
        fault);
}

void PlantOutlet::clear_faults(Instant now)
{
    load_.clear_faults();
    plug_.turn_firm();
    heat_.tighten();
    relay_.set_fault(ContactFault::none);
    relay_.set_coil_fault(CoilFault::none, now);
    relay_.set_bounce({.times = 0, .each = Millis{0}});
    meter_.set_fault(MeterFault::none, 1.0);
    sensor_.fail(SensorFault::none, heat_.temperature());
}

void PlantOutlet::next_cycle(Seconds lasts)
{
    load_.next_cycle();
    plug_.next_cycle(lasts);
    sensor_.next_cycle();
}

void PlantOutlet::pass(Seconds lasts, const Supplies& supplies)
{
    const bool live = relay_.closed() && plug_.touches() && supplies.feed > 0.0;
    Load::Flow flow{};
    Watts in_contact = 0.0;
    amps_ = watts_ = 0.0;
    if (live) {
        flow = load_.run(
            lasts, {.volts = supplies.feed, .nominal = supplies.nominal, .air = supplies.air});
        const Watts behind = flow.active * supplies.feed;
        in_contact =
            heat_.loss(std::hypot(flow.active, flow.reactive)) + behind * plug_.arc_share();
        watts_ = behind + in_contact;
        amps_ = std::hypot(watts_ / supplies.feed, flow.reactive);
    } else {
        load_.starve(lasts);
    }
    leak_ = flow.leak;
    delivered_ += watts_ * lasts;
    contact_heat_ += in_contact * lasts;
    if (amps_ > 0.0) heat_.wear(lasts);
    heat_.advance(lasts, in_contact, supplies.cabinet);
    meter_.pass({.lasts = lasts,
                 .volts = supplies.tap,
                 .amps = amps_,
                 .watts = watts_,
                 .inrush = flow.inrush});
}

}  // namespace ks::sim
