#pragma once

#include "sim/plant/battery.hpp"
#include "sim/plant/random.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace ks::sim {

/// What is printed on a charger: the rows of the table in docs/sources.md, Charging.
struct ChargerProfile {
    std::string_view name;
    Chemistry chemistry;
    Volts full_volts;
    Amps amps;
};

[[nodiscard]] std::span<const ChargerProfile> charger_profiles();
[[nodiscard]] std::optional<ChargerProfile> charger_profile(std::string_view name);

/// What a load takes from the outlet during one piece of time.
struct Draw {
    Watts watts;
    double power_factor;
};

/// A burst of current at switch-on, over before a rms reading of 400 ms could show it.
struct Inrush {
    Amps peak;
    Seconds lasts;
};

/// A customer's charger with its tolerances: constant current, constant voltage, then float
/// (lead-acid) or cut-off (lithium). It starts afresh each time it gets mains.
class Charger {
public:
    enum class Stage : std::uint8_t { dark, constant_current, constant_voltage, floating, done };

    Charger(ChargerProfile profile, Random random);

    [[nodiscard]] Stage stage() const { return stage_; }
    [[nodiscard]] const ChargerProfile& profile() const { return profile_; }
    [[nodiscard]] Watts idle_watts() const { return idle_watts_; }
    [[nodiscard]] double efficiency() const { return efficiency_; }

    Inrush energise();
    void lose_mains() { stage_ = Stage::dark; }

    /// Draws the noise of the next mains cycle.
    void next_cycle();

    /// Charges the battery for `lasts` (at most a mains cycle) and says what that took.
    Draw run(Battery& battery, Seconds lasts);

private:
    struct Output {
        Amps amps;
        Volts volts;
    };
    [[nodiscard]] Output output(const Battery& battery, Seconds lasts) const;
    void follow(const Battery& battery, Seconds lasts);

    ChargerProfile profile_;
    Random random_;
    double efficiency_;
    Watts idle_watts_;
    double power_factor_;
    double cutoff_;
    Seconds float_lasts_full_size_;
    Seconds ramp_{1.0};
    Seconds energised_for_{0.0};
    Seconds floated_for_{0.0};
    double noise_{0.0};
    Stage stage_{Stage::dark};
};

}  // namespace ks::sim
