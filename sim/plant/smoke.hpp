#pragma once

#include "sim/plant/random.hpp"
#include "sim/plant/si.hpp"

#include <cmath>

namespace ks::sim {

/// The smoke at the post's detector, in units of what makes it speak, and the detector itself. Near
/// its threshold a detector flaps, because smoke comes in clouds.
class SmokeDetector {
public:
    static constexpr double speaks_from = 1.0;
    static constexpr double silent_below = 0.8;  // our choice of its hysteresis
    static constexpr double clouds = 0.3;        // our choice
    static constexpr Seconds clears_in = 120.0;  // our choice: an open shed's air

    explicit SmokeDetector(Random random) : random_{random} {}

    [[nodiscard]] double density() const { return density_; }
    [[nodiscard]] bool speaks() const { return speaks_; }

    void advance(Seconds lasts, double smoke_per_second)
    {
        if (density_ == 0.0 && smoke_per_second == 0.0) return;
        density_ += smoke_per_second * lasts;
        density_ *= std::exp(-lasts / clears_in);
        if (smoke_per_second == 0.0 && density_ < 1e-3) density_ = 0.0;
    }
    void next_cycle()
    {
        if (density_ == 0.0) {
            speaks_ = false;
            return;
        }
        cloud_ = 0.9 * cloud_ + 0.1 * random_.between(-1.0, 1.0);
        const double seen = density_ * (1.0 + clouds * 3.0 * cloud_);
        if (seen >= speaks_from) speaks_ = true;
        if (seen < silent_below) speaks_ = false;
    }

private:
    Random random_;
    double density_{0.0};
    double cloud_{0.0};
    bool speaks_{false};
};

}  // namespace ks::sim
