#pragma once

#include "firmware/drivers/bl0942.hpp"
#include "firmware/hal/inputs.hpp"
#include "sim/chips/bl0942.hpp"

namespace ks::sim {

/// One meter chip asked over its own bytes, without the time they take on a wire: the registers,
/// the packet and the driver's decoding are those that ship.
class MeterTap {
public:
    explicit MeterTap(const MeterTerminals& wires) : wires_{&wires} {}

    /// As the driver sets a chip up, and sets it up again within five seconds of its restart.
    void set_up(Instant now);
    void measure(Instant now);
    [[nodiscard]] std::optional<hal::Sample> ask(Instant now);
    [[nodiscard]] hal::OvercurrentPin pin() const
    {
        return chip_.overcurrent_pin() ? hal::OvercurrentPin::raised : hal::OvercurrentPin::quiet;
    }

private:
    void write(Instant now, drivers::MeterRegister to, std::uint32_t value);

    MeterTerminals const* wires_;
    Bl0942 chip_{0, Bl0942::BaudPin::at_9600};
    std::uint32_t resets_seen_{0};
    std::optional<Instant> set_up_at_;
};

}  // namespace ks::sim
