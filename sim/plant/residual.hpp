#pragma once

#include "firmware/hal/inputs.hpp"
#include "sim/plant/si.hpp"

#include <cmath>

namespace ks::sim {

/// What is wrong with a residual-current monitor: it fails its own test, or shows the same for
/// ever.
enum class ResidualFault : std::uint8_t { none, failed, stuck };

/// The monitor of one circuit: the sum of what its outlets lose to earth.
class ResidualMonitor {
public:
    [[nodiscard]] Amps flows() const { return flows_; }
    [[nodiscard]] ResidualFault fault() const { return fault_; }
    [[nodiscard]] hal::Residual read() const
    {
        if (fault_ == ResidualFault::failed) return std::nullopt;
        const Amps shown = fault_ == ResidualFault::stuck ? stuck_at_ : flows_;
        return Milliamps{static_cast<std::int32_t>(std::lround(shown * 1000.0))};
    }

    void see(Amps flows) { flows_ = flows; }
    void fail(ResidualFault fault)
    {
        fault_ = fault;
        stuck_at_ = flows_;
    }

private:
    Amps flows_{0.0};
    Amps stuck_at_{0.0};
    ResidualFault fault_{ResidualFault::none};
};

}  // namespace ks::sim
