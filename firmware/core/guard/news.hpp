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

/// The relay was told to close for this session: a closed relay is a session, whatever it draws.
struct NewsStarted {
    Instant at;
    protocol::OutletNumber outlet;
    protocol::SessionId session;
    protocol::StartMeans means;
};

/// Told once the opening has been verified, or judged to have failed, so that `energy` holds all
/// that flowed; `elapsed` ends when the relay was told to open.
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

/// `ticket` is 0 for what was over by itself.
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

/// Why a trip was, for whoever asks. One that finds no room is lost; the trip itself never is.
struct NewsTrace {
    Instant at;
    protocol::TripTrace trace;
};

/// How a session's power went over the time `over`, which ends with these readings and began with
/// the readings before. Powers are magnitudes.
struct Course {
    Millis elapsed;
    Milliwatts peak;  // of the whole session
    Millis over;
    Milliwatts lowest;
    Milliwatts mean;
    Milliwatts highest;
};

/// All outlets at one moment. The guard offers one every second and at every change of state; the
/// rest takes the newest and misses some without harm. Whoever folds the courses takes them all.
struct Readings {
    Instant at;
    protocol::Telemetry frame;
    protocol::PostReading post;
    std::array<protocol::SessionId, protocol::outlet_limit> sessions;
    std::array<Course, protocol::outlet_limit> courses;
};

}  // namespace ks::core
