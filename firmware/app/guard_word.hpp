#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/base/spsc_ring.hpp"
#include "firmware/core/guard/flow.hpp"
#include "firmware/core/selftest/finding.hpp"

namespace ks::app {

/// The steps of the guard's context around the guard's own.
enum class TickStep : std::uint8_t {
    rest_heard,
    sensed,
    judged,
    outputs_confirmed,
    driven,
    interrupts_watched,
};
inline constexpr std::array tick_steps{TickStep::rest_heard, TickStep::sensed,
                                       TickStep::judged,     TickStep::outputs_confirmed,
                                       TickStep::driven,     TickStep::interrupts_watched};
static_assert(core::tells_every_slip(tick_steps));

/// The steps of one turn of the rest.
enum class TurnStep : std::uint8_t { tested, looked, journalled, wished, talked, told };
inline constexpr std::array turn_steps{TurnStep::tested, TurnStep::looked, TurnStep::journalled,
                                       TurnStep::wished, TurnStep::talked, TurnStep::told};
static_assert(core::tells_every_slip(turn_steps));

inline constexpr core::FlowSignature right_tick = core::flow_of(tick_steps);
inline constexpr core::FlowSignature right_turn = core::flow_of(turn_steps);

/// What the two contexts tell each other about the processor under them. Each ring has one writer;
/// whoever finds one full has been heard well enough.
struct GuardWord {
    // The guard's context speaks.
    SpscRing<core::Finding, 8> findings;
    /// One for each tick.
    SpscRing<Instant, 4> ticks;
    // The rest speaks: one for each whole turn.
    SpscRing<core::FlowSignature, 4> turns;
};

}  // namespace ks::app
