#include "firmware/protocol/names.hpp"

#include "firmware/protocol/word_range.hpp"

namespace ks::protocol {

namespace {

template <class Word>
std::optional<Word> word_from(std::string_view name)
{
    constexpr auto first = static_cast<unsigned>(range_of<Word>.first);
    constexpr auto last = static_cast<unsigned>(range_of<Word>.last);
    for (unsigned number = first; number <= last; ++number) {
        const auto word = static_cast<Word>(number);
        if (name_of(word) == name) return word;
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Lane word)
{
    switch (word) {
        using enum Lane;
    case alarm: return "alarm";
    case event: return "event";
    case tele: return "tele";
    }
    return {};
}

std::string_view name_of(RecordKind word)
{
    switch (word) {
        using enum RecordKind;
    case booted: return "booted";
    case outlet_changed: return "outlet_changed";
    case session_started: return "session_started";
    case session_progressed: return "session_progressed";
    case session_ended: return "session_ended";
    case tripped: return "tripped";
    case trip_cleared: return "trip_cleared";
    case telemetry: return "telemetry";
    case gap: return "gap";
    case command_result: return "command_result";
    case commands_refused: return "commands_refused";
    case card_presented: return "card_presented";
    case settings_changed: return "settings_changed";
    case heads_signed: return "heads_signed";
    }
    return {};
}

std::string_view name_of(OutletState word)
{
    switch (word) {
        using enum OutletState;
    case idle: return "idle";
    case closing: return "closing";
    case charging: return "charging";
    case opening: return "opening";
    case locked_out: return "locked_out";
    }
    return {};
}

std::string_view name_of(TripCause word)
{
    switch (word) {
        using enum TripCause;
    case hard_overcurrent: return "hard_overcurrent";
    case overload: return "overload";
    case contact_overheated: return "contact_overheated";
    case sensor_failed: return "sensor_failed";
    case meter_silent: return "meter_silent";
    case relay_welded: return "relay_welded";
    case contactor_welded: return "contactor_welded";
    }
    return {};
}

std::string_view name_of(EndReason word)
{
    switch (word) {
        using enum EndReason;
    case unplugged: return "unplugged";
    case full: return "full";
    case time_limit: return "time_limit";
    case time_cap: return "time_cap";
    case energy_limit: return "energy_limit";
    case stopped: return "stopped";
    case no_load: return "no_load";
    case tripped: return "tripped";
    case power_lost: return "power_lost";
    case contactor_opened: return "contactor_opened";
    case post_fault: return "post_fault";
    }
    return {};
}

std::string_view name_of(ResetCause word)
{
    switch (word) {
        using enum ResetCause;
    case power_on: return "power_on";
    case brown_out: return "brown_out";
    case watchdog: return "watchdog";
    case software: return "software";
    case check_failed: return "check_failed";
    case pin: return "pin";
    }
    return {};
}

std::string_view name_of(CommandAction word)
{
    switch (word) {
        using enum CommandAction;
    case start: return "start";
    case stop: return "stop";
    case clear_trip: return "clear_trip";
    case locate: return "locate";
    case set_settings: return "set_settings";
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
    }
    return {};
}

std::string_view name_of(Refusal word)
{
    switch (word) {
        using enum Refusal;
    case truncated: return "truncated";
    case trailing_bytes: return "trailing_bytes";
    case not_deterministic: return "not_deterministic";
    case wrong_type: return "wrong_type";
    case wrong_length: return "wrong_length";
    case wrong_version: return "wrong_version";
    case unknown_value: return "unknown_value";
    case out_of_range: return "out_of_range";
    case wrong_lane: return "wrong_lane";
    }
    return {};
}

std::optional<Lane> lane_from(std::string_view name) { return word_from<Lane>(name); }
std::optional<RecordKind> record_kind_from(std::string_view name)
{
    return word_from<RecordKind>(name);
}
std::optional<OutletState> outlet_state_from(std::string_view name)
{
    return word_from<OutletState>(name);
}
std::optional<TripCause> trip_cause_from(std::string_view name)
{
    return word_from<TripCause>(name);
}
std::optional<EndReason> end_reason_from(std::string_view name)
{
    return word_from<EndReason>(name);
}
std::optional<ResetCause> reset_cause_from(std::string_view name)
{
    return word_from<ResetCause>(name);
}
std::optional<CommandAction> command_action_from(std::string_view name)
{
    return word_from<CommandAction>(name);
}
std::optional<Role> role_from(std::string_view name) { return word_from<Role>(name); }
std::optional<CommandOutcome> command_outcome_from(std::string_view name)
{
    return word_from<CommandOutcome>(name);
}

}  // namespace ks::protocol
