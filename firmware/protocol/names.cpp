#include "firmware/protocol/names.hpp"

namespace ks::protocol {

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
    case post_reading: return "post_reading";
    case input_changed: return "input_changed";
    case relay_wear: return "relay_wear";
    case trip_trace: return "trip_trace";
    case authority_kept: return "authority_kept";
    case card_decided: return "card_decided";
    case cards_changed: return "cards_changed";
    case self_test_failed: return "self_test_failed";
    case bay_changed: return "bay_changed";
    case bay_noticed: return "bay_noticed";
    case link_noticed: return "link_noticed";
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

std::string_view name_of(LinkNoticed::Matter word)
{
    switch (word) {
        using enum LinkNoticed::Matter;
    case silent: return "silent";
    case back: return "back";
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

}  // namespace ks::protocol
