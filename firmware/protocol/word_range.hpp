#pragma once

#include "firmware/protocol/lane.hpp"
#include "firmware/protocol/record.hpp"
#include "firmware/protocol/words.hpp"

namespace ks::protocol {

/// First and last enumerator of a word whose numbers have no holes. Whoever appends an enumerator
/// moves the end here; a test finds it when he does not.
template <class Word>
struct WordRange {
    Word first;
    Word last;
};

template <class Word>
inline constexpr WordRange<Word> range_of{};

template <>
inline constexpr WordRange<Lane> range_of<Lane>{Lane::alarm, Lane::tele};
template <>
inline constexpr WordRange<RecordKind> range_of<RecordKind>{RecordKind::booted,
                                                            RecordKind::link_noticed};
template <>
inline constexpr WordRange<OutletState> range_of<OutletState>{OutletState::idle,
                                                              OutletState::locked_out};
template <>
inline constexpr WordRange<TripCause> range_of<TripCause>{TripCause::hard_overcurrent,
                                                          TripCause::self_test_failed};
template <>
inline constexpr WordRange<EndReason> range_of<EndReason>{EndReason::unplugged,
                                                          EndReason::card_stopped};
template <>
inline constexpr WordRange<ResetCause> range_of<ResetCause>{ResetCause::power_on, ResetCause::pin};
template <>
inline constexpr WordRange<CommandAction> range_of<CommandAction>{CommandAction::start,
                                                                  CommandAction::silence_sounder};
template <>
inline constexpr WordRange<Role> range_of<Role>{Role::resident, Role::edge};
template <>
inline constexpr WordRange<CommandOutcome> range_of<CommandOutcome>{CommandOutcome::done,
                                                                    CommandOutcome::superseded};
template <>
inline constexpr WordRange<Severity> range_of<Severity>{Severity::notice, Severity::fire};
template <>
inline constexpr WordRange<StartMeans> range_of<StartMeans>{StartMeans::command,
                                                            StartMeans::resumed};
template <>
inline constexpr WordRange<InputName> range_of<InputName>{InputName::smoke, InputName::group};
template <>
inline constexpr WordRange<InputCondition> range_of<InputCondition>{InputCondition::quiet,
                                                                    InputCondition::absent};
template <>
inline constexpr WordRange<SelfTest> range_of<SelfTest>{SelfTest::registers, SelfTest::random};
template <>
inline constexpr WordRange<BayState> range_of<BayState>{BayState::unknown, BayState::taken};
template <>
inline constexpr WordRange<BayMatter> range_of<BayMatter>{BayMatter::not_charging,
                                                          BayMatter::sensor_faulty};
template <>
inline constexpr WordRange<PlaceKind> range_of<PlaceKind>{PlaceKind::bay, PlaceKind::annunciator};
template <>
inline constexpr WordRange<LinkNoticed::Matter> range_of<LinkNoticed::Matter>{
    LinkNoticed::Matter::silent, LinkNoticed::Matter::back};

}  // namespace ks::protocol
