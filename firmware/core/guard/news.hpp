#pragma once

#include "firmware/core/guard/wish.hpp"
#include "firmware/protocol/record.hpp"

// What the guard tells the rest. Nothing told is ever lost: what does not fit the ring is told
// again on a later tick, trips first.
namespace ks::core {

struct NewsState {
    Instant at;
    protocol::OutletNumber outlet;
    protocol::OutletState from;
    protocol::OutletState to;
};

/// The outlet was judged to be charging for this session.
struct NewsStarted {
    Instant at;
    protocol::OutletNumber outlet;
    protocol::SessionId session;
};

struct NewsEnded {
    Instant at;
    protocol::OutletNumber outlet;
    protocol::SessionId session;
    protocol::EndReason reason;
    Millis elapsed;
    MilliwattHours energy;
    Milliwatts peak;
};

struct NewsTripped {
    Instant at;
    protocol::Tripped trip;
};

struct NewsCleared {
    Instant at;
    protocol::OutletNumber outlet;
    protocol::TripCause cause;
    Ticket ticket;
};

struct NewsAnswer {
    Instant at;
    Ticket ticket;
    protocol::CommandOutcome outcome;
};

using News = std::variant<NewsState, NewsStarted, NewsEnded, NewsTripped, NewsCleared, NewsAnswer>;

/// All outlets at one moment. The guard offers one every second and at every change of state; the
/// rest takes the newest and misses some without harm.
struct Readings {
    Instant at;
    protocol::Telemetry frame;
    std::array<protocol::SessionId, protocol::outlet_limit> sessions;
};

}  // namespace ks::core
