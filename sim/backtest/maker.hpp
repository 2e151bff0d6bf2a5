#pragma once

#include "sim/backtest/curve.hpp"

namespace ks::sim {

/// Makes curves of one family: each with its own seed, name, phase and figures drawn from ranges.
class CurveMaker {
public:
    /// `source` says where the family's figures come from.
    CurveMaker(std::string family, std::string source);

    /// The next curve of the family: one outlet, mild weather, nothing yet. `random` is good until
    /// the next one.
    [[nodiscard]] Curve next();
    [[nodiscard]] Random& random() { return random_; }
    /// A whole number of ticks between them.
    [[nodiscard]] Millis moment(Millis from, Millis to);
    [[nodiscard]] std::size_t pick(std::size_t count);

private:
    std::string family_;
    std::string source_;
    std::uint64_t made_{0};
    Random random_{0};
};

/// Adds an event and says its index.
std::size_t add(Curve& curve, Millis at, std::uint8_t outlet, CurveDeed deed);

/// A bike comes at 1 s and its session starts at 3 s.
void charge(Curve& curve, std::uint8_t outlet, const Bike& bike);

/// A pack for that charger: `hours` of its constant current, from `charge` on.
[[nodiscard]] Bike bike_for(std::string_view charger, double hours, double charge);

/// Any charger of the list with a pack that suits it, of any age that still is legitimate.
[[nodiscard]] Bike any_bike(CurveMaker& maker);
/// One that draws at least an ampere for an hour.
[[nodiscard]] Bike strong_bike(CurveMaker& maker);
/// Mild, hot or freezing, at any time of day.
[[nodiscard]] Climate any_climate(CurveMaker& maker);

}  // namespace ks::sim
