#include "sim/fleet/post_world.hpp"

namespace ks::sim {

PostWorld::PostWorld(const PlantPost::Settings& settings)
    : PostWorld{settings, drivers::SlaveTable{}}
{}

PostWorld::PostWorld(const PlantPost::Settings& settings, const drivers::SlaveTable& sensors)
    : plant_{settings}, sensors_{sensors}
{
    for (std::uint8_t i = 0; i < plant_.outlets(); ++i)
        buses_.at(i / Bl0942Bus::chips_most)
            .attach(static_cast<std::uint8_t>(i % Bl0942Bus::chips_most),
                    Bl0942::BaudPin::at_9600,  // hal::MeterRate::waking
                    plant_.outlet(static_cast<std::uint8_t>(i + 1)).meter());
}

void PostWorld::sense(SimBoard& board)
{
    for (std::size_t i = 0; i < buses_.size(); ++i) {
        buses_[i].advance_to(plant_.now());
        std::array<std::byte, Bl0942Bus::bytes_most> heard;
        const auto count = static_cast<std::ptrdiff_t>(buses_[i].receive(heard));
        auto& to_post = board.wires[i].to_post;
        to_post.insert(to_post.end(), heard.begin(), heard.begin() + count);
    }
    for (std::uint8_t outlet = 1; outlet <= plant_.outlets(); ++outlet) {
        const auto i = outlet - 1U;
        const auto sensed = plant_.sensed_outlet(outlet);
        board.contacts[i] = sensed.contact;
        board.coils[i] = sensed.coil;
        const auto& chip = buses_.at(i / Bl0942Bus::chips_most)
                               .chip(static_cast<std::uint8_t>(i % Bl0942Bus::chips_most));
        // An edge that may not interrupt is latched by nobody.
        const auto gate = board.gates[static_cast<std::size_t>(hal::InterruptSource::pins)];
        if (chip.overcurrent_pin() && gate == hal::InterruptGate::open)
            board.pins[i] = hal::OvercurrentPin::raised;
    }
    sensors_.speak(board.rs485, plant_.now());
    board.inputs = plant_.sensed_post_inputs();
    while (const auto tap = plant_.take_tap())
        board.taps.push_back(*tap);
}

void PostWorld::obey(SimBoard& board)
{
    for (std::size_t i = 0; i < buses_.size(); ++i) {
        auto& wire = board.wires[i];
        buses_[i].set_master_baud(static_cast<std::uint32_t>(wire.rate));
        // What does not fit the UART's buffer is lost, as on the board.
        static_cast<void>(buses_[i].send(wire.from_post));
        wire.from_post.clear();
    }
    sensors_.hear(board.rs485);
    for (std::uint8_t outlet = 1; outlet <= plant_.outlets(); ++outlet)
        plant_.drive(outlet, board.pulled(outlet));
    plant_.drive_contactor(board.contactor);
}

void PostWorld::return_power()
{
    plant_.return_coil_supply();
    for (auto& bus : buses_) {
        bus.advance_to(plant_.now());
        bus.power_cycle();
    }
    sensors_.cut(plant_.now());
}

}  // namespace ks::sim
