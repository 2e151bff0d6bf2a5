#include "sim/fleet/mishap_table.hpp"

#include <array>

// What happens at the places around a post.
namespace ks::sim {

namespace {

using enum MishapPlace;
using enum MishapParameter;
using hal::Finding;
using hal::SensorKind;
using Value = std::optional<double>;

Action sees(SensorKind kind, Value where, Finding finding)
{
    check(where.has_value());
    return SensorSees{kind, static_cast<hal::Place>(*where), finding};
}

Action suffers(Value which, SlaveFault fault)
{
    check(which.has_value());
    return SlaveSuffers{static_cast<std::uint8_t>(*which), fault};
}

constexpr std::array rows{
    MishapRow{{"bike_in_bay", post, place},
              [](Value v) { return sees(SensorKind::bay, v, Finding::active); }},
    MishapRow{{"bay_left", post, place},
              [](Value v) { return sees(SensorKind::bay, v, Finding::quiet); }},
    MishapRow{{"bike_in_zone", post, place},
              [](Value v) { return sees(SensorKind::zone, v, Finding::active); }},
    MishapRow{{"zone_left", post, place},
              [](Value v) { return sees(SensorKind::zone, v, Finding::quiet); }},
    MishapRow{{"barrier_opened", post, place},
              [](Value v) { return sees(SensorKind::barrier, v, Finding::active); }},
    MishapRow{{"barrier_closed", post, place},
              [](Value v) { return sees(SensorKind::barrier, v, Finding::quiet); }},

    // Detectors on the bus; those on wires are inputs.
    MishapRow{{"detector_smokes", post, place},
              [](Value v) { return sees(SensorKind::smoke, v, Finding::active); }},
    MishapRow{{"detector_clear", post, place},
              [](Value v) { return sees(SensorKind::smoke, v, Finding::quiet); }},
    MishapRow{{"detector_faulty", post, place},
              [](Value v) { return sees(SensorKind::smoke, v, Finding::faulty); }},
    MishapRow{{"thermometer_hot", post, place},
              [](Value v) { return sees(SensorKind::temperature, v, Finding::active); }},
    MishapRow{{"thermometer_cool", post, place},
              [](Value v) { return sees(SensorKind::temperature, v, Finding::quiet); }},
    MishapRow{{"thermometer_faulty", post, place},
              [](Value v) { return sees(SensorKind::temperature, v, Finding::faulty); }},

    // The slaves themselves.
    MishapRow{{"slave_silent", post, address},
              [](Value v) { return suffers(v, SlaveFault::silent); }},
    MishapRow{{"slave_stuck", post, address},
              [](Value v) { return suffers(v, SlaveFault::stuck); }},
    MishapRow{{"slave_babbling", post, address},
              [](Value v) { return suffers(v, SlaveFault::babbling); }},
    MishapRow{{"slave_sound", post, address}, [](Value v) { return suffers(v, SlaveFault::none); }},
};

}  // namespace

std::span<const MishapRow> place_mishaps() { return rows; }

}  // namespace ks::sim
