#pragma once

#include "sim/plant/random.hpp"
#include "sim/plant/si.hpp"

#include <cstdint>

namespace ks::sim {

inline constexpr Hertz mains_frequency = 50.0;

/// Whether the shed's supply is there at all.
enum class Supply : std::uint8_t { off, on };

/// The shed's supply as one post sees it: a voltage that wanders inside a band, and is sometimes
/// gone. It changes from mains cycle to mains cycle, and not inside one.
class Mains {
public:
    struct Settings {
        Volts nominal = 220.0;  // GB/T 156 low voltage, as a single-phase outlet has it [R]
        double noise = 0.02;    // inferred: ± 2 % around the nominal (docs/sources.md)
    };

    Mains(Settings settings, Random random) : settings_{settings}, random_{random} {}

    [[nodiscard]] Supply supply() const { return supply_; }
    [[nodiscard]] Volts nominal() const { return settings_.nominal; }
    [[nodiscard]] Volts volts() const
    {
        return supply_ == Supply::on ? settings_.nominal * (1.0 + settings_.noise * wander_) : 0.0;
    }

    void set(Supply supply) { supply_ = supply; }

    /// Draws the voltage of the next mains cycle. The wander stays inside [-1, 1] because each
    /// step is a mean of two numbers inside it.
    void next_cycle() { wander_ = 0.8 * wander_ + 0.2 * random_.between(-1.0, 1.0); }

private:
    Settings settings_;
    Random random_;
    double wander_{0.0};
    Supply supply_{Supply::on};
};

}  // namespace ks::sim
