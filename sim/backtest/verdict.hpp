#pragma once

#include "sim/backtest/bench.hpp"

#include <optional>

namespace ks::sim {

/// What became of a curve.
struct CurveOutcome {
    std::vector<GuardDeed> deeds;
    /// When the hazard began, if it did.
    std::optional<Instant> hazard_at;
    double charging_hours;
    /// Of outlet 1.
    std::vector<CurveMinute> minutes;
    std::vector<core::NewsTrace> traces;
};

/// The outcome measured by the curve's label.
struct CurveVerdict {
    enum class Kind : std::uint8_t {
        right,          // nothing was to come, and nothing came
        detected,       // in time
        late,           // the right cause, too late
        missed,         // nothing right came
        never_began,    // the hazard itself did not come about: the curve is wrong
        wrongly_ended,  // the session ended, or went on, as it must not
    };
    Kind kind;
    /// The cut that answered, or how the session ended.
    std::optional<GuardDeed> answer;
    std::optional<Millis> latency;
    /// Cuts that nothing asked for.
    std::vector<GuardDeed> false_trips;

    [[nodiscard]] bool good() const
    {
        return (kind == Kind::right || kind == Kind::detected) && false_trips.empty();
    }
};
[[nodiscard]] std::string_view name_of(CurveVerdict::Kind kind);

[[nodiscard]] CurveOutcome run(const Curve& curve, BacktestBench::Ticking ticking);
[[nodiscard]] CurveVerdict judged(const Curve& curve, const CurveOutcome& outcome);

}  // namespace ks::sim
