#pragma once

#include "firmware/hal/relay.hpp"
#include "firmware/hal/sample.hpp"

#include <array>
#include <cstddef>

namespace ks::hal {

/// The post's supervised inputs. Each is a contact at the end of a monitored loop.
enum class PostInput : std::uint8_t {
    smoke,
    heat,
    water,
    emergency,     // the emergency button
    extinguisher,  // an extinguisher was taken or has gone off
    enclosure,     // the post was opened
    tilt,          // the post was hit or leans
    group,         // the line that a group of posts shares: one of them cut for fire
};
inline constexpr std::size_t post_input_count = 8;

/// What a monitored loop says. A broken or shorted wire is a fault and never «quiet».
enum class InputState : std::uint8_t { quiet, active, fault, absent };

/// The chip's own over-current pin, latched by an interrupt since it was last looked at.
enum class OvercurrentPin : std::uint8_t { quiet, raised };

/// The line that the posts of a group share: whoever pulls it cuts them all.
enum class GroupLine : std::uint8_t { released, pulled };

/// Residual-current monitors: one for each circuit of outlets behind its own RCD.
inline constexpr std::size_t circuits_most = 4;

/// What a residual-current monitor says: milliamperes, or nothing when it failed its own test.
using Residual = std::optional<Milliamps>;

/// Whether a meter that answers still says what it was told when it was set up. One that does not
/// gives no samples: its scale is not known.
enum class MeterSetUp : std::uint8_t { held, lost };

/// What the guard learns of one outlet at a tick.
struct OutletInputs {
    /// Fresh since the tick before.
    std::optional<Sample> sample;
    Temperature contact;
    OvercurrentPin pin{OvercurrentPin::quiet};
    /// Read back from the coil's driver: what the relay is really told.
    Relay coil{Relay::open};
    MeterSetUp set_up{MeterSetUp::held};
};

/// What the guard learns of the post itself at a tick.
struct PostInputs {
    std::array<InputState, post_input_count> inputs{};
    /// How many circuits have a monitor, and how many outlets each holds, counted from outlet 1.
    std::uint8_t circuits{0};
    std::uint8_t outlets_per_circuit{5};
    std::array<Residual, circuits_most> residual{};
    Temperature cabinet;
    /// The post's own rail behind its supply.
    Millivolts rail;
    Relay contactor_coil{Relay::open};

    [[nodiscard]] constexpr InputState input(PostInput which) const
    {
        return inputs[static_cast<std::size_t>(which)];
    }
};

}  // namespace ks::hal
