#pragma once

#include "sim/plant/charger.hpp"

namespace ks::sim {

/// A bike as an outlet meets it.
struct Bike {
    Battery::Settings battery;
    ChargerProfile charger;
    ChargerHabit habit = ChargerHabit::plain;
    ChargerDefect defect{};
};

/// What comes along when a fault brings a bike and says nothing else: a common pack, half empty.
[[nodiscard]] Bike common_bike();

}  // namespace ks::sim
