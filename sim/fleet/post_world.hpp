#pragma once

#include "sim/chips/bl0942_bus.hpp"
#include "sim/fleet/sensor_bus.hpp"
#include "sim/fleet/sim_board.hpp"
#include "sim/plant/post.hpp"

#include <array>

namespace ks::sim {

/// All that surrounds a post's processor but its flash and its line: the plant, the meters on their
/// buses, the sensors on theirs, and the wires between them and the board. Outlets fill the meter
/// buses in order, four to each.
class PostWorld {
public:
    /// Without sensors around it.
    explicit PostWorld(const PlantPost::Settings& settings);
    PostWorld(const PlantPost::Settings& settings, const drivers::SlaveTable& sensors);
    PostWorld(const PostWorld&) = delete;  // The buses look at the plant's terminals.
    PostWorld& operator=(const PostWorld&) = delete;

    [[nodiscard]] PlantPost& plant() { return plant_; }
    [[nodiscard]] const PlantPost& plant() const { return plant_; }

    [[nodiscard]] SensorBus& sensors() { return sensors_; }

    void advance_to(Instant now) { plant_.advance_to(now); }
    /// Gives the board what it can sense now.
    void sense(SimBoard& board);
    /// Takes what the board drives and has sent.
    void obey(SimBoard& board);

    /// The supply of processor, coils and meters goes and comes back.
    void lose_power() { plant_.release_coils(); }
    void return_power();

private:
    PlantPost plant_;
    std::array<Bl0942Bus, SimBoard::meter_buses> buses_;
    SensorBus sensors_;
};

}  // namespace ks::sim
