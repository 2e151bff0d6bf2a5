#pragma once

#include "sim/chips/modbus_bus.hpp"

namespace ks::test {

/// The post's end of the wire on which its sensors hang, and no more of a board.
struct WireBoard {
    sim::ModbusBus wire{9'600};

    std::size_t bus_send(Bytes out)
    {
        wire.send(out);
        return out.size();
    }
    std::size_t bus_receive(std::span<std::byte> in) { return wire.receive(in); }
};

}  // namespace ks::test
