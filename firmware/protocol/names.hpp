#pragma once

#include "firmware/protocol/codec.hpp"

// The words of the contract as people and JSON read them: the enumerator's own spelling. A name,
// once released, stays: exports and uplinks are full of them.
namespace ks::protocol {

[[nodiscard]] std::string_view name_of(Lane word);
[[nodiscard]] std::string_view name_of(RecordKind word);
[[nodiscard]] std::string_view name_of(OutletState word);
[[nodiscard]] std::string_view name_of(TripCause word);
[[nodiscard]] std::string_view name_of(EndReason word);
[[nodiscard]] std::string_view name_of(ResetCause word);
[[nodiscard]] std::string_view name_of(CommandAction word);
[[nodiscard]] std::string_view name_of(Role word);
[[nodiscard]] std::string_view name_of(CommandOutcome word);
[[nodiscard]] std::string_view name_of(Severity word);
[[nodiscard]] std::string_view name_of(StartMeans word);
[[nodiscard]] std::string_view name_of(InputName word);
[[nodiscard]] std::string_view name_of(InputCondition word);
[[nodiscard]] std::string_view name_of(SelfTest word);
[[nodiscard]] std::string_view name_of(BayState word);
[[nodiscard]] std::string_view name_of(BayMatter word);
[[nodiscard]] std::string_view name_of(PlaceKind word);
[[nodiscard]] std::string_view name_of(LinkNoticed::Matter word);
[[nodiscard]] std::string_view name_of(Refusal word);

/// Nothing for a word that is not of the contract.
[[nodiscard]] std::optional<Lane> lane_from(std::string_view name);
[[nodiscard]] std::optional<RecordKind> record_kind_from(std::string_view name);
[[nodiscard]] std::optional<OutletState> outlet_state_from(std::string_view name);
[[nodiscard]] std::optional<TripCause> trip_cause_from(std::string_view name);
[[nodiscard]] std::optional<EndReason> end_reason_from(std::string_view name);
[[nodiscard]] std::optional<ResetCause> reset_cause_from(std::string_view name);
[[nodiscard]] std::optional<CommandAction> command_action_from(std::string_view name);
[[nodiscard]] std::optional<Role> role_from(std::string_view name);
[[nodiscard]] std::optional<CommandOutcome> command_outcome_from(std::string_view name);
[[nodiscard]] std::optional<Severity> severity_from(std::string_view name);
[[nodiscard]] std::optional<StartMeans> start_means_from(std::string_view name);
[[nodiscard]] std::optional<InputName> input_name_from(std::string_view name);
[[nodiscard]] std::optional<InputCondition> input_condition_from(std::string_view name);
[[nodiscard]] std::optional<SelfTest> self_test_from(std::string_view name);
[[nodiscard]] std::optional<BayState> bay_state_from(std::string_view name);
[[nodiscard]] std::optional<BayMatter> bay_matter_from(std::string_view name);
[[nodiscard]] std::optional<PlaceKind> place_kind_from(std::string_view name);
[[nodiscard]] std::optional<LinkNoticed::Matter> link_matter_from(std::string_view name);

}  // namespace ks::protocol
