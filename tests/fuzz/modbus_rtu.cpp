// Any bytes as the answers of a bus full of slaves. Nothing is ever heard that no good frame said,
// nothing that arrives stops the master from asking on, and slaves that answer well again are heard
// again.

#include "firmware/drivers/modbus_rtu.hpp"

namespace {

using namespace ks;
using namespace ks::drivers;

constexpr SlaveAddress slaves = 6;

struct Bench {
    ModbusRtu bus{{.baud = ModbusBaud::at_9600, .response = Millis{100}}};
    Instant now{};
    std::size_t heard{0};

    Bench()
    {
        for (SlaveAddress slave = 1; slave <= slaves; ++slave) {
            const bool bits = slave % 2 == 0;
            check(bus.add({.slave = slave,
                           .function = bits ? ModbusFunction::read_discrete_inputs
                                            : ModbusFunction::read_input_registers,
                           .first = slave,
                           .count = slave})
                      .ok());
        }
    }
    void take()
    {
        const auto news = bus.take();
        if (!news) return;
        ++heard;
        check(news->slave >= 1 && news->slave <= slaves && news->at == now);
        check(news->words.size() == (news->slave % 2 == 0 ? 1U : news->slave));
    }
    /// The next question. The longest rest of an absent slave is the longest wait.
    Bytes question()
    {
        const auto patience = now + ModbusRtu::rest_most + Millis{1'000};
        while (now < patience) {
            const auto action = bus.next(now);
            if (const auto* send = std::get_if<ModbusRtu::Send>(&action)) return send->bytes;
            const auto until = std::get<ModbusRtu::Wait>(action).until;
            check(until > now);
            now = until;
        }
        check(false);
        return {};
    }
    void answer_well()
    {
        const auto asked = question();
        const auto slave = std::to_integer<std::uint8_t>(asked[0]);
        FixedBytes<modbus_answer_most> answer;
        ByteWriter writer{answer.raw()};
        writer.put(asked.first(2));
        if (std::to_integer<std::uint8_t>(asked[1]) > 4) {
            writer.put(asked.subspan(2, 4));
        } else {
            const auto size = slave % 2 == 0 ? 1U : slave * 2U;
            writer.u8(static_cast<std::uint8_t>(size));
            for (std::size_t i = 0; i < size; ++i)
                writer.u8(slave);
        }
        writer.u16_le(crc16_modbus(writer.written()));
        answer.resize(writer.size());
        now = now + Millis{20};
        bus.feed(answer.view(), now);
        take();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Bench bench;
    ByteReader input{std::as_bytes(std::span{data, size})};

    // A byte says what comes: an answer of so many of the next bytes, a good answer, a write, or
    // bytes that nobody asked for.
    while (!input.at_end()) {
        const auto what = input.u8();
        const auto length = std::min<std::size_t>(what & 31U, input.left());
        if (what >= 0xE0) {
            static_cast<void>(bench.bus.write({.slave = static_cast<SlaveAddress>(what & 7U),
                                               .function = ModbusFunction::write_multiple_registers,
                                               .first = 0,
                                               .count = 1,
                                               .words = {what}}));
        } else if (what >= 0xC0) {
            bench.answer_well();
        } else {
            if (what < 0x80) static_cast<void>(bench.question());
            bench.bus.feed(input.take(length), bench.now);
            bench.take();
        }
    }

    const auto before = bench.heard;
    // The longest rest passes, and then there are rounds enough to find all six.
    for (int i = 0; i < 100; ++i) {
        bench.now = bench.now + Millis{1'000};
        bench.answer_well();
    }
    check(bench.heard >= before + slaves);
    for (SlaveAddress slave = 1; slave <= slaves; ++slave)
        check(bench.bus.presence(slave) == ModbusRtu::Presence::answering);
    return 0;
}
