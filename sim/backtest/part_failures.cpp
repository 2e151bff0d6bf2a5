#include "sim/backtest/library.hpp"
#include "sim/backtest/maker.hpp"

namespace ks::sim {

namespace {

using enum protocol::TripCause;
using protocol::EndReason;
using Curves = std::vector<Curve>;

struct PartFailure {
    const char* family;
    const char* source;
    Fault fault;
    Label label;
    int count;
};

std::vector<PartFailure> failures_while_charging()
{
    return {
        {"meter_dead",
         "F-021",
         MeterFaulty{MeterFault::dead},
         {.must = {meter_silent}, .within = Millis{1'200}},
         6},
        {"meter_frozen",
         "F-022",
         MeterFaulty{MeterFault::frozen},
         {.must = {meter_frozen}, .within = Millis{3'000}},
         6},
        {"sensor_open",
         "F-020",
         SensorFaulty{SensorFault::open},
         {.must = {sensor_failed}, .within = Millis{1'000}},
         5},
        {"sensor_shorted",
         "F-020",
         SensorFaulty{SensorFault::shorted},
         {.must = {sensor_failed}, .within = Millis{1'000}},
         5},
        {"sensor_frozen",
         "F-020",
         SensorFaulty{SensorFault::frozen},
         {.must = {sensor_failed}, .within = Millis{35 * 60'000}},
         6},
        {"coil_lets_go",
         "F-016",
         CoilFaulty{CoilFault::broken},
         {.must = {no_current, coil_mismatch}, .within = Millis{1'000}},
         5},
    };
}

/// What a meter may do wrong without anybody being cut for it, and what may be cut for it.
std::vector<PartFailure> tolerated_failures()
{
    return {
        {"meter_absurd",
         "F-024: one absurd frame in three",
         MeterFaulty{MeterFault::absurd},
         {},
         5},
        {"meter_garbled",
         "F-023: two of three frames",
         MeterFaulty{MeterFault::garbled},
         {.may = {meter_silent}},
         5},
        {"meter_forged",
         "F-024: a believable lie now and then",
         MeterFaulty{MeterFault::forged},
         {.may = {hard_overcurrent, meter_implausible, arcing, overload}},
         5},
        {"meter_reset", "F-026", MeterReset{}, {.may = {calibration_lost}}, 5},
        {"energy_altered", "F-026", EnergyAltered{}, {.may = {meter_implausible}}, 5},
        {"relay_bounces", "F-016", RelayBounces{}, {}, 5},
    };
}

void while_charging(Curves& into, const std::vector<PartFailure>& failures)
{
    for (const auto& failure : failures) {
        CurveMaker maker{failure.family, failure.source};
        for (int i = 0; i < failure.count; ++i) {
            auto curve = maker.next();
            charge(curve, 1, strong_bike(maker));
            curve.hazard_event =
                add(curve, maker.moment(Millis{20'000}, Millis{80'000}), 1, failure.fault);
            curve.label = failure.label;
            curve.lasts = Millis{120'000} + failure.label.within;
            if (failure.label.must.empty()) curve.lasts = Millis{20 * 60'000};
            into.push_back(std::move(curve));
        }
    }
}

void welds(Curves& into)
{
    CurveMaker maker{"relay_welded", "F-015"};
    for (int i = 0; i < 8; ++i) {
        auto curve = maker.next();
        charge(curve, 1, strong_bike(maker));
        add(curve, maker.moment(Millis{20'000}, Millis{40'000}), 1,
            RelayFault{ContactFault::welded});
        curve.hazard_event =
            add(curve, maker.moment(Millis{50'000}, Millis{60'000}), 1, StopSession{});
        curve.label = {.must = {protocol::TripCause::relay_welded}, .within = Millis{1'000}};
        curve.lasts = Millis{80'000};
        into.push_back(std::move(curve));
    }
    CurveMaker both{"contactor_welded", "F-015, and the contactor behind it"};
    for (int i = 0; i < 5; ++i) {
        auto curve = both.next();
        charge(curve, 1, strong_bike(both));
        add(curve, Millis{20'000}, 1, RelayFault{ContactFault::welded});
        add(curve, Millis{25'000}, 0, PostFault{ContactorFaulty{ContactFault::welded}});
        curve.hazard_event =
            add(curve, both.moment(Millis{30'000}, Millis{40'000}), 1, StopSession{});
        curve.label = {.must = {protocol::TripCause::contactor_welded},
                       .within = Millis{2'500},
                       .may = {protocol::TripCause::relay_welded}};
        curve.lasts = Millis{60'000};
        into.push_back(std::move(curve));
    }
    CurveMaker idle{"coil_shorted", "F-017: on without a command"};
    for (int i = 0; i < 6; ++i) {
        auto curve = idle.next();
        if (i % 2 == 0) add(curve, Millis{1'000}, 1, strong_bike(idle));
        curve.hazard_event = add(curve, idle.moment(Millis{5'000}, Millis{9'000}), 1,
                                 CoilFaulty{CoilFault::shorted});
        curve.label = {.must = {coil_mismatch}, .within = Millis{1'000}};
        curve.lasts = Millis{30'000};
        into.push_back(std::move(curve));
    }
    CurveMaker contactor{"contactor_coil", "F-017, at the contactor"};
    for (int i = 0; i < 4; ++i) {
        auto curve = contactor.next();
        charge(curve, 1, strong_bike(contactor));
        curve.hazard_event = add(curve, contactor.moment(Millis{15'000}, Millis{20'000}), 0,
                                 PostFault{ContactorCoilFaulty{CoilFault::broken}});
        curve.label = {.must = {no_current, coil_mismatch}, .within = Millis{1'000}};
        curve.lasts = Millis{40'000};
        into.push_back(std::move(curve));
    }
}

void mix_ups(Curves& into)
{
    CurveMaker maker{"meters_mixed_up", "F-029"};
    for (int i = 0; i < 5; ++i) {
        auto curve = maker.next();
        curve.outlets = 3;
        add(curve, Millis{500}, 1, MixMeters{});
        charge(curve, 1, strong_bike(maker));
        curve.hazard_event = 2;
        curve.label = {.must = {protocol::TripCause::meters_mixed_up}, .within = Millis{6'000}};
        curve.lasts = Millis{30'000};
        into.push_back(std::move(curve));
    }
    CurveMaker monitor{"residual_failed", "F-008: the monitor fails its own test"};
    for (int i = 0; i < 5; ++i) {
        auto curve = monitor.next();
        charge(curve, 1, strong_bike(monitor));
        curve.hazard_event = add(curve, monitor.moment(Millis{20'000}, Millis{40'000}), 0,
                                 PostFault{ResidualFaulty{0, ResidualFault::failed}});
        curve.label = {.must = {protocol::TripCause::residual_failed}, .within = Millis{1'000}};
        curve.lasts = Millis{60'000};
        into.push_back(std::move(curve));
    }
}

}  // namespace

std::vector<Curve> part_failures()
{
    Curves curves;
    while_charging(curves, failures_while_charging());
    while_charging(curves, tolerated_failures());
    welds(curves);
    mix_ups(curves);
    return curves;
}

}  // namespace ks::sim
