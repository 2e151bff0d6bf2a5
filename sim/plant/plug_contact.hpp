#pragma once

#include "sim/plant/random.hpp"
#include "sim/plant/si.hpp"

#include <cmath>

namespace ks::sim {

/// How a bad plug contact comes and goes.
struct Intermittent {
    /// Changes a minute, makes and breaks together: many times a minute (docs/sources.md,
    /// Charging) up to the 5–50 a second of a fault catalogue of ours.
    double changes_per_minute = 60.0;
    /// Share of the time in which it touches.
    double touches = 0.7;
    /// Share of the passing power that its arcs turn into heat: our choice, a volt or two of the
    /// mean over a half-wave.
    double arc_share = 0.01;
};

/// The plug in its socket: firm, or making and breaking at random. Decided at each mains cycle.
class PlugContact {
public:
    explicit PlugContact(Random random) : random_{random} {}

    [[nodiscard]] bool touches() const { return touches_; }
    [[nodiscard]] double arc_share() const { return bad_.arc_share; }

    void turn_bad(const Intermittent& bad) { bad_ = bad; }
    void turn_firm()
    {
        bad_ = firm;
        touches_ = true;
    }
    void next_cycle(Seconds lasts)
    {
        if (bad_.changes_per_minute == 0.0) return;
        const double stays = touches_ ? bad_.touches : 1.0 - bad_.touches;
        const Seconds mean = 120.0 * stays / bad_.changes_per_minute;
        if (random_.between(0.0, 1.0) < -std::expm1(-lasts / mean)) touches_ = !touches_;
    }

private:
    static constexpr Intermittent firm{.changes_per_minute = 0.0, .touches = 1.0, .arc_share = 0.0};

    Random random_;
    Intermittent bad_{firm};
    bool touches_{true};
};

}  // namespace ks::sim
