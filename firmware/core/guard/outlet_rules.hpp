#pragma once

#include "firmware/core/guard/rules/coil.hpp"
#include "firmware/core/guard/rules/conduction.hpp"
#include "firmware/core/guard/rules/contact.hpp"
#include "firmware/core/guard/rules/meter_frozen.hpp"
#include "firmware/core/guard/rules/no_current.hpp"
#include "firmware/core/guard/rules/overload.hpp"
#include "firmware/core/guard/rules/plausible.hpp"
#include "firmware/core/guard/rules/sensor_frozen.hpp"
#include "firmware/core/guard/rules/switching.hpp"
#include "firmware/core/guard/rules/voltage.hpp"
#include "firmware/core/guard/session_rules.hpp"

namespace ks::core {

/// The rules of one outlet that outlive its sessions.
struct OutletRules {
    Contact contact;
    SensorFrozen sensor_frozen;
    Overload overload;
    Conduction conduction;
    Switching switching;
    Coil coil;
    Plausible plausible;
    MeterFrozen meter_frozen;
    NoCurrent no_current;
    SessionRules session;
};

}  // namespace ks::core
