#include "sim/plant/heat.hpp"

#include <algorithm>
#include <cmath>

namespace ks::sim {

void ContactHeat::tighten()
{
    contact_ = {.now = settings_.healthy, .per_second = 0.0, .at_most = settings_.healthy};
}

void ContactHeat::wear(Seconds lasts)
{
    contact_.now = std::min(contact_.at_most, contact_.now + contact_.per_second * lasts);
}

void ContactHeat::advance(Seconds lasts, Watts watts, Celsius air)
{
    const Celsius ends_at = air + settings_.kelvin_per_watt * std::min(watts, watts_most);
    temperature_ += (ends_at - temperature_) * -std::expm1(-lasts / settings_.time_constant);
}

}  // namespace ks::sim
