#pragma once

#include "firmware/boards/host/tcp_line.hpp"
#include "sim/chips/modbus_slave.hpp"
#include "sim/fleet/processor_fault.hpp"
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

/// What lies between the post's modem and the network.
struct AirIs {
    host::TcpLine::Air air;
};

/// Of the post's processor, or of what runs on it. ClearPostFaults mends it too.
struct BreakProcessor {
    ProcessorFault fault;
};

/// As PostPower off, but inside the next write or erase of the post's flash.
struct TornPower {};

/// What a sensor on the post's bus has before it: a bike, smoke, heat, an open barrier, or nothing.
struct SensorSees {
    hal::SensorKind kind;
    hal::Place place;
    hal::Finding finding;
};
/// A tag is at the reader of that bay; 0 takes it away.
struct TagNear {
    hal::Place place;
    std::uint64_t tag;
};
struct SlaveSuffers {
    std::uint8_t address;
    SlaveFault fault;
};

/// Anything a scenario, a story or a person at the console can do to a post.
using Action =
    std::variant<Plug, Unplug, Tap, Inject, ClearFaults, InjectPost, ClearPostFaults, MainsAre,
                 PostPower, TornPower, AirIs, BreakProcessor, SensorSees, TagNear, SlaveSuffers>;

/// An action and where it happens. Posts and outlets count from 1; the outlet is 0 for what
/// concerns the whole post.
struct Deed {
    std::uint16_t post;
    std::uint8_t outlet;
    Action action;
};

}  // namespace ks::sim
