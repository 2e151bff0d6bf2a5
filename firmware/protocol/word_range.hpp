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
                                                            RecordKind::heads_signed};
template <>
inline constexpr WordRange<OutletState> range_of<OutletState>{OutletState::idle,
                                                              OutletState::locked_out};
template <>
inline constexpr WordRange<TripCause> range_of<TripCause>{TripCause::hard_overcurrent,
                                                          TripCause::contactor_welded};
template <>
inline constexpr WordRange<EndReason> range_of<EndReason>{EndReason::unplugged,
                                                          EndReason::post_fault};
template <>
inline constexpr WordRange<ResetCause> range_of<ResetCause>{ResetCause::power_on, ResetCause::pin};
template <>
inline constexpr WordRange<CommandAction> range_of<CommandAction>{CommandAction::start,
                                                                  CommandAction::set_settings};
template <>
inline constexpr WordRange<Role> range_of<Role>{Role::resident, Role::edge};
template <>
inline constexpr WordRange<CommandOutcome> range_of<CommandOutcome>{CommandOutcome::done,
                                                                    CommandOutcome::not_ready};

}  // namespace ks::protocol
