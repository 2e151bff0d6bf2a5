#include "sim/plant/terminals.hpp"

#include <cmath>
#include <numbers>

namespace ks::sim {

Clipped clipped_sine(Amps rms, Amps peak)
{
    const Amps top = rms * std::numbers::sqrt2;
    if (top <= peak) return {.square_share = 1.0, .product_share = 1.0};
    // A quarter wave: the sine up to the angle where it meets the limit, the limit after it.
    const double angle = std::asin(peak / top);
    const double sine_part = angle / 2.0 - std::sin(2.0 * angle) / 4.0;
    const double flat = std::numbers::pi / 2.0 - angle;
    const double square = sine_part + (peak / top) * (peak / top) * flat;
    const double product = sine_part + (peak / top) * std::cos(angle);
    constexpr double whole_quarter = std::numbers::pi / 4.0;
    return {.square_share = square / whole_quarter, .product_share = product / whole_quarter};
}

void MeterTerminals::pass(const Piece& piece)
{
    factor_ += drift_per_second_ * piece.lasts;
    integrals_.volt_squared += piece.volts * piece.volts * piece.lasts;
    if (piece.amps == 0.0) return;
    const auto clipped = clipped_sine(piece.amps, peak_limit);
    const double square = piece.amps * piece.amps * clipped.square_share * piece.lasts;
    integrals_.amp_squared += square;
    integrals_.fast_amp_squared += square + piece.inrush;
    integrals_.energy += piece.watts * clipped.product_share * piece.lasts;
}

}  // namespace ks::sim
