#pragma once

#include "sim/backtest/curve.hpp"

namespace ks::sim {

/// All labelled curves: at least four hundred, the same on every machine.
[[nodiscard]] std::vector<Curve> curve_library();

// Its parts.
/// What sound chargers, batteries, sheds and people do by right: nothing may trip.
[[nodiscard]] std::vector<Curve> legitimate_curves();
/// Every public figure of docs/sources.md, Charging, as a row.
[[nodiscard]] std::vector<Curve> public_curves();
/// Sessions that must end by themselves, for the right reason.
[[nodiscard]] std::vector<Curve> ending_curves();
/// Too much current, power, or any to earth; and plugs that heat or spark.
[[nodiscard]] std::vector<Curve> wiring_hazards();
/// Batteries and chargers that go wrong over minutes and hours.
[[nodiscard]] std::vector<Curve> battery_hazards();
/// Relays, coils, contactor, meters and sensors that fail.
[[nodiscard]] std::vector<Curve> part_failures();
/// What the post senses of its surroundings and supplies.
[[nodiscard]] std::vector<Curve> surrounding_hazards();
/// What no post can see, kept so that nobody believes it can.
[[nodiscard]] std::vector<Curve> blind_spots();

}  // namespace ks::sim
