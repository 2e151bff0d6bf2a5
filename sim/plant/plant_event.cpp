#include "sim/plant/plant_event.hpp"

namespace ks::sim {

std::string_view name_of(PlantEvent::Kind kind)
{
    using enum PlantEvent::Kind;
    switch (kind) {
    case contact_closed: return "contact_closed";
    case contact_opened: return "contact_opened";
    case contactor_closed: return "contactor_closed";
    case contactor_opened: return "contactor_opened";
    case plugged: return "plugged";
    case unplugged: return "unplugged";
    case fault_injected: return "fault_injected";
    case faults_cleared: return "faults_cleared";
    case mains_lost: return "mains_lost";
    case mains_returned: return "mains_returned";
    }
    return "";
}

}  // namespace ks::sim
