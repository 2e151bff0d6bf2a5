#include "sim/plant/post.hpp"

namespace ks::sim {

hal::Relay PlantPost::coil(std::uint8_t number) const { return outlet(number).relay().coil(); }

hal::OutletInputs PlantPost::sensed_outlet(std::uint8_t number) const
{
    return {.sample = std::nullopt,
            .contact = outlet(number).sensed_temperature(),
            .pin = hal::OvercurrentPin::quiet,
            .coil = coil(number)};
}

hal::PostInputs PlantPost::sensed_post_inputs() const
{
    hal::PostInputs sensed{};
    for (std::size_t i = 0; i < hal::post_input_count; ++i)
        sensed.inputs[i] = surroundings_.input(static_cast<hal::PostInput>(i));
    sensed.circuits = static_cast<std::uint8_t>(surroundings_.circuits());
    sensed.outlets_per_circuit = surroundings_.outlets_per_circuit();
    for (std::size_t i = 0; i < hal::circuits_most; ++i)
        sensed.residual[i] = surroundings_.residual(i);
    sensed.cabinet = surroundings_.cabinet_temperature();
    sensed.rail = surroundings_.rail().read();
    sensed.contactor_coil = contactor_coil();
    return sensed;
}

}  // namespace ks::sim
