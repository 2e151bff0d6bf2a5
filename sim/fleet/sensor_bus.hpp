#pragma once

#include "firmware/boards/host/host_board.hpp"
#include "firmware/drivers/slave_table.hpp"
#include "sim/chips/modbus_bus.hpp"

namespace ks::sim {

/// What hangs on a post's RS-485 line, and the wire itself. Sensors have a supply of their own.
class SensorBus {
public:
    /// As it is when the table says so: one slave for each row, at rest.
    explicit SensorBus(const drivers::SlaveTable& table);

    /// Nothing when no such sensor was mounted.
    [[nodiscard]] ModbusSlave* sensor(hal::SensorKind kind, hal::Place place);
    [[nodiscard]] ModbusSlave* slave(drivers::SlaveAddress address);

    /// Gives the post what has arrived by now.
    void speak(host::SerialWire& wire, Instant now);
    /// Takes what the post has sent.
    void hear(host::SerialWire& wire);
    /// The post's end of the line has lost its power.
    void cut(Instant now);

private:
    drivers::SlaveTable table_;
    ModbusBus bus_{9'600};  // app::no_fittings
};

}  // namespace ks::sim
