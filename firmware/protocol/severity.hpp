#pragma once

#include "firmware/protocol/words.hpp"

namespace ks::protocol {

/// How grave a trip of this cause is. One table for the post's sounder, the edge's alarms and the
/// pages of both.
[[nodiscard]] constexpr Severity severity_of(TripCause cause)
{
    switch (cause) {
        using enum TripCause;
    // Current that nothing of ours can stop, and what a detector calls fire.
    case relay_welded:
    case contactor_welded:
    case coil_mismatch:
    case smoke:
    case heat:
    case extinguisher:
    case group_cut: return Severity::fire;
    // A battery, a plug or an installation that may catch fire when it is used again.
    case hard_overcurrent:
    case contact_overheated:
    case contact_rising:
    case residual_current:
    case no_taper:
    case late_rise:
    case arcing:
    case load_shorted:
    case water:
    case emergency:
    case cabinet_overheated: return Severity::hazard;
    // The post protects itself; somebody must come before the outlet is of use again.
    case overload:
    case overpower:
    case power_step:
    case overvoltage:
    case sensor_failed:
    case meter_silent:
    case meter_frozen:
    case meter_implausible:
    case meters_mixed_up:
    case calibration_lost:
    case no_current:
    case residual_failed:
    case enclosure_opened:
    case tilted:
    case input_failed:
    case memory_fault:
    case self_test_failed: return Severity::warning;
    // The grid's doing, and over by itself.
    case undervoltage:
    case supply_low: return Severity::notice;
    }
    return Severity::fire;
}

/// Fire-grade: cuts the whole post and its configured group at once.
[[nodiscard]] constexpr bool cuts_group(TripCause cause)
{
    using enum TripCause;
    return cause == smoke || cause == heat || cause == water || cause == emergency ||
           cause == extinguisher;
}

static_assert(severity_of(TripCause::relay_welded) == Severity::fire);
static_assert(severity_of(TripCause::smoke) == Severity::fire);
static_assert(severity_of(TripCause::hard_overcurrent) == Severity::hazard);
static_assert(cuts_group(TripCause::smoke) && !cuts_group(TripCause::group_cut),
              "a post that follows its group does not keep it cut for ever");

}  // namespace ks::protocol
