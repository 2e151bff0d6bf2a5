#pragma once

#include "firmware/core/guard/news.hpp"

namespace ks::core {

/// One running session as the rest sees it: who started it, and the step of its curve now being
/// gathered.
struct RunningSession {
    protocol::SessionId session;
    protocol::CardToken card;
    protocol::CommandId command;
    Millis time_limit;
    MilliwattHours energy_limit;
    Instant started;
    Instant step_from;
    MilliwattHours energy;
    Milliwatts lowest;
    Milliwatts highest;
    std::int64_t power_sum;
    std::uint32_t readings;
};

/// The sessions of all outlets, in RAM; the vault remembers which were open.
class SessionBook {
public:
    /// A step of the curve (our choice: a minute, as the field's finest running report is five).
    static constexpr Millis step{60'000};

    [[nodiscard]] RunningSession* find(protocol::OutletNumber outlet, protocol::SessionId session);
    void open(protocol::OutletNumber outlet, const RunningSession& session);
    void close(protocol::OutletNumber outlet);

    /// Takes a reading into the current step.
    void observe(protocol::OutletNumber outlet, protocol::SessionId session,
                 const protocol::OutletReading& reading);

    /// The step, when it is whole; a new one begins at `now`.
    [[nodiscard]] std::optional<protocol::SessionProgressed>
    take_step(protocol::OutletNumber outlet, Instant now);

private:
    std::array<std::optional<RunningSession>, protocol::outlet_limit> sessions_{};
};

}  // namespace ks::core
