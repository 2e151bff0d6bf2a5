#pragma once

#include "firmware/core/guard/rules/contact_rise.hpp"
#include "firmware/core/guard/rules/dropouts.hpp"
#include "firmware/core/guard/rules/energy_check.hpp"
#include "firmware/core/guard/rules/full.hpp"
#include "firmware/core/guard/rules/late_rise.hpp"
#include "firmware/core/guard/rules/no_taper.hpp"
#include "firmware/core/guard/rules/overpower.hpp"
#include "firmware/core/guard/rules/power_step.hpp"
#include "firmware/core/guard/rules/swapped.hpp"
#include "firmware/core/guard/rules/unplugged.hpp"

namespace ks::core {

/// The rules of a session: forgotten with it.
struct SessionRules {
    LoadProfile profile;
    Overpower overpower;
    NoTaper no_taper;
    LateRise late_rise;
    PowerStep power_step;
    Dropouts dropouts;
    Swapped swapped;
    EnergyCheck energy_check;
    Full full;
    Unplugged unplugged;
    ContactRise contact_rise;
    /// What a slow rule has found; it stands until the outlet was opened for it.
    std::optional<Cut> slow_cut;
};

}  // namespace ks::core
