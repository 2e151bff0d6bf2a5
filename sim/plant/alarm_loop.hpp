#pragma once

#include "firmware/hal/inputs.hpp"
#include "sim/plant/random.hpp"
#include "sim/plant/si.hpp"

namespace ks::sim {

/// What makes a supervised input say what it says.
enum class LoopIs : std::uint8_t {
    sound,        // it follows its sensor
    active,       // someone pressed, opened, flooded, leaned
    flapping,     // comes and goes a few times a second, as a contact in the wind
    stuck,        // active for ever, whatever its sensor does
    stuck_quiet,  // never active again; nothing electrical tells it
    wire_broken,
    wire_shorted,
    absent,  // never fitted
};

/// One supervised input with its wire.
class AlarmLoop {
public:
    explicit AlarmLoop(Random random) : random_{random} {}

    void set(LoopIs is) { is_ = is; }
    [[nodiscard]] LoopIs is() const { return is_; }
    /// `lasts` of the mains cycle that begins. It flaps about three times a second, our choice.
    void next_cycle(Seconds lasts)
    {
        if (is_ == LoopIs::flapping && random_.between(0.0, 1.0) < 3.0 * lasts) up_ = !up_;
    }
    /// What the sensor at its end has seen.
    enum class Sensor : std::uint8_t { silent, speaks };
    [[nodiscard]] hal::InputState state(Sensor sensor) const
    {
        using enum hal::InputState;
        switch (is_) {
        case LoopIs::sound: return sensor == Sensor::speaks ? active : quiet;
        case LoopIs::active:
        case LoopIs::stuck: return active;
        case LoopIs::flapping: return up_ ? active : quiet;
        case LoopIs::stuck_quiet: return quiet;
        case LoopIs::wire_broken:
        case LoopIs::wire_shorted: return fault;
        case LoopIs::absent: return hal::InputState::absent;
        }
        return fault;
    }

private:
    Random random_;
    LoopIs is_{LoopIs::sound};
    bool up_{true};
};

}  // namespace ks::sim
