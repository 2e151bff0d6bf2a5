#pragma once

#include "sim/plant/post.hpp"

#include <cstdint>
#include <variant>

namespace ks::sim {

struct Plug {
    Bike bike;
};
struct Unplug {};
struct Tap {
    std::uint64_t token;
};
struct Inject {
    Fault fault;
};
struct ClearFaults {};
struct InjectPost {
    PostFault fault;
};
struct ClearPostFaults {};
struct MainsAre {
    Supply supply;
};
/// The post's own supply, not that of the outlets: its processor stops between two instructions.
struct PostPower {
    Supply supply;
};

/// As PostPower off, but inside the next write or erase of the post's flash.
struct TornPower {};

/// Anything a scenario, a story or a person at the console can do to a post.
using Action = std::variant<Plug, Unplug, Tap, Inject, ClearFaults, InjectPost, ClearPostFaults,
                            MainsAre, PostPower, TornPower>;

/// An action and where it happens. Posts and outlets count from 1; the outlet is 0 for what
/// concerns the whole post.
struct Deed {
    std::uint16_t post;
    std::uint8_t outlet;
    Action action;
};

}  // namespace ks::sim
