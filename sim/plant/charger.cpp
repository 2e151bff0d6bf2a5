#include "sim/plant/charger.hpp"

#include <algorithm>
#include <array>

namespace ks::sim {

namespace {

// docs/sources.md, Charging, has the table; currents are the middle of each row's range.
constexpr std::array profiles{
    ChargerProfile{"pb-48v-12ah", Chemistry::lead_acid, 59.2, 1.8},
    ChargerProfile{"pb-48v-20ah", Chemistry::lead_acid, 59.2, 2.8},
    ChargerProfile{"pb-60v-20ah", Chemistry::lead_acid, 74.0, 2.8},
    ChargerProfile{"pb-72v-20ah", Chemistry::lead_acid, 88.8, 2.8},
    ChargerProfile{"pb-72v-32ah", Chemistry::lead_acid, 88.8, 4.8},
    ChargerProfile{"li-48v-13s", Chemistry::lithium, 54.6, 3.0},
    ChargerProfile{"li-60v-17s", Chemistry::lithium, 71.4, 4.0},
    ChargerProfile{"li-72v-20s-fast", Chemistry::lithium, 84.0, 9.0},
};

// A 3 A charger turns its light green at 0.55 A and floats at 55.2 V of 59.2 V; a 1.8 A one then
// trickles about 10 W, which is 0.06 of its current at the float voltage (docs/sources.md,
// Charging).
constexpr double green_share = 0.18;
constexpr double float_share = 0.06;
constexpr double float_voltage_share = 55.2 / 59.2;

// Correction only above roughly 300–400 W [R].
constexpr Watts corrected_from = 300.0;
constexpr double corrected_power_factor = 0.98;

// The float time of 2–3 h (docs/sources.md, Charging) belongs to a pack of this size; a smaller one
// floats shorter, like everything else about it.
constexpr double full_size_wh = 960.0;

constexpr double noise_share = 0.015;  // our choice inside the ± 1–2 % asked of the model

}  // namespace

std::span<const ChargerProfile> charger_profiles() { return profiles; }

std::optional<ChargerProfile> charger_profile(std::string_view name)
{
    for (const auto& profile : profiles)
        if (profile.name == name) return profile;
    return std::nullopt;
}

Charger::Charger(ChargerProfile profile, ChargerHabit habit, Random random)
    : profile_{profile},
      random_{random},
      efficiency_{random_.between(0.82, 0.88)},                // 80–88 % [R]
      idle_watts_{random_.between(1.0, 3.0)},                  // 0.5–3 W [R], 1–4 W [I]
      uncorrected_power_factor_{random_.between(0.50, 0.65)},  // [R]
      power_factor_{uncorrected_power_factor_},
      cutoff_{random_.between(0.02, 0.05)},                      // lithium [R]
      float_lasts_full_size_{random_.between(7200.0, 10800.0)},  // 2–3 h [Cx]
      leakage_{random_.between(0.0001, 0.0005)},  // two filter capacitors of some nF, our choice
      habit_{habit, Random{random_.next()}}
{
    if (profile.full_volts * profile.amps / efficiency_ >= corrected_from)
        power_factor_ = corrected_power_factor;
}

Inrush Charger::energise()
{
    stage_ = Stage::constant_current;
    energised_for_ = 0.0;
    floated_for_ = 0.0;
    starved_for_ = 0.0;
    habit_.begin();
    ramp_ = random_.between(1.0, 3.0);                                                     // [I]
    return {.peak = random_.between(20.0, 60.0), .lasts = random_.between(0.001, 0.005)};  // [R]
}

void Charger::starve(Seconds lasts)
{
    starved_for_ += lasts;
    if (starved_for_ > holds_up) stage_ = Stage::dark;
}

void Charger::next_cycle() { noise_ = random_.between(-noise_share, noise_share); }

Charger::Output Charger::output(const Battery& battery, double ceiling, Seconds lasts) const
{
    // The middle of the piece stands for all of it, so that pieces of any length add up alike.
    const double ramp = std::min(1.0, (energised_for_ - lasts / 2.0) / ramp_);
    const Volts volts = profile_.full_volts * defect_.voltage;
    // Too high a voltage finds no knee: the battery takes all that the charger can give.
    const double appetite = defect_.voltage > 1.0 ? 1.0 : battery.appetite();
    switch (stage_) {
    case Stage::dark:
    case Stage::done: return {.amps = 0.0, .volts = 0.0};
    case Stage::constant_current:
    case Stage::constant_voltage:
        return {.amps = ramp * profile_.amps * std::min(appetite, ceiling),
                .volts = volts * battery.voltage_share()};
    case Stage::equalising: return {.amps = profile_.amps * equalises_, .volts = volts};
    case Stage::floating:
        return {.amps = profile_.amps * float_share, .volts = volts * float_voltage_share};
    }
    return {.amps = 0.0, .volts = 0.0};
}

void Charger::follow(const Battery& battery, Seconds lasts)
{
    energised_for_ += lasts;
    starved_for_ = 0.0;
    const double appetite = battery.appetite();
    const double size = battery.capacity_wh() / full_size_wh;
    if (stage_ == Stage::constant_current && appetite < 1.0 && defect_.voltage <= 1.0)
        stage_ = Stage::constant_voltage;
    if (stage_ == Stage::constant_voltage) {
        if (profile_.chemistry == Chemistry::lead_acid && appetite <= green_share)
            stage_ = Stage::equalising;
        if (profile_.chemistry == Chemistry::lithium && appetite <= cutoff_) stage_ = Stage::done;
    }
    if (stage_ == Stage::equalising) {
        const auto share = habit_.equalises(std::min(1.0, size), lasts);
        equalises_ = share.value_or(0.0);
        if (!share) stage_ = Stage::floating;
    }
    if (stage_ == Stage::floating) {
        floated_for_ += lasts;
        if (floated_for_ >= float_lasts_full_size_ * size) stage_ = Stage::done;
    }
}

Draw Charger::run(Battery& battery, Seconds lasts, Celsius air)
{
    if (stage_ == Stage::dark) return {.watts = 0.0, .power_factor = power_factor_};
    follow(battery, lasts);
    const auto habit = habit_.effect(battery, lasts);
    const auto out = output(battery, habit.ceiling, lasts);
    const Watts direct = out.amps * habit.current * defect_.current * out.volts * (1.0 + noise_);
    battery.store(direct * lasts, lasts, air);
    const bool corrected = habit.power_factor == HabitEffect::PowerFactor::own;
    const Watts watts = direct / (efficiency_ * habit.efficiency) + idle_watts_ + habit.extra;
    heat_ += (watts - direct) * lasts;
    return {.watts = watts, .power_factor = corrected ? power_factor_ : uncorrected_power_factor_};
}

}  // namespace ks::sim
