#pragma once

#include "firmware/hal/sample.hpp"
#include "sim/plant/si.hpp"

namespace ks::sim {

enum class SensorFault : std::uint8_t { none, open, shorted };

/// The contact spring of one outlet: what passes through it heats it, the shed's air cools it. A
/// loose plug shows here and nowhere else (docs/sources.md, Charging).
class ContactHeat {
public:
    struct Settings {
        Celsius ambient = 20.0;
        Ohms healthy = 0.005;           // a good plug contact, a few milliohms [R]
        double kelvin_per_watt = 12.0;  // our choice: a loose contact at 5 W ends near 80 °C
        Seconds time_constant = 40.0;   // our choice, because a brass spring is small
    };
    /// The resistance a plug has now, and how fast it burns itself worse.
    struct Loose {
        Ohms now;
        Ohms per_second;
        Ohms at_most;
    };

    explicit ContactHeat(Settings settings)
        : settings_{settings},
          temperature_{settings.ambient},
          contact_{.now = settings.healthy, .per_second = 0.0, .at_most = settings.healthy}
    {}

    [[nodiscard]] Celsius temperature() const { return temperature_; }
    [[nodiscard]] Ohms resistance() const { return contact_.now; }

    void loosen(Loose contact) { contact_ = contact; }
    void tighten();

    void advance(Seconds lasts, Amps amps);

private:
    Settings settings_;
    Celsius temperature_;
    Loose contact_;
};

/// A 10 kΩ NTC of B 3950 [R], as the board's divider meets it.
[[nodiscard]] Ohms ntc_ohms(Celsius temperature);

/// What the board makes of the sensor: tenths of a degree, or nothing when it is open or shorted.
[[nodiscard]] hal::Temperature sensed(Celsius temperature, SensorFault fault);

}  // namespace ks::sim
