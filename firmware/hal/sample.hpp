#pragma once

#include "firmware/base/instant.hpp"

#include <optional>

namespace ks::hal {

/// One reading of one outlet's meter, in our units. `power` is negative when the current
/// transformer or shunt is wired the wrong way round.
struct Sample {
    Instant at;
    Millivolts voltage;
    Milliamps current;
    Milliwatts power;
    /// The chip's energy pulse counter; 24 bits, it wraps.
    std::uint32_t pulses;
};

/// What the energy pulses of a meter are worth: so many milliwatt-hours for so many pulses,
/// exactly.
struct PulseValue {
    std::int64_t milliwatt_hours;
    std::int64_t pulses;
};

/// A contact's temperature; nothing when the sensor is open or shorted, which is a fault and
/// never «cold».
using Temperature = std::optional<DeciCelsius>;

}  // namespace ks::hal
