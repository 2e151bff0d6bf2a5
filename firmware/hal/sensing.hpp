#pragma once

#include "firmware/base/instant.hpp"

#include <optional>

namespace ks {

namespace unit {
struct Millimetre;
}  // namespace unit
using Millimetres = Quantity<unit::Millimetre>;

}  // namespace ks

namespace ks::hal {

/// What hangs on the post's RS-485 bus.
enum class SensorKind : std::uint8_t {
    smoke = 1,
    temperature = 2,
    bay = 3,
    tag_reader = 4,
    zone = 5,     // watches a place where no bike may be
    barrier = 6,  // a bollard's or a gate's contact
    /// Not a sensor: sounder, voice module or display.
    annunciator = 7,
};
inline constexpr std::size_t sensor_kind_count = 7;

/// What a sensor says. «Active» is smoke, a bike, or a barrier opened or taken away. A sensor that
/// owns up to a fault is never «quiet».
enum class Finding : std::uint8_t { quiet, active, faulty };

/// Number of a bay, a zone, a barrier or a detector, from 1; of the post itself 0.
using Place = std::uint8_t;

/// One reading of one sensor, in our units.
struct SensorReading {
    Instant at;
    SensorKind kind;
    Place place;
    Finding finding;
    /// Of a bay sensor that measures it: down to the bike, or to the ground.
    std::optional<Millimetres> distance;
    std::optional<DeciCelsius> temperature;
    /// As the reader gives it; 0 is none. A tag's own number: it leaves the post as a token only.
    std::uint64_t tag;
};

}  // namespace ks::hal
