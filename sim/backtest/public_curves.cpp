#include "sim/backtest/library.hpp"
#include "sim/backtest/maker.hpp"

namespace ks::sim {

namespace {

using enum protocol::EndReason;
using enum protocol::TripCause;
using Curves = std::vector<Curve>;

constexpr Millis hour{3'600'000};

/// A row of the table of packs in docs/sources.md, Charging: both ends of each range.
struct Row {
    const char* name;
    Chemistry chemistry;
    Volts volts;
    Amps amps;
    double capacity_wh;
};
constexpr auto pb = Chemistry::lead_acid;
constexpr auto li = Chemistry::lithium;
constexpr std::array rows{
    Row{"48V12Ah", pb, 59.2, 1.8, 576.0},
    Row{"48V20Ah-least", pb, 59.2, 2.5, 960.0},
    Row{"48V20Ah-most", pb, 59.2, 3.0, 960.0},
    Row{"60V20Ah", pb, 74.0, 2.8, 1'200.0},
    Row{"72V20Ah", pb, 88.8, 2.8, 1'440.0},
    Row{"72V32Ah-least", pb, 88.8, 4.5, 2'304.0},
    Row{"72V32Ah-most", pb, 88.8, 5.0, 2'304.0},
    Row{"36V12Ah", pb, 44.4, 1.8, 432.0},
    Row{"48V13S-least", li, 54.6, 2.0, 480.0},
    Row{"48V13S-most", li, 54.6, 5.0, 960.0},
    Row{"60V16S", li, 67.2, 3.0, 900.0},
    Row{"60V17S", li, 71.4, 5.0, 1'200.0},
    Row{"72V20S-least", li, 84.0, 8.0, 1'800.0},
    Row{"72V20S-most", li, 84.0, 10.0, 2'000.0},
    // A public study's pack: 0.96 kWh at 165 W and an efficiency of 0.9, filled in 6.5 h.
    Row{"study-960Wh", pb, 59.2, 2.5, 960.0},
};

Bike bike_of(const Row& row, double charge)
{
    return {
        .battery = {.chemistry = row.chemistry, .capacity_wh = row.capacity_wh, .charge = charge},
        .charger = {row.name, row.chemistry, row.volts, row.amps}};
}

void packs(Curves& into)
{
    CurveMaker maker{"public_pack", "docs/sources.md, Charging: the table of packs [Cx], [R]"};
    for (const auto& row : rows) {
        auto curve = maker.next();
        curve.name = std::string{"public_pack-"} + row.name;
        charge(curve, 1, bike_of(row, 0.05));
        curve.label.ends = {full, time_cap, time_limit};
        curve.lasts = Millis{12 * hour.count()};
        into.push_back(std::move(curve));
    }
}

void figures(Curves& into)
{
    const auto row = [&](std::string name, std::string source, const Bike& bike, Label label) {
        CurveMaker maker{std::move(name), std::move(source)};
        auto curve = maker.next();
        charge(curve, 1, bike);
        curve.label = std::move(label);
        curve.lasts = Millis{12 * hour.count()};
        into.push_back(std::move(curve));
    };
    row("public_float", "a 1.8 A charger trickles about 10 W [Cx]", bike_of(rows[0], 0.99),
        {.ends = {full, too_little_power}});
    auto green = bike_of(rows[2], 0.9);
    row("public_green_light", "held at 59.2 V until 0.55 A, then 55.2 V for 2–3 h [Cx]", green,
        {.ends = {full}});
    auto slow = bike_of(rows[1], 0.0);
    slow.battery.capacity_wh = 1'150.0;
    row("public_slowest", "a healthy full charge takes 12 h at most [Cx]", slow,
        {.ends = {full, time_cap, time_limit}});
    // The vendor's own step rule, 80 W for 30 s after 1,800 s, was switched off for chargers like
    // this one: it jumps by more, by right.
    for (std::size_t i = 0; i < 5; ++i) {
        auto jumps = bike_of(rows[4 + i % 3], 0.1);
        jumps.habit = ChargerHabit::fast_stage;
        row("public_power_step-" + std::to_string(i + 1),
            "AP3000 switched its dynamic overload off: some chargers jump [C]", jumps,
            {.ends = {full, time_cap, time_limit}});
    }
    auto aged = bike_of(rows[2], 0.6);
    for (const double share : {0.35, 0.55, 0.8}) {
        aged.battery.gassing = share;
        CurveMaker maker{"public_aged", "power stays 30–80 % of peak for hours [Cx], [R]"};
        auto curve = maker.next();
        curve.name = "public_aged-" + std::to_string(static_cast<int>(share * 100.0));
        charge(curve, 1, aged);
        curve.hazard = [](const PlantPost& plant) {
            return plant.outlet(1).truth().charge.value_or(0.0) >= 0.995;
        };
        curve.label = {.must = {no_taper}, .within = Millis{8 * hour.count()}};
        curve.lasts = Millis{12 * hour.count()};
        into.push_back(std::move(curve));
    }
}

void summer(Curves& into)
{
    // 80 °C for 30 s was a vendor's limit, and off since 2021 because of false trips.
    CurveMaker maker{"public_hot_cabinet",
                     "AP3000: over-temperature off because of false trips [C]"};
    for (int i = 0; i < 4; ++i) {
        auto curve = maker.next();
        charge(curve, 1, bike_of(rows[13], 0.1));
        curve.plant.surroundings.cabinet.climate = hot_summer;
        curve.plant.surroundings.cabinet.climate.begins = (9.0 + 2.0 * i) * 3600.0;
        curve.label.ends = {full};
        curve.lasts = Millis{6 * hour.count()};
        into.push_back(std::move(curve));
    }
    CurveMaker inrush{"public_inrush", "20–60 A for 1–5 ms at every switch-on [R]"};
    for (int i = 0; i < 6; ++i) {
        auto curve = inrush.next();
        charge(curve, 1, bike_of(rows[static_cast<std::size_t>(i) * 2], 0.3));
        curve.lasts = Millis{60'000};
        into.push_back(std::move(curve));
    }
}

}  // namespace

std::vector<Curve> public_curves()
{
    Curves curves;
    packs(curves);
    figures(curves);
    summer(curves);
    return curves;
}

}  // namespace ks::sim
