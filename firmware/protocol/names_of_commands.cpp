#include "firmware/protocol/names.hpp"

namespace ks::protocol {

std::string_view name_of(CommandAction word)
{
    switch (word) {
        using enum CommandAction;
    case start: return "start";
    case stop: return "stop";
    case clear_trip: return "clear_trip";
    case locate: return "locate";
    case set_settings: return "set_settings";
    case test_outlet: return "test_outlet";
    case set_cards: return "set_cards";
    case silence_sounder: return "silence_sounder";
    }
    return {};
}

std::string_view name_of(Role word)
{
    switch (word) {
        using enum Role;
    case resident: return "resident";
    case staff: return "staff";
    case manager: return "manager";
    case installer: return "installer";
    case admin: return "admin";
    case edge: return "edge";
    }
    return {};
}

std::string_view name_of(CommandOutcome word)
{
    switch (word) {
        using enum CommandOutcome;
    case done: return "done";
    case malformed: return "malformed";
    case retained: return "retained";
    case wrong_post: return "wrong_post";
    case not_authentic: return "not_authentic";
    case replayed: return "replayed";
    case nonce_stale: return "nonce_stale";
    case late: return "late";
    case unknown_outlet: return "unknown_outlet";
    case outlet_busy: return "outlet_busy";
    case outlet_locked: return "outlet_locked";
    case not_charging: return "not_charging";
    case nothing_to_clear: return "nothing_to_clear";
    case wrong_cause: return "wrong_cause";
    case cause_present: return "cause_present";
    case above_limit: return "above_limit";
    case not_approved: return "not_approved";
    case not_idle: return "not_idle";
    case meter_silent: return "meter_silent";
    case contactor_open: return "contactor_open";
    case journal_full: return "journal_full";
    case out_of_range: return "out_of_range";
    case too_soon: return "too_soon";
    case not_ready: return "not_ready";
    case queued: return "queued";
    case over_budget: return "over_budget";
    case hazard_present: return "hazard_present";
    case voltage_out_of_range: return "voltage_out_of_range";
    case load_shorted: return "load_shorted";
    case not_calibrated: return "not_calibrated";
    case self_test_failed: return "self_test_failed";
    case card_unknown: return "card_unknown";
    case card_expired: return "card_expired";
    case clock_unknown: return "clock_unknown";
    case link_lost: return "link_lost";
    case queue_expired: return "queue_expired";
    case superseded: return "superseded";
    }
    return {};
}

}  // namespace ks::protocol
