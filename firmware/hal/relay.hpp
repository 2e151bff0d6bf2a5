#pragma once

#include <cstdint>

namespace ks::hal {

/// What a relay or a contactor is told to be. What its contacts really are, only the meter knows.
enum class Relay : std::uint8_t { open, closed };

}  // namespace ks::hal
