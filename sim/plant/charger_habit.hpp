#pragma once

#include "sim/plant/battery.hpp"
#include "sim/plant/random.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace ks::sim {

/// What a sound charger may do besides following its battery. A post that cuts for one of these
/// cries wolf: a vendor had to switch its dynamic-overload trip off, because some chargers jump in
/// power by right (docs/sources.md, Posts in the field).
enum class ChargerHabit : std::uint8_t {
    plain,
    fan,         // cools itself now and then
    fast_stage,  // begins gently and jumps to full current after minutes
    equalising,  // lead-acid: a last stage at more current before it floats
    pfc_stages,  // its power-factor stage switches off at part load, and efficiency with it
    pulsing,     // charges in pulses with rests, for desulphation
    balancing,   // the battery's own electronics pause the charge to balance cells near the end
};

struct ChargerHabitWord {
    std::string_view word;
    ChargerHabit habit;
};
[[nodiscard]] std::span<const ChargerHabitWord> charger_habit_words();
[[nodiscard]] std::optional<ChargerHabit> charger_habit(std::string_view word);

/// What a habit makes of one piece of time.
struct HabitEffect {
    double current = 1.0;     // times the charger's own
    double ceiling = 1.0;     // of its full current; a battery that wants less gets less
    Watts extra = 0.0;        // at the wall
    double efficiency = 1.0;  // times the charger's own
    enum class PowerFactor : std::uint8_t { own, uncorrected } power_factor = PowerFactor::own;
};

/// One charger's habit with its own figures, which are our choice inside what makers' papers
/// describe in words only. Times belong to a pack of 960 Wh; a smaller one has shorter ones.
class HabitCourse {
public:
    HabitCourse(ChargerHabit habit, Random random);

    [[nodiscard]] ChargerHabit habit() const { return habit_; }
    void begin();
    [[nodiscard]] HabitEffect effect(const Battery& battery, Seconds lasts);
    /// Of the full current while the equalising stage goes on; nothing for whoever has none, or
    /// when it is over.
    [[nodiscard]] std::optional<double> equalises(double size, Seconds lasts);

private:
    [[nodiscard]] HabitEffect fan(double load, Seconds lasts);
    [[nodiscard]] HabitEffect balance(const Battery& battery, double size, Seconds lasts);

    ChargerHabit habit_;
    Random random_;
    double depth_;
    Seconds first_;
    Seconds second_;
    Seconds charging_for_{0.0};
    Seconds phase_for_{0.0};
    Seconds equalised_for_{0.0};
    enum class Phase : std::uint8_t { rest, work } phase_{Phase::rest};
};

}  // namespace ks::sim
