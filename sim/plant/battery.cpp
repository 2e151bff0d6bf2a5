#include "sim/plant/battery.hpp"

#include <algorithm>
#include <cmath>

namespace ks::sim {

namespace {

// Share of the charge at which the set voltage is reached: our choice, because it gives full
// charges of 8–10 h (lead-acid) and 4–6 h (lithium) with the currents of docs/sources.md.
constexpr double knee_lead_acid = 0.80;
constexpr double knee_lithium = 0.88;

// Share of the direct current's energy that stays in: lead-acid 80–88 % overall, lithium nearly
// all [R].
constexpr double acceptance_lead_acid = 0.85;
constexpr double acceptance_lithium = 0.98;

// An empty 48 V lead-acid pack takes current at about 51 V of the 59.2 V it ends with [R].
constexpr double voltage_share_empty = 0.86;

// 28 kg of lead, acid and plastic in a pack of 960 Wh, at about 0.9 kJ/(kg K) [R]; it cools with a
// time constant of hours. A small pack warms as much faster as it is smaller.
constexpr double joules_per_kelvin_and_wh = 26.0;
constexpr Seconds cools_in_full_size = 10'800.0;
constexpr double full_size_wh = 960.0;
constexpr Celsius hottest = 150.0;  // what happens beyond is no longer charging

}  // namespace

double Battery::knee() const
{
    return settings_.chemistry == Chemistry::lead_acid ? knee_lead_acid : knee_lithium;
}

double Battery::leaks() const
{
    if (settings_.runaway == 0.0) return settings_.gassing;
    const double share = settings_.runaway * std::exp2((temperature_ - 25.0) / 10.0);
    return std::max(settings_.gassing, std::min(1.0, share));
}

double Battery::stores() const { return std::min(1.0, (1.0 - charge_) / (1.0 - knee())); }

double Battery::appetite() const { return std::max(stores(), leaks()); }

double Battery::voltage_share() const
{
    return voltage_share_empty + (1.0 - voltage_share_empty) * std::min(1.0, charge_ / knee());
}

void Battery::store(Joules from_charger, Seconds lasts, Celsius air)
{
    const double acceptance =
        settings_.chemistry == Chemistry::lead_acid ? acceptance_lead_acid : acceptance_lithium;
    const Joules room = (1.0 - charge_) * capacity();
    // What a runaway takes beyond the taper is heat at once, and that is what feeds it.
    const double useful = settings_.runaway == 0.0 ? 1.0 : stores() / appetite();
    const Joules kept = std::min(from_charger * acceptance * useful, room);
    charge_ += kept / capacity();
    heat_ += from_charger - kept;
    warm(from_charger - kept, lasts, air);
}

void Battery::warm(Joules heat, Seconds lasts, Celsius air)
{
    const double size = settings_.capacity_wh / full_size_wh * settings_.thermal_mass;
    const double cools_in = cools_in_full_size * size;
    const Celsius ends_at =
        air + heat / lasts * cools_in / (joules_per_kelvin_and_wh * full_size_wh * size);
    temperature_ += (ends_at - temperature_) * -std::expm1(-lasts / cools_in);
    temperature_ = std::min(temperature_, hottest);
}

}  // namespace ks::sim
