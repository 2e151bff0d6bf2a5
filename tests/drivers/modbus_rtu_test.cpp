#include "tests/drivers/modbus_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::drivers;
using Presence = ModbusRtu::Presence;

namespace {

constexpr ModbusQuestion tell(SlaveAddress slave, std::uint16_t message)
{
    return {.slave = slave,
            .function = ModbusFunction::write_single_register,
            .first = 0,
            .count = 1,
            .words = {message}};
}

}  // namespace

TEST_CASE("a full bus of slaves is polled in turn, each with its own answer",
          "[drivers][modbusrtu][unit]")
{
    ModbusRig rig;
    for (SlaveAddress address = 1; address <= modbus_slaves_most; ++address)
        rig.add(address);
    rig.run_for(30_s);

    for (SlaveAddress address = 1; address <= modbus_slaves_most; ++address) {
        CAPTURE(int{address});
        REQUIRE(rig.told[address].size() > 10);
        CHECK(rig.told[address].back().words[0] == address);
        CHECK(rig.bus.presence(address) == Presence::answering);
        CHECK(rig.bus.errors(address).unanswered == 0);
        // Measured: 24 slaves at 9,600 baud that think 3 ms, in turns of 5 ms.
        CHECK(rig.longest_gap(address) <= 1'100_ms);
    }
    CHECK(rig.bus.stray_bytes() == 0);
}

TEST_CASE("absent slaves do not starve the present ones, however many they are",
          "[drivers][modbusrtu][budget]")
{
    ModbusRig few;
    ModbusRig many;
    for (SlaveAddress address = 1; address <= 4; ++address) {
        few.add(address);
        many.add(address);
    }
    few.add(5).suffer(sim::SlaveFault::silent);
    for (SlaveAddress address = 5; address <= modbus_slaves_most; ++address)
        many.add(address).suffer(sim::SlaveFault::silent);

    few.run_for(120_s);
    many.run_for(10_s);  // the first round finds out who is there
    many.told.clear();
    many.run_for(120_s);

    for (SlaveAddress address = 1; address <= 4; ++address) {
        CAPTURE(int{address});
        CHECK(many.longest_gap(address) <= ModbusRtu::worst_period(ModbusRig::setup, 4, 20));
        // One question to one absent slave is all that they cost in a round.
        CHECK(many.longest_gap(address) <=
              few.longest_gap(address) + ModbusRtu::exchange_most(ModbusRig::setup));
    }
    CHECK(many.bus.presence(24) == Presence::absent);
}

TEST_CASE("the worst poll period is kept when every slave needs its second try",
          "[drivers][modbusrtu][budget]")
{
    ModbusRig rig;
    for (SlaveAddress address = 1; address <= 8; ++address)
        rig.add(address).spoil_each(2);
    for (SlaveAddress address = 9; address <= 16; ++address)
        rig.add(address).suffer(sim::SlaveFault::silent);
    rig.run_for(20_s);
    rig.told.clear();
    rig.run_for(120_s);

    for (SlaveAddress address = 1; address <= 8; ++address) {
        CAPTURE(int{address});
        CHECK(rig.bus.presence(address) == Presence::answering);
        CHECK(rig.longest_gap(address) <= ModbusRtu::worst_period(ModbusRig::setup, 8, 8));
        CHECK(rig.bus.errors(address).mangled > 0);
    }
}

TEST_CASE("a slave that is plugged in again is heard within its rest and a round",
          "[drivers][modbusrtu][unit]")
{
    ModbusRig rig;
    rig.add(1);
    rig.add(2).suffer(sim::SlaveFault::silent);
    rig.run_for(300_s);
    REQUIRE(rig.bus.presence(2) == Presence::absent);
    const auto asked = rig.wire.slave(1).frames_heard();
    // Asked ever more seldom: at 32 s apart it is ten times in five minutes, and the first four.
    CHECK(asked >= 10);
    CHECK(asked <= 16);

    rig.wire.slave(1).suffer(sim::SlaveFault::none);
    rig.run_for(ModbusRtu::rest_most + ModbusRtu::worst_period(ModbusRig::setup, 1, 1));

    CHECK(rig.bus.presence(2) == Presence::answering);
    CHECK_FALSE(rig.told[2].empty());
}

TEST_CASE("a slave is given up only after three polls without an answer",
          "[drivers][modbusrtu][unit]")
{
    ModbusRig rig;
    rig.add(1);
    rig.run_for(1_s);
    REQUIRE(rig.bus.presence(1) == Presence::answering);

    rig.wire.slave(0).suffer(sim::SlaveFault::silent);
    const auto heard = rig.wire.slave(0).frames_heard();
    rig.run_for(3_s);

    CHECK(rig.bus.presence(1) == Presence::absent);
    CHECK(rig.bus.errors(1).unanswered >= 6);
    CHECK(rig.wire.slave(0).frames_heard() >= heard + 6);
}

TEST_CASE("what is wrong with an answer is counted at the slave that was asked",
          "[drivers][modbusrtu][bad]")
{
    using sim::SlaveFault;
    const auto errors_after = [](SlaveFault fault) {
        ModbusRig rig;
        rig.add(1).suffer(fault);
        rig.add(3);
        rig.run_for(10_s);
        CHECK(rig.told[1].empty());
        CHECK(rig.told[3].size() > 20);
        return rig.bus.errors(1);
    };
    CHECK(errors_after(SlaveFault::silent).unanswered > 0);
    CHECK(errors_after(SlaveFault::bad_crc).mangled > 0);
    CHECK(errors_after(SlaveFault::wrong_length).mangled > 0);
    CHECK(errors_after(SlaveFault::babbling).mangled > 0);
    CHECK(errors_after(SlaveFault::other_address).other_address > 0);
    const auto busy = errors_after(SlaveFault::busy);
    CHECK(busy.exceptions > 0);
    CHECK(busy.last_exception == 6);
    CHECK(busy.unanswered == 0);
}

TEST_CASE("two slaves on one address are no answer, and the others are heard on",
          "[drivers][modbusrtu][bad]")
{
    ModbusRig rig;
    rig.add(1);
    rig.add(2);
    sim::ModbusSlave twin{1};
    twin.set_input(0, 0x1234);
    static_cast<void>(rig.wire.attach(twin));
    rig.run_for(10_s);

    CHECK(rig.told[1].empty());
    CHECK(rig.bus.errors(1).mangled > 0);
    CHECK(rig.bus.errors(1).unanswered == 0);
    CHECK(rig.told[2].size() > 20);
}

TEST_CASE("the late answer of a slow slave is never another's", "[drivers][modbusrtu][bad]")
{
    ModbusRig rig;
    rig.add(1).suffer(sim::SlaveFault::slow);
    for (SlaveAddress address = 2; address <= 6; ++address)
        rig.add(address);
    rig.run_for(120_s);

    for (SlaveAddress address = 2; address <= 6; ++address) {
        CAPTURE(int{address});
        for (const auto& told : rig.told[address])
            REQUIRE(told.words[0] == address);
        CHECK(rig.longest_gap(address) <= ModbusRtu::worst_period(ModbusRig::setup, 5, 1));
    }
    CHECK(rig.bus.errors(1).unanswered > 0);
}

TEST_CASE("our own bytes in the receiver are tolerated", "[drivers][modbusrtu][unit]")
{
    ModbusRig rig;
    rig.wire.set_echo(sim::ModbusBus::Echo::own_bytes);
    rig.add(1);
    rig.add(2).suffer(sim::SlaveFault::silent);
    rig.run_for(10_s);

    CHECK(rig.told[1].size() > 50);
    CHECK(rig.bus.errors(1).mangled == 0);
    CHECK(rig.told[2].empty());
    // Nothing but our own question came back: that is silence, not an answer.
    CHECK(rig.bus.errors(2).unanswered > 0);
    CHECK(rig.bus.errors(2).mangled == 0);
}

TEST_CASE("a write whose answer looks like its question is believed only from the slave",
          "[drivers][modbusrtu][unit]")
{
    const auto echo = GENERATE(sim::ModbusBus::Echo::none, sim::ModbusBus::Echo::own_bytes);
    ModbusRig rig;
    rig.wire.set_echo(echo);
    rig.add(1);
    rig.add(2);
    REQUIRE(rig.bus.write(tell(2, 77)).ok());
    rig.run_for(1_s);
    CHECK(rig.wire.slave(1).holding(0) == 77);
    CHECK(rig.bus.writes_failed() == 0);

    rig.wire.slave(1).suffer(sim::SlaveFault::silent);
    REQUIRE(rig.bus.write(tell(2, 78)).ok());
    rig.run_for(1_s);
    CHECK(rig.bus.writes_failed() == 1);
}

TEST_CASE("a write that is asked for at once waits until it is known whether there is an echo",
          "[drivers][modbusrtu][unit]")
{
    ModbusRig rig;
    rig.wire.set_echo(sim::ModbusBus::Echo::own_bytes);
    rig.add(1).suffer(sim::SlaveFault::silent);
    REQUIRE(rig.bus.write(tell(1, 77)).ok());
    rig.run_for(1_s);
    CHECK(rig.bus.writes_failed() == 1);

    // Silence says that there is none, so a write to an empty bus fails instead of waiting.
    ModbusRig empty;
    empty.add(1).suffer(sim::SlaveFault::silent);
    REQUIRE(empty.bus.write(tell(1, 77)).ok());
    empty.run_for(1_s);
    CHECK(empty.bus.writes_failed() == 1);
}

TEST_CASE("two lost polls now and then make nobody absent, and a rest begins short each time",
          "[drivers][modbusrtu][unit]")
{
    ModbusRig rig;
    auto& slave = rig.add(1);
    rig.run_for(1_s);
    for (int i = 0; i < 5; ++i) {
        slave.suffer(sim::SlaveFault::silent);
        for (const auto from = slave.frames_heard(); slave.frames_heard() < from + 4;)
            rig.run_for(5_ms);
        slave.suffer(sim::SlaveFault::none);
        rig.run_for(500_ms);
        REQUIRE(rig.bus.presence(1) == Presence::answering);
    }
    for (int i = 0; i < 2; ++i) {
        slave.suffer(sim::SlaveFault::silent);
        rig.run_for(20_s);
        REQUIRE(rig.bus.presence(1) == Presence::absent);
        slave.suffer(sim::SlaveFault::none);
        rig.run_for(ModbusRtu::rest_most);
        REQUIRE(rig.bus.presence(1) == Presence::answering);
    }
    slave.suffer(sim::SlaveFault::silent);
    rig.run_for(2_s);
    REQUIRE(rig.bus.presence(1) == Presence::absent);
    slave.suffer(sim::SlaveFault::none);
    rig.run_for(ModbusRtu::rest_least + 100_ms);
    CHECK(rig.bus.presence(1) == Presence::answering);
}

TEST_CASE("writes come one in a round and never keep the polls waiting",
          "[drivers][modbusrtu][budget]")
{
    ModbusRig rig;
    for (SlaveAddress address = 1; address <= 4; ++address)
        rig.add(address);
    rig.add(5).suffer(sim::SlaveFault::silent);
    rig.run_for(2_s);
    // The queue is never empty.
    for (int i = 0; i < 12'000; ++i) {
        static_cast<void>(rig.bus.write(tell(5, 1)));
        rig.run_for(5_ms);
    }
    CHECK(rig.bus.writes_failed() > 10);
    for (SlaveAddress address = 1; address <= 4; ++address)
        CHECK(rig.longest_gap(address) <= ModbusRtu::worst_period(ModbusRig::setup, 4, 1));
}

TEST_CASE("what must not be asked is refused, and the bus goes on", "[drivers][modbusrtu][bad]")
{
    ModbusRig rig;
    const auto poll = [](SlaveAddress slave) {
        return ModbusRtu::Poll{.slave = slave,
                               .function = ModbusFunction::read_input_registers,
                               .first = 0,
                               .count = 1};
    };
    CHECK(rig.bus.add(poll(0)).reason() == ModbusRefusal::broadcast);
    CHECK(rig.bus.add(poll(248)).reason() == ModbusRefusal::reserved_address);
    auto writing = poll(1);
    writing.function = ModbusFunction::write_single_register;
    CHECK(rig.bus.add(writing).reason() == ModbusRefusal::not_a_read);
    rig.add(1);
    CHECK_FALSE(rig.bus.add(poll(1)).ok());
    for (SlaveAddress address = 2; address <= modbus_slaves_most; ++address)
        rig.add(address);
    CHECK(rig.bus.add(poll(99)).reason() == ModbusRefusal::queue_full);

    CHECK(rig.bus.write(tell(0, 1)).reason() == ModbusRefusal::broadcast);
    CHECK(rig.bus.write(tell(99, 1)).reason() == ModbusRefusal::unknown_slave);
    auto read = tell(1, 1);
    read.function = ModbusFunction::read_input_registers;
    CHECK(rig.bus.write(read).reason() == ModbusRefusal::not_a_write);
    for (std::size_t i = 0; i < ModbusRtu::writes_most; ++i)
        CHECK(rig.bus.write(tell(1, 1)).ok());
    CHECK(rig.bus.write(tell(1, 1)).reason() == ModbusRefusal::queue_full);
}

TEST_CASE("a frame is preceded by its silence, and noise before an answer costs nothing",
          "[drivers][modbusrtu][unit]")
{
    ModbusRtu bus{ModbusRig::setup};
    REQUIRE(bus.add({.slave = 1,
                     .function = ModbusFunction::read_input_registers,
                     .first = 0,
                     .count = 1})
                .ok());
    const Instant start{Millis{1'000}};
    const std::array<std::byte, 3> noise{std::byte{1}, std::byte{4}, std::byte{2}};
    bus.feed(noise, start);
    CHECK(bus.stray_bytes() == 3);
    const auto first = bus.next(start);
    REQUIRE(std::holds_alternative<ModbusRtu::Wait>(first));
    const auto until = std::get<ModbusRtu::Wait>(first).until;
    CHECK(until == start + ModbusRtu::silence(ModbusBaud::at_9600));
    REQUIRE(std::holds_alternative<ModbusRtu::Send>(bus.next(until)));

    sim::ModbusSlave slave{1};
    slave.set_input(0, 42);
    const auto question = modbus_frame(
        {.slave = 1, .function = ModbusFunction::read_input_registers, .first = 0, .count = 1});
    bus.feed(noise, until + 10_ms);
    bus.feed(*slave.hear(question.view()), until + 20_ms);
    const auto heard = bus.take();
    REQUIRE(heard.has_value());
    CHECK(heard->words[0] == 42);
    CHECK(heard->at == until + 20_ms);
    CHECK_FALSE(bus.take().has_value());
}

TEST_CASE("a bus on which somebody babbles for ever is asked all the same",
          "[drivers][modbusrtu][bad]")
{
    ModbusRig rig;
    for (SlaveAddress address = 1; address <= 12; ++address)
        rig.add(address);
    const std::array<std::byte, 4> babble{};
    for (int i = 0; i < 2'000; ++i) {
        rig.bus.feed(babble, rig.now);
        rig.run_for(5_ms);
    }
    // Every one was asked, found absent, and asked again.
    CHECK(rig.sent.size() >= 24);
    CHECK(rig.bus.stray_bytes() > 1'000);
}
