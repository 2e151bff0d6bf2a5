#include "sim/plant/heat.hpp"

#include <algorithm>
#include <cmath>

namespace ks::sim {

void ContactHeat::tighten()
{
    contact_ = {.now = settings_.healthy, .per_second = 0.0, .at_most = settings_.healthy};
}

void ContactHeat::advance(Seconds lasts, Amps amps)
{
    // A contact wears while it carries current and rests while it does not.
    if (amps > 0.0)
        contact_.now = std::min(contact_.at_most, contact_.now + contact_.per_second * lasts);
    const Celsius ends_at =
        settings_.ambient + settings_.kelvin_per_watt * amps * amps * contact_.now;
    temperature_ += (ends_at - temperature_) * -std::expm1(-lasts / settings_.time_constant);
}

Ohms ntc_ohms(Celsius temperature)
{
    constexpr Ohms at_25 = 10'000.0;
    constexpr double b = 3950.0;
    constexpr double kelvin_at_zero = 273.15;
    return at_25 * std::exp(b * (1.0 / (temperature + kelvin_at_zero) - 1.0 / 298.15));
}

hal::Temperature sensed(Celsius temperature, SensorFault fault)
{
    if (fault != SensorFault::none) return std::nullopt;
    return DeciCelsius{static_cast<std::int32_t>(std::lround(temperature * 10.0))};
}

}  // namespace ks::sim
