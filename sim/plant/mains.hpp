#pragma once

#include "firmware/base/instant.hpp"
#include "sim/plant/random.hpp"
#include "sim/plant/si.hpp"

#include <cstdint>
#include <optional>

namespace ks::sim {

inline constexpr Hertz mains_frequency = 50.0;

/// Whether the shed's supply is there at all.
enum class Supply : std::uint8_t { off, on };

/// A train of brown-outs: so many dips a second, each half as long as its period.
struct Dips {
    std::uint16_t per_second = 10;
    Seconds lasts = 60.0;
    double down_to = 0.1;  // of the voltage
};

/// The shed's supply as one post sees it: a voltage that wanders inside a band, sags with what the
/// feeder carries, dips, and is sometimes gone. Beside dips it changes from mains cycle to mains
/// cycle, and not inside one.
class Mains {
public:
    struct Settings {
        Volts nominal = 220.0;  // GB/T 156 low voltage, as a single-phase outlet has it [R]
        double noise = 0.02;    // inferred: ± 2 % around the nominal (docs/sources.md)
        /// Of the feeder, as far as this post shares it with others or has it to itself.
        Ohms feeder = 0.0;
    };

    Mains(Settings settings, Random random) : settings_{settings}, random_{random} {}

    [[nodiscard]] Supply supply() const { return supply_; }
    [[nodiscard]] Volts nominal() const { return settings_.nominal; }
    [[nodiscard]] Volts volts() const;

    void set(Supply supply) { supply_ = supply; }
    /// What the transformer gives instead of the nominal voltage; nothing makes it nominal again.
    void set_level(std::optional<Volts> level) { level_ = level; }
    void start_dips(const Dips& dips, Instant now);
    void end_dips() { dip_ = {}; }
    /// What others draw from the same feeder.
    void set_drawn_elsewhere(Amps amps) { elsewhere_ = amps; }

    /// When a dip next begins or ends.
    [[nodiscard]] std::optional<Instant> moves_at() const { return dip_.edge; }
    void advance_to(Instant now);
    /// Draws the voltage of the next mains cycle; `drawn` is this post's own current. The wander
    /// stays inside [-1, 1] because each step is a mean of two numbers inside it.
    void next_cycle(Amps drawn);

private:
    struct Train {
        std::optional<Instant> edge;
        Instant ends{};
        Millis half_period{};
        double down_to{1.0};
        enum class Phase : std::uint8_t { up, down } phase{Phase::up};
    };

    Settings settings_;
    Random random_;
    double wander_{0.0};
    Supply supply_{Supply::on};
    std::optional<Volts> level_;
    Amps elsewhere_{0.0};
    Amps drawn_{0.0};
    Train dip_;
};

}  // namespace ks::sim
