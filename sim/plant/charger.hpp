#pragma once

#include "sim/plant/battery.hpp"
#include "sim/plant/charger_habit.hpp"
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

/// What is wrong with a charger, or with its being here.
struct ChargerDefect {
    /// Times the current it should give: a half that failed gives a fraction, with ripple.
    double current = 1.0;
    /// Times the voltage it should give. A charger for a higher voltage sees no knee, and pushes
    /// on (docs/sources.md, Charging, «wrong charger»).
    double voltage = 1.0;
};

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
    enum class Stage : std::uint8_t {
        dark,
        constant_current,
        constant_voltage,
        equalising,
        floating,
        done
    };
    /// Its capacitors carry it so long without mains [R]; then it is dark.
    static constexpr Seconds holds_up = 0.02;
    /// A universal input works from about here on; below it the charger does not run [R].
    static constexpr Volts runs_from = 85.0;

    Charger(ChargerProfile profile, ChargerHabit habit, Random random);

    [[nodiscard]] Stage stage() const { return stage_; }
    [[nodiscard]] const ChargerProfile& profile() const { return profile_; }
    [[nodiscard]] Watts idle_watts() const { return idle_watts_; }
    [[nodiscard]] double efficiency() const { return efficiency_; }
    /// What its interference filter lets through to earth while it has mains.
    [[nodiscard]] Amps leakage() const { return leakage_; }
    /// What it took and did not give to the battery.
    [[nodiscard]] Joules heat() const { return heat_; }

    [[nodiscard]] Inrush energise();
    void starve(Seconds lasts);
    void set_defect(ChargerDefect defect) { defect_ = defect; }

    /// Draws the noise of the next mains cycle.
    void next_cycle();

    /// Charges the battery for `lasts` (at most a mains cycle) and says what that took.
    [[nodiscard]] Draw run(Battery& battery, Seconds lasts, Celsius air);

private:
    struct Output {
        Amps amps;
        Volts volts;
    };
    [[nodiscard]] Output output(const Battery& battery, double ceiling, Seconds lasts) const;
    void follow(const Battery& battery, Seconds lasts);

    ChargerProfile profile_;
    Random random_;
    double efficiency_;
    Watts idle_watts_;
    double uncorrected_power_factor_;
    double power_factor_;
    double cutoff_;
    Seconds float_lasts_full_size_;
    Amps leakage_;
    HabitCourse habit_;
    ChargerDefect defect_;
    double equalises_{0.0};
    Seconds ramp_{1.0};
    Seconds energised_for_{0.0};
    Seconds floated_for_{0.0};
    Seconds starved_for_{0.0};
    double noise_{0.0};
    Joules heat_{0.0};
    Stage stage_{Stage::dark};
};

}  // namespace ks::sim
