#include "sim/plant/load.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ks::sim {

Bike common_bike()
{
    return {.battery = {.chemistry = Chemistry::lead_acid, .capacity_wh = 960.0, .charge = 0.5},
            .charger = charger_profile("pb-48v-20ah").value()};
}

std::optional<double> Load::charge() const
{
    if (connected_.empty()) return std::nullopt;
    return connected_.front().battery.charge();
}

Joules Load::battery_stored() const
{
    return std::accumulate(
        connected_.begin(), connected_.end(), 0.0,
        [](Joules sum, const Connected& is) { return sum + is.battery.stored(); });
}

Joules Load::battery_heat() const
{
    return std::accumulate(connected_.begin(), connected_.end(), 0.0,
                           [](Joules sum, const Connected& is) { return sum + is.battery.heat(); });
}

Joules Load::other_heat() const
{
    return std::accumulate(connected_.begin(), connected_.end(), resistive_heat_,
                           [](Joules sum, const Connected& is) { return sum + is.charger.heat(); });
}

Celsius Load::battery_temperature() const
{
    return connected_.empty() ? 0.0 : connected_.front().battery.temperature();
}

bool Load::overcharged() const
{
    return std::any_of(connected_.begin(), connected_.end(),
                       [](const Connected& is) { return is.battery.overcharged(); });
}

void Load::plug(const Bike& bike, Random random, Celsius air)
{
    connected_.clear();
    resistive_heat_ = 0.0;
    check(join(bike, random, air));
}

bool Load::join(const Bike& bike, Random random, Celsius air)
{
    if (connected_.size() == bikes_most) return false;
    connected_.push_back({.bike = bike,
                          .charger = Charger{bike.charger, bike.habit, random},
                          .battery = Battery{bike.battery, air}});
    connected_.back().charger.set_defect(bike.defect);
    return true;
}

void Load::unplug()
{
    connected_.clear();
    fire_.reset();
    short_amps_ = overload_amps_ = leak_amps_ = 0.0;
}

void Load::clear_faults()
{
    for (auto& is : connected_) {
        is.charger.set_defect(is.bike.defect);
        is.battery.age(is.bike.battery.gassing);
        is.battery.run_away(is.bike.battery.runaway, is.bike.battery.thermal_mass);
    }
    fire_.reset();
    short_amps_ = overload_amps_ = leak_amps_ = 0.0;
}

void Load::set_defect(ChargerDefect defect)
{
    for (auto& is : connected_)
        is.charger.set_defect(defect);
}

void Load::age_battery(double gassing)
{
    for (auto& is : connected_)
        is.battery.age(gassing);
}

void Load::run_battery_away(double runaway, double thermal_mass)
{
    for (auto& is : connected_)
        is.battery.run_away(runaway, thermal_mass);
}

void Load::next_cycle()
{
    for (auto& is : connected_)
        is.charger.next_cycle();
}

void Load::charge(Connected& connected, Seconds lasts, const Supplies& supplies, Flow& flow)
{
    auto& [bike, charger, battery] = connected;
    if (supplies.volts < Charger::runs_from) return charger.starve(lasts);
    if (charger.stage() == Charger::Stage::dark) {
        // The NTC-limited burst is half a sine: its mean square is half its peak's square.
        const auto burst = charger.energise();
        flow.inrush += burst.peak * burst.peak / 2.0 * burst.lasts;
    }
    const auto draw = charger.run(battery, lasts, supplies.air);
    const Amps in_phase = draw.watts / supplies.volts;
    flow.active += in_phase;
    flow.reactive += in_phase * std::sqrt(1.0 / (draw.power_factor * draw.power_factor) - 1.0);
    flow.leak += charger.leakage();
}

Load::Flow Load::run(Seconds lasts, const Supplies& supplies)
{
    // Shorts, overloads and leaks are resistive: in phase, and falling with the voltage.
    const double share = supplies.volts / supplies.nominal;
    const Amps leak = leak_amps_ * share;
    Flow flow{.active = (short_amps_ + overload_amps_) * share + leak,
              .reactive = 0.0,
              .inrush = 0.0,
              .leak = leak};
    resistive_heat_ += flow.active * supplies.volts * lasts;
    for (auto& connected : connected_)
        charge(connected, lasts, supplies, flow);
    if (fire_) fire_->advance(lasts);
    return flow;
}

void Load::starve(Seconds lasts)
{
    for (auto& connected : connected_)
        connected.charger.starve(lasts);
    if (fire_) fire_->advance(lasts);
}

}  // namespace ks::sim
