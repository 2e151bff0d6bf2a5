#pragma once

#include "firmware/drivers/modbus_rtu.hpp"
#include "sim/chips/modbus_bus.hpp"

#include <map>

namespace ks::drivers {

/// The master and a wire with slaves, joined as the post joins them: every `turn`, bytes first,
/// then the next action.
struct ModbusRig {
    static constexpr ModbusRtu::Setup setup{.baud = ModbusBaud::at_9600, .response = Millis{100}};

    Instant now{};
    Millis turn{5};
    ModbusRtu bus{setup};
    sim::ModbusBus wire{9'600};
    struct Told {
        Instant at;
        ModbusWords words;
    };
    std::map<SlaveAddress, std::vector<Told>> told;
    std::vector<std::vector<std::byte>> sent;

    /// Adds the slave to the wire and to the plan: one input register at 0 that holds its address.
    sim::ModbusSlave& add(SlaveAddress address)
    {
        return add(address, {.slave = address,
                             .function = ModbusFunction::read_input_registers,
                             .first = 0,
                             .count = 1});
    }
    sim::ModbusSlave& add(SlaveAddress address, const ModbusRtu::Poll& poll)
    {
        check(bus.add(poll).ok());
        sim::ModbusSlave slave{address};
        for (std::uint16_t at = 0; at < 12; ++at) {
            slave.set_input(at, address);
            slave.set_holding(at, address);
        }
        return wire.slave(wire.attach(slave));
    }

    void run_for(Millis time)
    {
        for (const auto until = now + time; now < until;) {
            now = now + turn;
            wire.advance_to(now);
            std::array<std::byte, 64> chunk;
            while (const auto count = wire.receive(chunk)) {
                bus.feed(Bytes{chunk}.first(count), now);
                note();
            }
            const auto action = bus.next(now);
            if (const auto* send = std::get_if<ModbusRtu::Send>(&action)) {
                sent.push_back({send->bytes.begin(), send->bytes.end()});
                wire.send(send->bytes);
            }
        }
    }
    void note()
    {
        if (const auto heard = bus.take())
            told[heard->slave].push_back({.at = heard->at, .words = heard->words});
    }
    /// The longest that this slave was not heard, from its first answer to now.
    [[nodiscard]] Millis longest_gap(SlaveAddress slave) const
    {
        Millis longest{};
        const auto& all = told.at(slave);
        for (std::size_t i = 1; i < all.size(); ++i)
            longest = std::max(longest, all[i].at - all[i - 1].at);
        return std::max(longest, now - all.back().at);
    }
};

}  // namespace ks::drivers
