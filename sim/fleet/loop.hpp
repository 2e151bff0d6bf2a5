#pragma once

#include "sim/fleet/control_server.hpp"
#include "sim/fleet/fleet.hpp"

#include <optional>

namespace ks::sim {

/// Runs a fleet in real time on one thread: a pass every tick of the guard, and control lines in
/// between. It owns the only clock of the simulator.
///
/// When the machine is too busy for a pass in time, the posts' clocks stand still for what is
/// missing beyond `step_most`: no post may take the host's trouble for its own and open everything.
class Loop {
public:
    /// Half of what D16 allows a guard to be silent.
    static constexpr Millis step_most{50};

    struct Figures {
        std::uint64_t passes;
        /// The longest real time between two passes.
        Millis pass_gap_most;
        /// By how much the posts' clocks fell behind.
        Millis clock_lost;
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
    Instant now_{};  // of the posts
    std::int64_t passed_us_;
    Figures figures_{};
    std::int64_t busy_us_{0};
    std::int64_t started_us_;
};

}  // namespace ks::sim
