#pragma once

#include "sim/plant/si.hpp"

#include <cstdint>

namespace ks::sim {

/// What is wrong with a meter chip.
enum class MeterFault : std::uint8_t {
    none,
    dead,      // silent
    frozen,    // answers with the same numbers for ever
    lying,     // off by a factor
    drifting,  // off by a factor that grows with time
    absurd,    // now and then a frame with a good checksum over values no outlet can have
    forged,    // now and then a believable frame that is not true: 12 A, in phase
    garbled,   // now and then a frame with a wrong checksum
};

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
    /// How often the chip has lost its own supply for a moment since it was made.
    [[nodiscard]] std::uint32_t resets() const { return resets_; }
    /// What was added to its energy counter from outside.
    [[nodiscard]] std::uint32_t pulses_added() const { return pulses_added_; }

    void pass(const Piece& piece);
    /// `factor` is that of a lying meter, or what a drifting one gains in an hour (1.1: a tenth).
    void set_fault(MeterFault fault, double factor)
    {
        fault_ = fault;
        factor_ = fault == MeterFault::drifting ? 1.0 : factor;
        drift_per_second_ = fault == MeterFault::drifting ? (factor - 1.0) / 3600.0 : 0.0;
    }
    void reset_chip() { ++resets_; }
    void add_pulses(std::uint32_t pulses) { pulses_added_ += pulses; }

private:
    Integrals integrals_;
    MeterFault fault_{MeterFault::none};
    double factor_{1.0};
    double drift_per_second_{0.0};
    std::uint32_t resets_{0};
    std::uint32_t pulses_added_{0};
};

/// How much of a sine of this rms value comes through an input that clips at `peak`: the mean
/// square, and the product with an undistorted sine, both as a share of the unclipped ones.
struct Clipped {
    double square_share;
    double product_share;
};
[[nodiscard]] Clipped clipped_sine(Amps rms, Amps peak);

}  // namespace ks::sim
