#pragma once

#include "firmware/base/gain.hpp"

#include <string>

namespace ks::edge {

/// A limit as people write it, exactly, in a unit of a handy size. `read_limits` reads it back.
[[nodiscard]] std::string written(Milliamps value);
[[nodiscard]] std::string written(Millivolts value);
[[nodiscard]] std::string written(Milliwatts value);
[[nodiscard]] std::string written(MilliwattHours value);
[[nodiscard]] std::string written(DeciCelsius value);
[[nodiscard]] std::string written(Millis value);
/// Counts and thousandths have no unit.
[[nodiscard]] std::string written(std::uint32_t value);
/// A gain in per cent of what the meter shows: «100.44 %».
[[nodiscard]] std::string written(Gain value);

}  // namespace ks::edge
