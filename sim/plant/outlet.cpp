#include "sim/plant/outlet.hpp"

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

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

PlantOutlet::PlantOutlet(std::uint64_t seed, std::uint8_t number, ContactHeat::Settings heat)
    : seed_{Random{seed, number}.next()}, relay_{relay_delays(Random{seed_})}, heat_{heat}
{}

hal::Temperature PlantOutlet::sensed_temperature() const
{
    return sensed(heat_.temperature(), sensor_);
}

OutletTruth PlantOutlet::truth() const
{
    return {.contact_closed = relay_.closed(),
            .plugged = plugged(),
            .amps = amps_,
            .watts = watts_,
            .delivered = delivered_,
            .contact_temperature = heat_.temperature(),
            .charge = connected_ ? std::optional{connected_->battery.charge()} : std::nullopt,
            .battery_stored = connected_ ? connected_->battery.stored() : 0.0,
            .battery_heat = connected_ ? connected_->battery.heat() : 0.0};
}

void PlantOutlet::plug(const Bike& bike)
{
    connected_.emplace(Connected{.charger = Charger{bike.charger, Random{seed_, ++plugged_times_}},
                                 .battery = Battery{bike.battery}});
}

void PlantOutlet::unplug()
{
    connected_.reset();
    short_amps_ = 0.0;
    overload_amps_ = 0.0;
    heat_.tighten();
}

void PlantOutlet::inject(const Fault& fault)
{
    std::visit(Overloaded{[&](const ShortCircuit& is) { short_amps_ = is.amps; },
                          [&](const Overload& is) { overload_amps_ = is.amps; },
                          [&](const RelayFault& is) { relay_.set_fault(is.kind); },
                          [&](const MeterFaulty& is) { meter_.set_fault(is.kind, is.factor); },
                          [&](const LoosePlug& is) { heat_.loosen(is.contact); },
                          [&](const SensorFaulty& is) { sensor_ = is.kind; }},
               fault);
}

void PlantOutlet::clear_faults()
{
    short_amps_ = 0.0;
    overload_amps_ = 0.0;
    relay_.set_fault(ContactFault::none);
    meter_.set_fault(MeterFault::none, 1.0);
    heat_.tighten();
    sensor_ = SensorFault::none;
}

void PlantOutlet::next_cycle()
{
    if (connected_) connected_->charger.next_cycle();
}

PlantOutlet::Flow PlantOutlet::flow(Seconds lasts, const Supplies& supplies)
{
    const bool live = relay_.closed() && supplies.feed > 0.0;
    if (!live) {
        if (connected_) connected_->charger.lose_mains();
        return {.amps = 0.0, .watts = 0.0, .inrush = 0.0};
    }

    // Shorts and overloads are resistive: in phase, and falling with the voltage.
    Amps active = (short_amps_ + overload_amps_) * supplies.feed / supplies.nominal;
    Amps reactive = 0.0;
    double inrush = 0.0;
    if (connected_) {
        auto& [charger, battery] = *connected_;
        if (charger.stage() == Charger::Stage::dark) {
            // The NTC-limited burst is half a sine: its mean square is half its peak's square.
            const auto burst = charger.energise();
            inrush = burst.peak * burst.peak / 2.0 * burst.lasts;
        }
        const auto draw = charger.run(battery, lasts);
        const Amps in_phase = draw.watts / supplies.feed;
        active += in_phase;
        // The rest of the charger's rms current is harmonics, which add at right angles.
        reactive = in_phase * std::sqrt(1.0 / (draw.power_factor * draw.power_factor) - 1.0);
    }
    return {
        .amps = std::hypot(active, reactive), .watts = active * supplies.feed, .inrush = inrush};
}

void PlantOutlet::pass(Seconds lasts, const Supplies& supplies)
{
    const auto flowed = flow(lasts, supplies);
    amps_ = flowed.amps;
    watts_ = flowed.watts;
    delivered_ += flowed.watts * lasts;
    heat_.advance(lasts, flowed.amps);
    meter_.pass({.lasts = lasts,
                 .volts = supplies.tap,
                 .amps = flowed.amps,
                 .watts = flowed.watts,
                 .inrush = flowed.inrush});
}

}  // namespace ks::sim
