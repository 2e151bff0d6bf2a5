#pragma once

#include "firmware/hal/relay.hpp"
#include "firmware/protocol/words.hpp"

#include <array>

namespace ks::core {

using protocol::OutletState;

/// What can happen to an outlet: a start was granted, power was seen, the session is to end, the
/// opening was verified, a protection rule cut, a trip was cleared.
enum class OutletEvent : std::uint8_t { granted, made, ended, broken, cut, reset };

inline constexpr std::array outlet_states{OutletState::idle, OutletState::closing,
                                          OutletState::charging, OutletState::opening,
                                          OutletState::locked_out};
inline constexpr std::array outlet_events{OutletEvent::granted, OutletEvent::made,
                                          OutletEvent::ended,   OutletEvent::broken,
                                          OutletEvent::cut,     OutletEvent::reset};

/// The relay follows from the state and from nothing else. No transition can forget to open it,
/// because no transition touches it.
[[nodiscard]] constexpr hal::Relay relay_in(OutletState state)
{
    using enum OutletState;
    return state == closing || state == charging ? hal::Relay::closed : hal::Relay::open;
}

[[nodiscard]] constexpr OutletState after(OutletState state, OutletEvent event)
{
    using enum OutletState;
    using enum OutletEvent;

    // Safety outranks every row of the table, so it is said once and first.
    if (event == cut) return locked_out;

    struct Transition {
        OutletState from;
        OutletEvent on;
        OutletState to;
    };
    constexpr Transition table[] = {
        {idle, granted, closing},   {closing, made, charging}, {closing, ended, opening},
        {charging, ended, opening}, {opening, broken, idle},   {locked_out, reset, opening},
    };
    for (const auto& row : table)
        if (row.from == state && row.on == event) return row.to;

    // An event that means nothing here came late; late is normal, so it is not an error.
    return state;
}

/// True when `holds(state, event)` does so for every pair: the proofs below are exhaustive.
template <class Property>
[[nodiscard]] consteval bool for_every_state_and_event(Property holds)
{
    for (const auto state : outlet_states)
        for (const auto event : outlet_events)
            if (!holds(state, event)) return false;
    return true;
}

static_assert(for_every_state_and_event([](OutletState state, OutletEvent event) {
                  return event != OutletEvent::cut ||
                         relay_in(after(state, event)) == hal::Relay::open;
              }),
              "no state may keep the relay closed through a protection cut");
static_assert(for_every_state_and_event([](OutletState state, OutletEvent event) {
                  return event != OutletEvent::ended ||
                         relay_in(after(state, event)) == hal::Relay::open;
              }),
              "an ended session leaves no relay closed");
static_assert(for_every_state_and_event([](OutletState state, OutletEvent event) {
                  const bool closes = relay_in(state) == hal::Relay::open &&
                                      relay_in(after(state, event)) == hal::Relay::closed;
                  return !closes || (state == OutletState::idle && event == OutletEvent::granted);
              }),
              "only a granted start closes a relay, and only on an idle outlet");
static_assert(for_every_state_and_event([](OutletState state, OutletEvent event) {
                  const bool unlocks = state == OutletState::locked_out &&
                                       after(state, event) != OutletState::locked_out;
                  return !unlocks || (event == OutletEvent::reset &&
                                      after(state, event) == OutletState::opening);
              }),
              "a latch is left by a reset only, and then the opening is verified again");
static_assert(for_every_state_and_event([](OutletState state, OutletEvent event) {
                  const bool settles =
                      state != OutletState::idle && after(state, event) == OutletState::idle;
                  return !settles ||
                         (state == OutletState::opening && event == OutletEvent::broken);
              }),
              "an outlet is idle again only after its opening was verified");

}  // namespace ks::core
