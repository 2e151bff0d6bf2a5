#pragma once

#include "sim/plant/post.hpp"

#include <vector>

namespace ks::sim {

/// A post with everything told closed, for tests of the physics behind it.
class PlantBench {
public:
    explicit PlantBench(PlantPost::Settings settings) : plant{settings}
    {
        plant.drive_contactor(hal::Relay::closed);
        for (std::uint8_t outlet = 1; outlet <= plant.outlets(); ++outlet)
            plant.drive(outlet, hal::Relay::closed);
        plant.advance(Millis{100});
    }

    /// The battery is made for the charger.
    void plug(std::uint8_t outlet, std::string_view charger, double capacity_wh, double charge)
    {
        plug(outlet, charger, capacity_wh, charge, ChargerHabit::plain);
    }
    void plug(std::uint8_t outlet, std::string_view charger, double capacity_wh, double charge,
              ChargerHabit habit)
    {
        const auto profile = charger_profile(charger).value();
        plant.plug(outlet, {.battery = {.chemistry = profile.chemistry,
                                        .capacity_wh = capacity_wh,
                                        .charge = charge},
                            .charger = profile,
                            .habit = habit});
    }
    [[nodiscard]] OutletTruth truth(std::uint8_t outlet) const
    {
        return plant.outlet(outlet).truth();
    }
    /// Mean true power over so long.
    [[nodiscard]] Watts mean_watts(std::uint8_t outlet, Millis over)
    {
        const Joules before = truth(outlet).delivered;
        plant.advance(over);
        return (truth(outlet).delivered - before) * 1000.0 / static_cast<double>(over.count());
    }
    /// One mean after another.
    [[nodiscard]] std::vector<Watts> curve(std::uint8_t outlet, Millis each, std::size_t count)
    {
        std::vector<Watts> means;
        for (std::size_t i = 0; i < count; ++i)
            means.push_back(mean_watts(outlet, each));
        return means;
    }

    PlantPost plant;
};

}  // namespace ks::sim
