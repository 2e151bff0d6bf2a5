#include "sim/backtest/library.hpp"
#include "sim/backtest/maker.hpp"

namespace ks::sim {

namespace {

using enum protocol::TripCause;
using Curves = std::vector<Curve>;

constexpr Millis hour{3'600'000};
constexpr Millis minute{60'000};
constexpr Millis whole_session{11 * hour.count()};

/// The pack has all it can hold; whatever goes in now is heat.
bool is_full(const PlantPost& plant)
{
    return plant.outlet(1).truth().charge.value_or(0.0) >= 0.995;
}

Millis minutes(std::int64_t count) { return Millis{count * minute.count()}; }

void no_tapers(Curves& into)
{
    CurveMaker maker{"no_taper", "docs/sources.md, Charging: 30–80 % of peak for hours [Cx], [R]"};
    for (int i = 0; i < 16; ++i) {
        auto curve = maker.next();
        auto bike = bike_for(i % 2 == 0 ? "pb-48v-20ah" : "pb-72v-32ah", 4.0,
                             maker.random().between(0.3, 0.7));
        bike.battery.gassing = 0.34 + 0.03 * i;
        charge(curve, 1, bike);
        curve.plant.surroundings.cabinet.climate = any_climate(maker);
        curve.hazard = is_full;
        // It shows only when it has failed to come for longer than a slow healthy one needs.
        curve.label = {.must = {protocol::TripCause::no_taper}, .within = minutes(8 * 60)};
        curve.lasts = whole_session;
        into.push_back(std::move(curve));
    }
}

void late_rises(Curves& into)
{
    CurveMaker maker{"late_rise", "docs/sources.md, Charging: power rises after a minimum [R]"};
    for (int i = 0; i < 16; ++i) {
        auto curve = maker.next();
        auto bike = bike_for(i % 2 == 0 ? "pb-48v-20ah" : "pb-60v-20ah", 4.0,
                             maker.random().between(0.4, 0.75));
        bike.battery.runaway = 0.22 + 0.015 * i;
        bike.battery.thermal_mass = 0.4 + 0.05 * (i % 8);
        charge(curve, 1, bike);
        curve.hazard = [](const PlantPost& plant) { return plant.outlet(1).truth().overcharged; };
        curve.label = {.must = {late_rise, protocol::TripCause::no_taper}, .within = minutes(120)};
        curve.lasts = whole_session;
        into.push_back(std::move(curve));
    }
}

void wrong_chargers(Curves& into)
{
    CurveMaker maker{"wrong_charger", "docs/sources.md, Charging: no knee [R]"};
    for (int i = 0; i < 10; ++i) {
        auto curve = maker.next();
        auto bike = bike_for("pb-48v-20ah", 4.5, maker.random().between(0.2, 0.6));
        bike.defect.voltage = 1.12 + 0.03 * i;
        charge(curve, 1, bike);
        curve.hazard = is_full;
        curve.label = {.must = {protocol::TripCause::no_taper}, .within = minutes(8 * 60)};
        curve.lasts = whole_session;
        into.push_back(std::move(curve));
    }
}

void steps(Curves& into)
{
    CurveMaker cable{"second_charger", "docs/sources.md, Charging: near the sum of two [R]"};
    for (int i = 0; i < 12; ++i) {
        auto curve = cable.next();
        charge(curve, 1, strong_bike(cable));
        const auto second = bike_for(i % 2 == 0 ? "pb-48v-20ah" : "pb-60v-20ah", 5.0, 0.2);
        curve.hazard_event =
            add(curve, cable.moment(minutes(125), minutes(150)), 1, SecondBike{second});
        curve.label = {.must = {power_step}, .within = minutes(2)};
        curve.lasts = minutes(160);
        into.push_back(std::move(curve));
    }
    CurveMaker failing{"charger_step", "docs/sources.md, Posts in the field: a step in power"};
    for (int i = 0; i < 10; ++i) {
        auto curve = failing.next();
        charge(curve, 1, strong_bike(failing));
        curve.hazard_event = add(curve, failing.moment(minutes(125), minutes(150)), 1,
                                 ChargerFails{{.current = 1.6 + 0.1 * i}});
        curve.label = {.must = {power_step, overpower}, .within = minutes(2)};
        curve.lasts = minutes(160);
        into.push_back(std::move(curve));
    }
}

void cell_fires(Curves& into)
{
    CurveMaker maker{"lithium_runaway", "docs/sources.md, Charging: silent, then smoke [Cx]"};
    for (int i = 0; i < 10; ++i) {
        auto curve = maker.next();
        charge(curve, 1, bike_for("li-60v-17s", 4.0, 0.2));
        const CellFire fire{.heat_after = 30.0 + 10.0 * i,
                            .smoke_after = 120.0 + 30.0 * i,
                            .smoke_per_second = 0.015 + 0.005 * i};
        add(curve, maker.moment(Millis{20'000}, Millis{60'000}), 1, LithiumRunaway{fire});
        curve.hazard = [](const PlantPost& plant) { return plant.surroundings().smoke().speaks(); };
        curve.label = {.must = {smoke, heat, cabinet_overheated},
                       .within = Millis{50},
                       .early = Early::welcome};
        curve.lasts = minutes(30);
        into.push_back(std::move(curve));
    }
}

}  // namespace

std::vector<Curve> battery_hazards()
{
    Curves curves;
    no_tapers(curves);
    late_rises(curves);
    wrong_chargers(curves);
    steps(curves);
    cell_fires(curves);
    return curves;
}

}  // namespace ks::sim
