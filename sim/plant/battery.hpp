#pragma once

#include "sim/plant/si.hpp"

#include <cstdint>

namespace ks::sim {

enum class Chemistry : std::uint8_t { lead_acid, lithium };

/// A bike's battery as its charger sees it: a store of energy that wants less and less current
/// once it is past the knee, and warms with what it does not store.
class Battery {
public:
    struct Settings {
        Chemistry chemistry;
        double capacity_wh;  // above 0; a real pack has 500 to 2,300, a demo pack a few
        double charge;       // 0 empty … 1 full
        /// Share of the charger's current that an aged pack turns into gas and heat for ever, so
        /// that it never looks full (docs/sources.md, Charging, «aged lead-acid»).
        double gassing = 0.0;
        /// The same at 25 °C, doubling with every 10 K [R]: past a point the heat feeds itself,
        /// and the current in constant voltage rises again after its minimum.
        double runaway = 0.0;
        /// What is left of a sound pack's heat capacity; a dried-out one has less.
        double thermal_mass = 1.0;
    };

    Battery(Settings settings, Celsius temperature)
        : settings_{settings}, charge_{settings.charge}, temperature_{temperature}
    {}

    [[nodiscard]] Chemistry chemistry() const { return settings_.chemistry; }
    [[nodiscard]] double charge() const { return charge_; }
    [[nodiscard]] double capacity_wh() const { return settings_.capacity_wh; }
    [[nodiscard]] Joules stored() const { return charge_ * capacity(); }
    /// What came in and was not stored.
    [[nodiscard]] Joules heat() const { return heat_; }
    [[nodiscard]] Celsius temperature() const { return temperature_; }

    /// More of what comes in now becomes gas and heat than is stored.
    [[nodiscard]] bool overcharged() const { return leaks() > 0.0 && leaks() >= stores(); }

    /// Share of its full current the charger can push in now. Falling linearly with what is
    /// missing makes the current fall exponentially in time, with
    /// tau = (1 - knee) * capacity / (volts * amps * acceptance): 1.36 h for 48 V 20 Ah at 2.8 A,
    /// inside the 0.7–1.5 h of docs/sources.md, Charging, and as many seconds as a small pack has.
    [[nodiscard]] double appetite() const;

    /// Terminal voltage while charging, as a share of the charger's set voltage.
    [[nodiscard]] double voltage_share() const;

    void store(Joules from_charger, Seconds lasts, Celsius air);
    void age(double gassing) { settings_.gassing = gassing; }
    void run_away(double runaway, double thermal_mass)
    {
        settings_.runaway = runaway;
        settings_.thermal_mass = thermal_mass;
    }

private:
    [[nodiscard]] Joules capacity() const { return settings_.capacity_wh * joules_per_watt_hour; }
    [[nodiscard]] double knee() const;
    /// Share of the full current that a sound pack would still take.
    [[nodiscard]] double stores() const;
    [[nodiscard]] double leaks() const;
    void warm(Joules heat, Seconds lasts, Celsius air);

    Settings settings_;
    double charge_;
    Joules heat_{0.0};
    Celsius temperature_;
};

}  // namespace ks::sim
