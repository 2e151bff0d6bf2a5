#pragma once

#include "sim/plant/si.hpp"

namespace ks::sim {

/// The contact spring of one outlet: what passes through it heats it, the air of the cabinet cools
/// it. A loose plug shows here and nowhere else (docs/sources.md, Charging).
class ContactHeat {
public:
    struct Settings {
        Ohms healthy = 0.003;  // a good plug contact, a few milliohms [R]
        /// Our choice: a good contact warms by 38 K at 16 A, and a loose one that takes 3 % of a
        /// usual charge, which no meter tells from noise, by 250 K.
        double kelvin_per_watt = 50.0;
        Seconds time_constant = 40.0;  // our choice, because a brass spring is small
    };
    /// The resistance a plug has now, and how fast it burns itself worse.
    struct Loose {
        Ohms now;
        Ohms per_second;
        Ohms at_most;
    };

    ContactHeat(Settings settings, Celsius temperature)
        : settings_{settings},
          temperature_{temperature},
          contact_{.now = settings.healthy, .per_second = 0.0, .at_most = settings.healthy}
    {}

    [[nodiscard]] Celsius temperature() const { return temperature_; }
    [[nodiscard]] Ohms resistance() const { return contact_.now; }

    void loosen(Loose contact) { contact_ = contact; }
    void tighten();

    /// What the contact takes from the current that passes through it.
    [[nodiscard]] Watts loss(Amps amps) const { return amps * amps * contact_.now; }
    /// `watts` is all that became heat in it: its loss, and that of an arc. Powers above
    /// `watts_most` warm no further: by then the plastic has melted, and the model with it.
    void advance(Seconds lasts, Watts watts, Celsius air);
    /// A contact wears while it carries current and rests while it does not.
    void wear(Seconds lasts);

    static constexpr Watts watts_most = 10.0;

private:
    Settings settings_;
    Celsius temperature_;
    Loose contact_;
};

}  // namespace ks::sim
