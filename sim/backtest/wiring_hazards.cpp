#include "sim/backtest/library.hpp"
#include "sim/backtest/maker.hpp"

namespace ks::sim {

namespace {

using enum protocol::TripCause;
using Curves = std::vector<Curve>;

/// A fault while a bike charges, at any phase of meter and mains.
Curve while_charging(CurveMaker& maker, const Fault& fault, Label label, Millis afterwards)
{
    auto curve = maker.next();
    charge(curve, 1, strong_bike(maker));
    curve.hazard_event = add(curve, maker.moment(Millis{15'000}, Millis{90'000}), 1, fault);
    curve.label = std::move(label);
    curve.lasts = Millis{90'000} + afterwards;
    return curve;
}

void overcurrents(Curves& into)
{
    CurveMaker maker{"hard_overcurrent", "model; a step to 1.2–5 times the limit (F-006)"};
    for (int i = 0; i < 14; ++i) {
        const Amps amps = 11.0 + 3.0 * i;
        into.push_back(while_charging(maker, Overload{amps},
                                      {.must = {hard_overcurrent}, .within = Millis{650}},
                                      Millis{10'000}));
    }
    CurveMaker shorts{"short", "docs/sources.md, Charging: a step to tens of amperes [I]"};
    for (int i = 0; i < 10; ++i)
        into.push_back(while_charging(shorts, ShortCircuit{20.0 + 8.0 * i},
                                      {.must = {hard_overcurrent}, .within = Millis{650}},
                                      Millis{10'000}));
    CurveMaker before{"short_at_start", "model; somebody plugs in a shorted cable"};
    for (int i = 0; i < 8; ++i) {
        auto curve = before.next();
        add(curve, Millis{500}, 1, ShortCircuit{15.0 + 10.0 * i});
        charge(curve, 1, strong_bike(before));
        curve.hazard_event = curve.events.size() - 1;
        curve.label = {.must = {load_shorted, hard_overcurrent}, .within = Millis{1'000}};
        curve.lasts = Millis{20'000};
        into.push_back(std::move(curve));
    }
}

void overloads(Curves& into)
{
    // 105–120 % of the pickup with a high tier of power, so that only the curve can trip.
    CurveMaker slow{"overload", "model; 105–150 % of the pickup (F-007)"};
    for (int i = 0; i < 10; ++i) {
        auto curve = slow.next();
        for (auto& limits : curve.settings.types)
            limits.power_most = Milliwatts{3'500'000};
        add(curve, Millis{1'000}, 1, Overload{0.5});
        add(curve, Millis{3'000}, 1, StartSession{});
        curve.hazard_event = add(curve, slow.moment(Millis{20'000}, Millis{40'000}), 1,
                                 Overload{6.0 * (1.06 + 0.045 * i)});
        curve.label = {.must = {overload}, .within = Millis{120'000}};
        curve.lasts = Millis{200'000};
        into.push_back(std::move(curve));
    }
    // With the charger's own current always below the hard limit, which has its family above.
    CurveMaker tier{"overpower", "model; a kettle at a charger's outlet"};
    for (int i = 0; i < 10; ++i)
        into.push_back(while_charging(tier, Overload{5.6 + 0.2 * i},
                                      {.must = {overpower, overload}, .within = Millis{13'000}},
                                      Millis{30'000}));
}

void leaks(Curves& into)
{
    CurveMaker maker{"residual", "model; 30 mA to 0.5 A to earth (F-008)"};
    for (int i = 0; i < 12; ++i)
        into.push_back(while_charging(maker, Leak{0.028 + 0.04 * i},
                                      {.must = {residual_current}, .within = Millis{60}},
                                      Millis{10'000}));
    CurveMaker sum{"residual_sum", "model; each outlet leaks less than the limit, all more"};
    for (int i = 0; i < 4; ++i) {
        auto curve = sum.next();
        curve.outlets = 5;
        for (std::uint8_t outlet = 1; outlet <= 3; ++outlet)
            charge(curve, outlet, strong_bike(sum));
        for (std::uint8_t outlet = 1; outlet <= 3; ++outlet)
            add(curve, Millis{20'000 + 2'000 * outlet}, outlet, Leak{0.0095 + 0.001 * i});
        const auto limit = curve.settings.post.residual_limit;
        curve.hazard = [limit](const PlantPost& plant) {
            return plant.surroundings().residual(0).value_or(Milliamps{}) >= limit;
        };
        curve.label = {.must = {residual_current}, .within = Millis{60}};
        curve.lasts = Millis{60'000};
        into.push_back(std::move(curve));
    }
}

void bad_plugs(Curves& into)
{
    CurveMaker loose{"loose_plug", "docs/sources.md, Charging: temperature only [R]"};
    for (int i = 0; i < 14; ++i) {
        // From one that melts within a minute to one that takes an hour.
        const double pace = 0.1 / (1.0 + 4.0 * i);
        auto curve = while_charging(
            loose,
            LoosePlug{.contact = {.now = 0.01, .per_second = pace, .at_most = 3.0 + 0.2 * i}},
            {.must = {contact_overheated, contact_rising},
             .within = Millis{1'000},
             .early = Early::welcome},
            Millis{5'400'000});
        // What must not last is a contact past its limit; to be earlier is better.
        const auto limit = curve.settings.types[0].contact_limit;
        curve.hazard = [limit](const PlantPost& plant) {
            return plant.outlet(1).truth().contact_temperature >=
                   static_cast<double>(limit.count()) / 10.0 + NtcSensor::noise;
        };
        into.push_back(std::move(curve));
    }
    CurveMaker sparks{"arcing", "docs/sources.md, Charging: many times a minute [R]; F-009"};
    for (int i = 0; i < 16; ++i) {
        constexpr std::array rates{30.0, 45.0, 60.0, 90.0, 150.0, 300.0, 900.0, 2'400.0};
        const Intermittent contact{.changes_per_minute = rates[static_cast<std::size_t>(i) % 8],
                                   .touches = i < 8 ? 0.6 : 0.85,
                                   .arc_share = 0.01};
        into.push_back(while_charging(sparks, Arcing{contact},
                                      {.must = {arcing, contact_rising, contact_overheated},
                                       .within = Millis{120'000},
                                       .ends = {protocol::EndReason::load_swapped}},
                                      Millis{600'000}));
    }
}

}  // namespace

std::vector<Curve> wiring_hazards()
{
    Curves curves;
    overcurrents(curves);
    overloads(curves);
    leaks(curves);
    bad_plugs(curves);
    return curves;
}

}  // namespace ks::sim
