#pragma once

#include "sim/fleet/control_server.hpp"
#include "sim/fleet/fleet.hpp"

#include <optional>

namespace ks::sim {

/// Runs a fleet in real time on one thread: a pass every tick of the guard, and control lines in
/// between. It owns the only clock of the simulator.
class Loop {
public:
    struct Figures {
        std::uint64_t passes;
        /// The longest time between two passes: how late a guard was at worst.
        Millis pass_gap_most;
        /// Time spent inside passes, of which a second has a thousand.
        double busy_share;
    };

    /// SIGINT and SIGTERM end it; they are blocked from here on. Throws `Trouble`.
    Loop(Fleet& fleet, ControlServer* control);

    /// Until a signal comes or the time is over.
    Figures run(std::optional<Millis> lasts);

private:
    enum class Going : std::uint8_t { on, ended };

    void watch(int descriptor);
    [[nodiscard]] Going turn();
    void pass();

    Fleet* fleet_;
    ControlServer* control_;
    Descriptor epoll_;
    Descriptor timer_;
    Descriptor signals_;
    Instant now_{};
    Figures figures_{};
    std::int64_t busy_us_{0};
    std::int64_t started_us_;
};

}  // namespace ks::sim
