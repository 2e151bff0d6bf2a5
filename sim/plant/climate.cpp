#include "sim/plant/climate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ks::sim {

namespace {

constexpr Seconds day = 86'400.0;
constexpr Seconds warmest_at = 15.0 * 3600.0;
constexpr Seconds sunrise = 6.0 * 3600.0;
constexpr Seconds sunset = 18.0 * 3600.0;

Seconds time_of_day(Instant now, Seconds begins)
{
    return std::fmod(begins + static_cast<double>(now.since_boot().count()) / 1000.0, day);
}

}  // namespace

Celsius Climate::air(Instant now) const
{
    if (swing == 0.0) return mean;
    const double angle = 2.0 * std::numbers::pi * (time_of_day(now, begins) - warmest_at) / day;
    return mean + swing * std::cos(angle);
}

double Climate::sun_gain(Instant now) const
{
    const Seconds time = time_of_day(now, begins);
    if (sun == 0.0 || time <= sunrise || time >= sunset) return 0.0;
    return sun * std::sin(std::numbers::pi * (time - sunrise) / (sunset - sunrise));
}

Cabinet::Cabinet(Settings settings)
    : settings_{settings},
      temperature_{settings.climate.air(Instant{}) + settings.climate.sun_gain(Instant{}) +
                   settings.kelvin_per_watt * settings.electronics}
{}

void Cabinet::advance(Instant now, Seconds lasts, Watts losses)
{
    const auto& climate = settings_.climate;
    const Celsius ends_at = climate.air(now) + climate.sun_gain(now) +
                            settings_.kelvin_per_watt * (settings_.electronics + losses);
    temperature_ += (ends_at - temperature_) * -std::expm1(-lasts / settings_.time_constant);
}

}  // namespace ks::sim
