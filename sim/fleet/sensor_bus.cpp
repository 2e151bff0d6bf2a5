#include "sim/fleet/sensor_bus.hpp"

namespace ks::sim {

SensorBus::SensorBus(const drivers::SlaveTable& table) : table_{table}
{
    for (const auto& row : table_.rows)
        static_cast<void>(bus_.attach(modbus_sensor(row.kind, row.address)));
}

ModbusSlave* SensorBus::sensor(hal::SensorKind kind, hal::Place place)
{
    for (std::size_t i = 0; i < table_.rows.size(); ++i)
        if (table_.rows[i].kind == kind && table_.rows[i].place == place) return &bus_.slave(i);
    return nullptr;
}

ModbusSlave* SensorBus::slave(drivers::SlaveAddress address)
{
    for (std::size_t i = 0; i < table_.rows.size(); ++i)
        if (table_.rows[i].address == address) return &bus_.slave(i);
    return nullptr;
}

void SensorBus::speak(host::SerialWire& wire, Instant now)
{
    bus_.advance_to(now);
    std::array<std::byte, 64> heard;
    for (auto count = bus_.receive(heard); count > 0; count = bus_.receive(heard))
        wire.to_post.insert(wire.to_post.end(), heard.begin(),
                            heard.begin() + static_cast<std::ptrdiff_t>(count));
}

void SensorBus::hear(host::SerialWire& wire)
{
    bus_.send(wire.from_post);
    wire.from_post.clear();
}

void SensorBus::cut(Instant now)
{
    bus_.advance_to(now);
    bus_.power_cycle();
}

}  // namespace ks::sim
