#pragma once

#include "firmware/hal/inputs.hpp"
#include "sim/plant/alarm_loop.hpp"
#include "sim/plant/climate.hpp"
#include "sim/plant/contact.hpp"
#include "sim/plant/mains.hpp"
#include "sim/plant/ntc.hpp"
#include "sim/plant/rail.hpp"
#include "sim/plant/residual.hpp"

#include <optional>
#include <variant>

namespace ks::sim {

struct ContactorFaulty {
    ContactFault kind;
};
struct ContactorCoilFaulty {
    CoilFault kind;
};
/// What the transformer gives; the nominal voltage again without one.
struct MainsLevel {
    std::optional<Volts> volts;
};
struct BrownOuts {
    Dips dips{};
};
/// What other posts draw from the same feeder.
struct DrawnElsewhere {
    Amps amps = 0.0;
};
/// The post's supply gives less than its 12 V.
struct RailSags {
    Volts volts = Rail::nominal;
};
struct RailFedBy {
    RailFeed feed;
};
struct ResidualFaulty {
    std::size_t circuit;  // from 0
    ResidualFault kind;
};
struct CabinetSensorFaulty {
    SensorFault kind;
};
/// A fire, or a fan heater, in the cabinet.
struct CabinetHeated {
    Watts watts = 100.0;
};
struct InputIs {
    hal::PostInput input;
    LoopIs is;
};
/// Smoke that comes from nowhere the plant knows; in what the detector speaks from, each second.
struct SmokeComes {
    double per_second = 0.02;
};
struct ClimateIs {
    Climate climate;
};

/// What can be wrong with, or around, the whole post.
using PostFault = std::variant<ContactorFaulty, ContactorCoilFaulty, MainsLevel, BrownOuts,
                               DrawnElsewhere, RailSags, RailFedBy, ResidualFaulty,
                               CabinetSensorFaulty, CabinetHeated, InputIs, SmokeComes, ClimateIs>;

}  // namespace ks::sim
