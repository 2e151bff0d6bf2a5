#include "sim/plant/overloaded.hpp"
#include "sim/plant/post.hpp"

#include <algorithm>

namespace ks::sim {

namespace {

/// Faults of a battery or a charger need one that is there.
bool needs_a_bike(const Fault& fault)
{
    return std::holds_alternative<ChargerFails>(fault) || std::holds_alternative<NoTaper>(fault) ||
           std::holds_alternative<LeadRunaway>(fault) ||
           std::holds_alternative<LithiumRunaway>(fault) ||
           std::holds_alternative<SecondBike>(fault) || std::holds_alternative<SwappedBike>(fault);
}

}  // namespace

PlantPost::Injected PlantPost::inject(std::uint8_t outlet, const Fault& fault)
{
    if (needs_a_bike(fault) && !at(outlet).plugged()) return Injected::nothing_plugged;
    if (const auto* second = std::get_if<SecondBike>(&fault)) return bring(outlet, *second);
    if (const auto* other = std::get_if<SwappedBike>(&fault)) return bring(outlet, *other);
    at(outlet).inject(fault, now_);
    note(PlantEvent::Kind::fault_injected, outlet, at(outlet).amps());
    note_contacts();
    return Injected::done;
}

PlantPost::Injected PlantPost::bring(std::uint8_t outlet, const SecondBike& second)
{
    if (!at(outlet).join(second.bike, surroundings_.air(now_))) return Injected::no_room;
    note(PlantEvent::Kind::plugged, outlet, at(outlet).amps());
    return Injected::done;
}

PlantPost::Injected PlantPost::bring(std::uint8_t outlet, const SwappedBike& other)
{
    unplug(outlet);
    const Millis pause{static_cast<std::int64_t>(other.pause * 1000.0)};
    coming_.push_back({.at = now_ + pause, .outlet = outlet, .bike = other.bike});
    return Injected::done;
}

void PlantPost::let_come()
{
    const auto is_here = [&](const Coming& coming) { return coming.at <= now_; };
    for (const auto& coming : coming_)
        // Whoever was quicker keeps the place.
        if (is_here(coming) && !at(coming.outlet).plugged()) plug(coming.outlet, coming.bike);
    std::erase_if(coming_, is_here);
}

PlantPost::Injected PlantPost::inject(const PostFault& fault)
{
    if (const auto* residual = std::get_if<ResidualFaulty>(&fault))
        if (residual->circuit >= surroundings_.circuits()) return Injected::no_such_circuit;
    std::visit(
        Overloaded{
            [&](const ContactorFaulty& is) { contactor_.set_fault(is.kind); },
            [&](const ContactorCoilFaulty& is) { contactor_.set_coil_fault(is.kind, now_); },
            [&](const MainsLevel& is) { mains_.set_level(is.volts); },
            [&](const BrownOuts& is) { mains_.start_dips(is.dips, now_); },
            [&](const DrawnElsewhere& is) { mains_.set_drawn_elsewhere(is.amps); },
            [&](const RailSags& is) { surroundings_.set_rail(is.volts); },
            [&](const RailFedBy& is) { surroundings_.feed_rail(is.feed); },
            [&](const ResidualFaulty& is) { surroundings_.fail_residual(is.circuit, is.kind); },
            [&](const CabinetSensorFaulty& is) { surroundings_.fail_cabinet_sensor(is.kind); },
            [&](const CabinetHeated& is) { surroundings_.heat_cabinet(is.watts); },
            [&](const InputIs& is) { surroundings_.set_input(is.input, is.is); },
            [&](const SmokeComes& is) { surroundings_.bring_smoke(is.per_second); },
            [&](const ClimateIs& is) { surroundings_.set_climate(is.climate); }},
        fault);
    note(PlantEvent::Kind::fault_injected, 0, 0.0);
    note_contacts();
    return Injected::done;
}

void PlantPost::set_contactor_fault(ContactFault fault)
{
    static_cast<void>(inject(PostFault{ContactorFaulty{fault}}));
}

void PlantPost::clear_post_faults()
{
    contactor_.set_fault(ContactFault::none);
    contactor_.set_coil_fault(CoilFault::none, now_);
    mains_.set_level(std::nullopt);
    mains_.end_dips();
    mains_.set_drawn_elsewhere(0.0);
    surroundings_.clear_faults();
    note(PlantEvent::Kind::faults_cleared, 0, 0.0);
    note_contacts();
}

}  // namespace ks::sim
