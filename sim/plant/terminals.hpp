#pragma once

#include "sim/plant/si.hpp"

#include <cstdint>

namespace ks::sim {

/// What is wrong with a meter chip: silent, answering with the same numbers for ever, or off by a
/// factor.
enum class MeterFault : std::uint8_t { none, dead, frozen, lying };

/// One piece of time in which nothing at an outlet changes.
struct Piece {
    Seconds lasts;
    Volts volts;
    Amps amps;
    Watts watts;
    /// What a switch-on burst adds, in A²s; it is over within the piece.
    double inrush;
};

/// What the shunt and the divider of one meter have been given since power-up, as running
/// integrals. A chip keeps its own marks and takes differences, so it sees exactly what passed,
/// however the owner cuts time.
class MeterTerminals {
public:
    /// 42 mV peak over 1 mΩ: beyond it the chip's input clips (BL0942 data sheet V1.10).
    static constexpr Amps peak_limit = 42.0;

    struct Integrals {
        double volt_squared{0.0};
        double amp_squared{0.0};
        /// As amp_squared, but with the bursts that only the fast path is quick enough to see.
        double fast_amp_squared{0.0};
        Joules energy{0.0};
    };

    [[nodiscard]] const Integrals& integrals() const { return integrals_; }
    [[nodiscard]] MeterFault fault() const { return fault_; }
    /// What a lying meter multiplies current and power with; 1 otherwise.
    [[nodiscard]] double factor() const { return factor_; }

    void pass(const Piece& piece);
    void set_fault(MeterFault fault, double factor)
    {
        fault_ = fault;
        factor_ = factor;
    }

private:
    Integrals integrals_;
    MeterFault fault_{MeterFault::none};
    double factor_{1.0};
};

/// How much of a sine of this rms value comes through an input that clips at `peak`: the mean
/// square, and the product with an undistorted sine, both as a share of the unclipped ones.
struct Clipped {
    double square_share;
    double product_share;
};
[[nodiscard]] Clipped clipped_sine(Amps rms, Amps peak);

}  // namespace ks::sim
