#include "sim/plant/charger_habit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ks::sim {

namespace {

constexpr std::array words{
    ChargerHabitWord{"plain", ChargerHabit::plain},
    ChargerHabitWord{"fan", ChargerHabit::fan},
    ChargerHabitWord{"fast_stage", ChargerHabit::fast_stage},
    ChargerHabitWord{"equalising", ChargerHabit::equalising},
    ChargerHabitWord{"pfc_stages", ChargerHabit::pfc_stages},
    ChargerHabitWord{"pulsing", ChargerHabit::pulsing},
    ChargerHabitWord{"balancing", ChargerHabit::balancing},
};

constexpr double full_size_wh = 960.0;

/// Where the figures of each habit lie.
struct Figures {
    double depth_least;
    double depth_most;
    Seconds first_least;
    Seconds first_most;
    Seconds second_least;
    Seconds second_most;
};

constexpr Figures figures_of(ChargerHabit habit)
{
    switch (habit) {
    case ChargerHabit::plain: return {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    // Watts of a small fan; it runs and rests for minutes.
    case ChargerHabit::fan: return {4.0, 14.0, 60.0, 300.0, 30.0, 240.0};
    // Share of the current before the jump; when it comes, also after the half hour at which a
    // vendor armed its step rule.
    case ChargerHabit::fast_stage: return {0.45, 0.75, 120.0, 4800.0, 0.0, 0.0};
    // Share of the current, and for how long.
    case ChargerHabit::equalising: return {0.25, 0.5, 1800.0, 5400.0, 0.0, 0.0};
    // Where in the load the stage switches off, and what it takes then.
    case ChargerHabit::pfc_stages: return {0.35, 0.55, 0.0, 0.0, 0.0, 0.0};
    // Share of the current left in the rests, pulse and rest.
    case ChargerHabit::pulsing: return {0.05, 0.5, 2.0, 12.0, 0.5, 4.0};
    // Pauses of half a minute to three, minutes apart.
    case ChargerHabit::balancing: return {0.0, 0.0, 120.0, 600.0, 30.0, 180.0};
    }
    return {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
}

}  // namespace

std::span<const ChargerHabitWord> charger_habit_words() { return words; }

std::optional<ChargerHabit> charger_habit(std::string_view word)
{
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const auto& known) { return known.word == word; });
    if (found == words.end()) return std::nullopt;
    return found->habit;
}

HabitCourse::HabitCourse(ChargerHabit habit, Random random) : habit_{habit}, random_{random}
{
    const auto figures = figures_of(habit);
    depth_ = random_.between(figures.depth_least, figures.depth_most);
    first_ = random_.between(figures.first_least, figures.first_most);
    second_ = random_.between(figures.second_least, figures.second_most);
}

void HabitCourse::begin()
{
    charging_for_ = phase_for_ = equalised_for_ = 0.0;
    phase_ = Phase::work;
}

HabitEffect HabitCourse::fan(double load, Seconds lasts)
{
    phase_for_ += lasts;
    if (phase_for_ >= (phase_ == Phase::work ? first_ : second_)) {
        phase_ = phase_ == Phase::work ? Phase::rest : Phase::work;
        phase_for_ = 0.0;
    }
    return {.extra = phase_ == Phase::work && load > 0.3 ? depth_ : 0.0};
}

HabitEffect HabitCourse::balance(const Battery& battery, double size, Seconds lasts)
{
    constexpr double balances_from = 0.93;
    if (battery.charge() < balances_from) return {};
    phase_for_ += lasts;
    if (phase_for_ >= (phase_ == Phase::work ? first_ : second_) * size) {
        phase_ = phase_ == Phase::work ? Phase::rest : Phase::work;
        phase_for_ = 0.0;
    }
    return {.current = phase_ == Phase::work ? 1.0 : 0.0};
}

HabitEffect HabitCourse::effect(const Battery& battery, Seconds lasts)
{
    charging_for_ += lasts;
    const double size = std::min(1.0, battery.capacity_wh() / full_size_wh);
    switch (habit_) {
    case ChargerHabit::plain:
    case ChargerHabit::equalising: return {};
    case ChargerHabit::fan: return fan(battery.appetite(), lasts);
    case ChargerHabit::fast_stage: return {.ceiling = charging_for_ < first_ * size ? depth_ : 1.0};
    case ChargerHabit::pfc_stages:
        if (battery.appetite() > depth_) return {};
        return {.efficiency = 1.03, .power_factor = HabitEffect::PowerFactor::uncorrected};
    case ChargerHabit::pulsing: {
        // The middle of the piece says what it is, so that pieces shorter than a pulse add up.
        const double at = std::fmod(charging_for_ - lasts / 2.0, first_ + second_);
        return {.current = at < first_ ? 1.0 : depth_};
    }
    case ChargerHabit::balancing: return balance(battery, size, lasts);
    }
    return {};
}

std::optional<double> HabitCourse::equalises(double size, Seconds lasts)
{
    if (habit_ != ChargerHabit::equalising) return std::nullopt;
    if (equalised_for_ >= first_ * size) return std::nullopt;
    equalised_for_ += lasts;
    return depth_;
}

}  // namespace ks::sim
