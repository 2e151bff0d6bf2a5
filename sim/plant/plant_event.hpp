#pragma once

#include "firmware/base/instant.hpp"
#include "sim/plant/si.hpp"

#include <cstdint>
#include <string_view>

namespace ks::sim {

/// Something that really happened in the world, with the moment to the millisecond.
struct PlantEvent {
    enum class Kind : std::uint8_t {
        contact_closed,
        contact_opened,
        contactor_closed,
        contactor_opened,
        plugged,
        unplugged,
        fault_injected,
        faults_cleared,
        mains_lost,
        mains_returned,
    };
    Kind kind;
    Instant at;
    std::uint8_t outlet;  // 0 for what concerns the whole post
    /// True current at that moment; for an opening, the current that was interrupted.
    Amps amps;
};
[[nodiscard]] std::string_view name_of(PlantEvent::Kind kind);

}  // namespace ks::sim
