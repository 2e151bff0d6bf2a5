#pragma once

#include "sim/plant/bike.hpp"
#include "sim/plant/cell_fire.hpp"

#include <optional>
#include <vector>

namespace ks::sim {

/// All that hangs behind one plug: nothing, a bike, or two on a Y-cable; and what is wrong there.
class Load {
public:
    static constexpr std::size_t bikes_most = 2;

    /// What goes through the plug, but for the plug contact's own loss.
    struct Flow {
        Amps active;
        /// Harmonics of rectifiers, which add at right angles.
        Amps reactive;
        /// What a switch-on burst adds, in A²s.
        double inrush;
        /// To earth and not back through the neutral.
        Amps leak;
    };
    struct Supplies {
        Volts volts;
        Volts nominal;
        Celsius air;
    };

    [[nodiscard]] bool plugged() const { return !connected_.empty(); }
    /// Of the first bike.
    [[nodiscard]] std::optional<double> charge() const;
    [[nodiscard]] Joules battery_stored() const;
    [[nodiscard]] Joules battery_heat() const;
    /// What chargers, shorts, overloads and leaks have turned into heat since `plug`.
    [[nodiscard]] Joules other_heat() const;
    [[nodiscard]] Celsius battery_temperature() const;
    /// Some battery is fed more than it can store.
    [[nodiscard]] bool overcharged() const;
    /// Of a burning battery; nothing burns usually.
    [[nodiscard]] const std::optional<CellFireCourse>& fire() const { return fire_; }

    void plug(const Bike& bike, Random random, Celsius air);
    /// False when there is no room for one more.
    [[nodiscard]] bool join(const Bike& bike, Random random, Celsius air);
    /// Everything goes, and what was wrong with it.
    void unplug();
    /// What was wrong behind the plug is right again.
    void clear_faults();

    void set_short(Amps amps) { short_amps_ = amps; }
    void set_overload(Amps amps) { overload_amps_ = amps; }
    void set_leak(Amps amps) { leak_amps_ = amps; }
    void set_defect(ChargerDefect defect);
    void age_battery(double gassing);
    void run_battery_away(double runaway, double thermal_mass);
    void ignite(const CellFire& fire) { fire_.emplace(fire); }

    void next_cycle();
    [[nodiscard]] Flow run(Seconds lasts, const Supplies& supplies);
    /// A piece of time without mains.
    void starve(Seconds lasts);

private:
    struct Connected {
        Bike bike;
        Charger charger;
        Battery battery;
    };
    void charge(Connected& connected, Seconds lasts, const Supplies& supplies, Flow& flow);

    std::vector<Connected> connected_;
    std::optional<CellFireCourse> fire_;
    Amps short_amps_{0.0};
    Amps overload_amps_{0.0};
    Amps leak_amps_{0.0};
    Joules resistive_heat_{0.0};
};

}  // namespace ks::sim
