#pragma once

#include "firmware/hal/inputs.hpp"
#include "sim/plant/fault.hpp"
#include "sim/plant/load.hpp"

#include <cstdint>
#include <optional>

namespace ks::sim {

/// What is really so at an outlet; oracles compare the firmware's claims with it.
struct OutletTruth {
    bool contact_closed;
    bool plugged;
    Amps amps;
    Watts watts;
    /// All that ever went out through this outlet: the exact integral of the true power.
    Joules delivered;
    Celsius contact_temperature;
    /// To earth.
    Amps leak;
    /// Of the first battery plugged in, 0 … 1; nothing when there is none.
    std::optional<double> charge;
    Celsius battery_temperature;
    /// More of what goes in becomes gas and heat than is stored.
    bool overcharged;
    /// Where what was delivered went: into batteries plugged in since, into their heat, into the
    /// plug's contact since ever, and into everything else since the plug.
    Joules battery_stored;
    Joules battery_heat;
    Joules contact_heat;
    Joules other_heat;
};

/// One socket with its relay, contact spring, meter and whatever is plugged in.
class PlantOutlet {
public:
    PlantOutlet(std::uint64_t seed, std::uint8_t number, ContactHeat::Settings heat, Celsius air);

    [[nodiscard]] const Contact& relay() const { return relay_; }
    [[nodiscard]] const MeterTerminals& meter() const { return meter_; }
    [[nodiscard]] hal::Temperature sensed_temperature() const
    {
        return sensor_.read(heat_.temperature());
    }
    [[nodiscard]] OutletTruth truth() const;
    [[nodiscard]] bool plugged() const { return load_.plugged(); }
    [[nodiscard]] Amps amps() const { return amps_; }
    [[nodiscard]] Watts watts() const { return watts_; }
    [[nodiscard]] Amps leak() const { return leak_; }
    [[nodiscard]] const std::optional<CellFireCourse>& fire() const { return load_.fire(); }

    void drive(hal::Relay relay, Instant now) { relay_.drive(relay, now); }
    void lose_coil_supply(Instant now) { relay_.lose_supply(now); }
    void return_coil_supply(Instant now) { relay_.return_supply(now); }
    void plug(const Bike& bike, Celsius air);
    /// One more on a Y-cable. False when there is no room.
    [[nodiscard]] bool join(const Bike& bike, Celsius air);
    /// Takes the plug out, and with it what was wrong behind or at the plug.
    void unplug();
    /// All but `SecondBike` and `SwappedBike`, which are people's doing and the post's business.
    void inject(const Fault& fault, Instant now);
    void clear_faults(Instant now);

    void move_contact(Instant now) { relay_.advance_to(now); }
    void next_cycle(Seconds lasts);

    /// Lets a piece of time pass, at most a mains cycle. `feed` is the voltage before the relay
    /// contact (0 behind an open contactor), `tap` the voltage the meter's divider sees.
    struct Supplies {
        Volts feed;
        Volts tap;
        Volts nominal;
        Celsius cabinet;
        Celsius air;
    };
    void pass(Seconds lasts, const Supplies& supplies);

private:
    std::uint64_t seed_;
    std::uint64_t plugged_times_{0};
    Contact relay_;
    PlugContact plug_;
    ContactHeat heat_;
    NtcSensor sensor_;
    MeterTerminals meter_;
    Load load_;
    Amps amps_{0.0};
    Amps leak_{0.0};
    Watts watts_{0.0};
    Joules delivered_{0.0};
    Joules contact_heat_{0.0};
};

}  // namespace ks::sim
