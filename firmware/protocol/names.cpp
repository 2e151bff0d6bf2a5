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
std::optional<Severity> severity_from(std::string_view name) { return word_from<Severity>(name); }
std::optional<StartMeans> start_means_from(std::string_view name)
{
    return word_from<StartMeans>(name);
}
std::optional<InputName> input_name_from(std::string_view name)
{
    return word_from<InputName>(name);
}
std::optional<InputCondition> input_condition_from(std::string_view name)
{
    return word_from<InputCondition>(name);
}
std::optional<SelfTest> self_test_from(std::string_view name) { return word_from<SelfTest>(name); }
std::optional<BayState> bay_state_from(std::string_view name) { return word_from<BayState>(name); }
std::optional<BayMatter> bay_matter_from(std::string_view name)
{
    return word_from<BayMatter>(name);
}
std::optional<PlaceKind> place_kind_from(std::string_view name)
{
    return word_from<PlaceKind>(name);
}
std::optional<LinkNoticed::Matter> link_matter_from(std::string_view name)
{
    return word_from<LinkNoticed::Matter>(name);
}

}  // namespace ks::protocol
