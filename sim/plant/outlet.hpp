#pragma once

#include "sim/plant/charger.hpp"
#include "sim/plant/fault.hpp"

#include <cstdint>
#include <optional>

namespace ks::sim {

/// A bike as an outlet meets it.
struct Bike {
    Battery::Settings battery;
    ChargerProfile charger;
};

/// What is really so at an outlet; oracles compare the firmware's claims with it.
struct OutletTruth {
    bool contact_closed;
    bool plugged;
    Amps amps;
    Watts watts;
    /// All that ever went out through this outlet: the exact integral of the true power.
    Joules delivered;
    Celsius contact_temperature;
    /// Of the battery plugged in, 0 … 1; nothing when there is none.
    std::optional<double> charge;
    /// What the plugged battery holds and has turned into heat since it was plugged in.
    Joules battery_stored;
    Joules battery_heat;
};

/// One socket with its relay, contact spring, meter and whatever is plugged in.
class PlantOutlet {
public:
    PlantOutlet(std::uint64_t seed, std::uint8_t number, ContactHeat::Settings heat);

    [[nodiscard]] const Contact& relay() const { return relay_; }
    [[nodiscard]] const MeterTerminals& meter() const { return meter_; }
    [[nodiscard]] hal::Temperature sensed_temperature() const;
    [[nodiscard]] OutletTruth truth() const;
    [[nodiscard]] bool plugged() const { return connected_.has_value(); }

    void drive(hal::Relay relay, Instant now) { relay_.drive(relay, now); }
    void plug(const Bike& bike);
    /// Takes the plug out, and with it what was wrong behind or at the plug.
    void unplug();
    void inject(const Fault& fault);
    void clear_faults();

    void move_contact(Instant now) { relay_.advance_to(now); }
    void next_cycle();

    /// Lets a piece of time pass, at most a mains cycle. `feed` is the voltage before the relay
    /// contact (0 behind an open contactor), `tap` the voltage the meter's divider sees.
    struct Supplies {
        Volts feed;
        Volts tap;
        Volts nominal;
    };
    void pass(Seconds lasts, const Supplies& supplies);

private:
    struct Connected {
        Charger charger;
        Battery battery;
    };
    struct Flow {
        Amps amps;
        Watts watts;
        double inrush;
    };
    Flow flow(Seconds lasts, const Supplies& supplies);

    std::uint64_t seed_;
    std::uint64_t plugged_times_{0};
    Contact relay_;
    ContactHeat heat_;
    MeterTerminals meter_;
    SensorFault sensor_{SensorFault::none};
    std::optional<Connected> connected_;
    Amps short_amps_{0.0};
    Amps overload_amps_{0.0};
    Amps amps_{0.0};
    Watts watts_{0.0};
    Joules delivered_{0.0};
};

}  // namespace ks::sim
