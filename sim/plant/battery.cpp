#include "sim/plant/battery.hpp"

#include <algorithm>

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

}  // namespace

double Battery::knee() const
{
    return settings_.chemistry == Chemistry::lead_acid ? knee_lead_acid : knee_lithium;
}

double Battery::appetite() const
{
    const double wanted = std::min(1.0, (1.0 - charge_) / (1.0 - knee()));
    return std::max(wanted, settings_.gassing);
}

double Battery::voltage_share() const
{
    return voltage_share_empty + (1.0 - voltage_share_empty) * std::min(1.0, charge_ / knee());
}

void Battery::store(Joules from_charger)
{
    const double acceptance =
        settings_.chemistry == Chemistry::lead_acid ? acceptance_lead_acid : acceptance_lithium;
    const Joules room = (1.0 - charge_) * capacity();
    const Joules kept = std::min(from_charger * acceptance, room);
    charge_ += kept / capacity();
    heat_ += from_charger - kept;
}

}  // namespace ks::sim
