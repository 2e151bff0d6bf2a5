#pragma once

#include "firmware/base/quantity.hpp"
#include "sim/plant/si.hpp"

#include <cmath>
#include <cstdint>

namespace ks::sim {

/// What feeds the post's own supply: the mains of its outlets, or something that outlasts them.
enum class RailFeed : std::uint8_t { buffered, mains };

/// The post's own rail behind its supply: 12 V that droop while the supply's capacitors give out
/// and are gone soon after.
class Rail {
public:
    struct Settings {
        RailFeed feed = RailFeed::buffered;
        Seconds hold_up = 0.02;  // 0–30 ms are asked of us (F-001)
    };
    static constexpr Volts nominal = 12.0;
    /// A universal input lets go below this [R].
    static constexpr Volts supply_runs_from = 85.0;

    explicit Rail(Settings settings) : settings_{settings} {}

    [[nodiscard]] Volts volts() const { return volts_; }
    [[nodiscard]] Millivolts read() const
    {
        return Millivolts{static_cast<std::int32_t>(std::lround(volts_ * 1000.0))};
    }
    void set_feed(RailFeed feed) { settings_.feed = feed; }
    /// A supply that gives less than it should; `nominal` again when it is sound.
    void set_level(Volts level) { level_ = level; }

    void advance(Seconds lasts, Volts mains)
    {
        const bool fed = settings_.feed == RailFeed::buffered || mains >= supply_runs_from;
        starved_for_ = fed ? 0.0 : starved_for_ + lasts;
        if (fed) {
            volts_ = level_;
        } else if (starved_for_ <= settings_.hold_up) {
            // Our choice: two thirds are left when the capacitors are spent.
            volts_ = level_ * (1.0 - starved_for_ / settings_.hold_up / 3.0);
        } else {
            const Seconds after = starved_for_ - settings_.hold_up;
            volts_ = level_ * 2.0 / 3.0 * std::exp(-after / 0.005);
        }
    }

private:
    Settings settings_;
    Volts level_{nominal};
    Volts volts_{nominal};
    Seconds starved_for_{0.0};
};

}  // namespace ks::sim
