#include "sim/plant/ntc.hpp"

#include <cmath>

namespace ks::sim {

Ohms ntc_ohms(Celsius temperature)
{
    constexpr Ohms at_25 = 10'000.0;
    constexpr double b = 3950.0;
    constexpr double kelvin_at_zero = 273.15;
    return at_25 * std::exp(b * (1.0 / (temperature + kelvin_at_zero) - 1.0 / 298.15));
}

hal::Temperature NtcSensor::read(Celsius truth) const
{
    switch (fault_) {
    case SensorFault::none: break;
    case SensorFault::open:
    case SensorFault::shorted: return std::nullopt;
    // To the last digit: that no reading moves any more is how it can be told.
    case SensorFault::frozen:
        return DeciCelsius{static_cast<std::int32_t>(std::lround(frozen_at_ * 10.0))};
    }
    return DeciCelsius{static_cast<std::int32_t>(std::lround((truth + wander_) * 10.0))};
}

}  // namespace ks::sim
