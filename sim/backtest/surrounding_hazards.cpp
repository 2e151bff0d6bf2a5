#include "sim/backtest/library.hpp"
#include "sim/backtest/maker.hpp"

namespace ks::sim {

namespace {

using enum protocol::TripCause;
using Curves = std::vector<Curve>;

struct PostFailure {
    const char* family;
    const char* source;
    PostFault fault;
    Label label;
    int count;
};

struct InputRow {
    hal::PostInput input;
    protocol::TripCause cause;
    const char* name;
};
constexpr std::array inputs{
    InputRow{hal::PostInput::smoke, smoke, "smoke"},
    InputRow{hal::PostInput::heat, heat, "heat"},
    InputRow{hal::PostInput::water, water, "water"},
    InputRow{hal::PostInput::emergency, emergency, "emergency"},
    InputRow{hal::PostInput::extinguisher, extinguisher, "extinguisher"},
    InputRow{hal::PostInput::enclosure, enclosure_opened, "enclosure"},
    InputRow{hal::PostInput::tilt, tilted, "tilt"},
    InputRow{hal::PostInput::group, group_cut, "group"},
};

Curve at_the_post(CurveMaker& maker, const PostFault& fault, const Label& label)
{
    auto curve = maker.next();
    charge(curve, 1, strong_bike(maker));
    curve.hazard_event = add(curve, maker.moment(Millis{20'000}, Millis{40'000}), 0, fault);
    curve.label = label;
    curve.lasts = Millis{60'000};
    return curve;
}

void supervised_inputs(Curves& into)
{
    for (const auto& row : inputs) {
        const std::string name = row.name;
        CurveMaker pressed{name, "F-011: fire inputs within 50 ms"};
        CurveMaker flaps{name + "_flapping", "F-011: chattering"};
        CurveMaker broken{name + "_wire", "F-011: a broken or shorted loop is a fault"};
        for (int i = 0; i < 2; ++i)
            into.push_back(at_the_post(pressed, InputIs{row.input, LoopIs::active},
                                       {.must = {row.cause}, .within = Millis{50}}));
        into.push_back(at_the_post(flaps, InputIs{row.input, LoopIs::flapping},
                                   {.must = {row.cause}, .within = Millis{2'000}}));
        for (const auto wire : {LoopIs::wire_broken, LoopIs::wire_shorted})
            into.push_back(at_the_post(broken, InputIs{row.input, wire},
                                       {.must = {input_failed}, .within = Millis{1'000}}));
    }
}

void supplies(Curves& into)
{
    CurveMaker high{"overvoltage", "F-004"};
    CurveMaker low{"undervoltage", "F-004"};
    for (int i = 0; i < 6; ++i) {
        into.push_back(at_the_post(high, MainsLevel{272.0 + 6.0 * i},
                                   {.must = {overvoltage}, .within = Millis{2'000}}));
        into.push_back(at_the_post(low, MainsLevel{120.0 + 8.0 * i},
                                   {.must = {undervoltage}, .within = Millis{2'000}}));
    }
    CurveMaker rail{"supply_low", "F-003: the post's own rail"};
    for (int i = 0; i < 5; ++i)
        into.push_back(at_the_post(rail, RailSags{7.5 + 0.5 * i},
                                   {.must = {supply_low}, .within = Millis{100}}));
    // Ten dips a second halve the voltage that a window of 400 ms sees; there may be a cut for it.
    CurveMaker dips{"brown_outs", "F-003: 10 dips a second for a minute"};
    for (int i = 0; i < 5; ++i) {
        auto curve = at_the_post(dips, BrownOuts{}, {.may = {undervoltage, supply_low}});
        curve.lasts = Millis{120'000};
        into.push_back(std::move(curve));
    }
}

void heat_waves(Curves& into)
{
    // 90 W would never get a cabinet to the limit on a mild day.
    CurveMaker maker{"cabinet_overheated", "model; a fire or a fan heater in the cabinet"};
    for (int i = 0; i < 8; ++i) {
        auto curve = at_the_post(maker, CabinetHeated{110.0 + 13.0 * i}, {});
        const auto limit = curve.settings.post.cabinet_limit;
        curve.hazard = [limit](const PlantPost& plant) {
            return plant.surroundings().cabinet().temperature() >=
                   static_cast<double>(limit.count()) / 10.0 + NtcSensor::noise;
        };
        curve.label = {.must = {cabinet_overheated},
                       .within = Millis{1'000},
                       .may = {contact_rising, contact_overheated},
                       .early = Early::welcome};
        curve.lasts = Millis{7'200'000};
        into.push_back(std::move(curve));
    }
    CurveMaker sensor{"cabinet_sensor", "F-020, in the cabinet"};
    for (const auto kind : {SensorFault::open, SensorFault::shorted})
        for (int i = 0; i < 2; ++i)
            into.push_back(at_the_post(sensor, CabinetSensorFaulty{kind},
                                       {.must = {sensor_failed}, .within = Millis{1'000}}));
}

}  // namespace

std::vector<Curve> surrounding_hazards()
{
    Curves curves;
    supervised_inputs(curves);
    supplies(curves);
    heat_waves(curves);
    return curves;
}

std::vector<Curve> blind_spots()
{
    Curves curves;
    struct Blind {
        const char* family;
        const char* source;
        Fault fault;
    };
    // No label: nothing is asked, and a cut is nobody's mistake.
    const Label anything{.may = {no_taper, late_rise, power_step, meter_implausible, arcing,
                                 undervoltage, overvoltage}};
    for (const auto& blind :
         {Blind{"meter_lying", "one chip that scales power and current alike",
                MeterFaulty{MeterFault::lying, 0.5}},
          Blind{"meter_drifting", "the same, slowly", MeterFaulty{MeterFault::drifting, 0.8}},
          Blind{"half_failed_charger",
                "docs/sources.md, Charging [R]: a weaker charger is no less safe",
                ChargerFails{{.current = 0.4}}},
          Blind{"early_second_charger", "looks like a charger that goes over to full current",
                SecondBike{common_bike()}},
          Blind{"early_charger_step", "the same; tier and overload bound it",
                ChargerFails{{.current = 1.8}}}}) {
        CurveMaker maker{blind.family, blind.source};
        for (int i = 0; i < 3; ++i) {
            auto curve = maker.next();
            charge(curve, 1, bike_for("pb-48v-20ah", 4.0, 0.5));
            add(curve, maker.moment(Millis{20'000}, Millis{300'000}), 1, blind.fault);
            curve.label = anything;
            curve.lasts = Millis{3'600'000};
            curves.push_back(std::move(curve));
        }
    }
    return curves;
}

}  // namespace ks::sim
