#include "sim/backtest/library.hpp"

#include <iterator>

namespace ks::sim {

std::vector<Curve> curve_library()
{
    std::vector<Curve> all;
    for (auto* part : {legitimate_curves, public_curves, ending_curves, wiring_hazards,
                       battery_hazards, part_failures, surrounding_hazards, blind_spots}) {
        auto curves = part();
        all.insert(all.end(), std::make_move_iterator(curves.begin()),
                   std::make_move_iterator(curves.end()));
    }
    return all;
}

}  // namespace ks::sim
