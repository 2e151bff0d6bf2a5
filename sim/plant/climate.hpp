#pragma once

#include "firmware/base/instant.hpp"
#include "sim/plant/si.hpp"

namespace ks::sim {

/// The weather around a post, as a course over the day: the air, and how much hotter the sun makes
/// an unshaded cabinet. All figures are our choice; no source we read measured a shed.
struct Climate {
    Celsius mean = 20.0;
    double swing = 0.0;              // kelvin above and below the mean; warmest at 15 o'clock
    double sun = 0.0;                // kelvin at noon
    Seconds begins = 12.0 * 3600.0;  // time of day at the plant's instant 0

    [[nodiscard]] Celsius air(Instant now) const;
    [[nodiscard]] double sun_gain(Instant now) const;
};

inline constexpr Climate mild_climate{};
/// A steel cabinet at a south wall in a heat wave: the kind that made vendors switch their
/// over-temperature trips off (docs/sources.md, Posts in the field).
inline constexpr Climate hot_summer{.mean = 33.0, .swing = 6.0, .sun = 16.0, .begins = 43'200.0};
inline constexpr Climate hard_winter{.mean = -12.0, .swing = 6.0, .sun = 4.0, .begins = 43'200.0};

/// The air inside the post's cabinet: the weather, the sun, and what relays and supply lose in it.
class Cabinet {
public:
    struct Settings {
        Climate climate = mild_climate;
        double kelvin_per_watt = 0.8;  // our choice: a vented steel box of 40 × 60 × 20 cm
        Seconds time_constant = 1800.0;
        Watts electronics = 3.0;  // our choice: processor, modem, meters
    };

    explicit Cabinet(Settings settings);

    [[nodiscard]] Celsius temperature() const { return temperature_; }
    [[nodiscard]] const Climate& climate() const { return settings_.climate; }
    /// The time constant counts from here on; a heat wave does not arrive in a second.
    void set_climate(const Climate& climate) { settings_.climate = climate; }
    /// `losses` of the coils and contacts; fire or a hair dryer count as well.
    void advance(Instant now, Seconds lasts, Watts losses);

private:
    Settings settings_;
    Celsius temperature_;
};

}  // namespace ks::sim
