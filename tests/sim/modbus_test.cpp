#include "sim/chips/modbus_bus.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;
using test::spaced_hex;
using test::unhex;

namespace {

/// Reads input register 0 of slave 1; the CRC is the published one of this frame's like.
const auto question = unhex("01 04 00 00 00 01 31 CA");

std::string heard_by(ModbusBus& bus, Instant until)
{
    bus.advance_to(until);
    std::array<std::byte, 64> chunk;
    return spaced_hex(Bytes{chunk}.first(bus.receive(chunk)));
}

ModbusSlave slave_saying(std::uint16_t word)
{
    ModbusSlave slave{1};
    slave.set_input(0, word);
    return slave;
}

Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }

}  // namespace

TEST_CASE("a slave answers after the silence that ends a frame, and its bytes take their time",
          "[sim][modbus][unit]")
{
    ModbusBus bus{9'600};
    static_cast<void>(bus.attach(slave_saying(0x0102)));
    bus.send(question);

    // 8 characters of 1.15 ms, 3.5 of silence, 3 ms of thought, and the first of 7 characters.
    CHECK(heard_by(bus, at(17)).empty());
    CHECK(heard_by(bus, at(18)) == "01");
    CHECK(heard_by(bus, at(30)).substr(0, 11) == "04 02 01 02");
}

TEST_CASE("each fault of a slave looks as it does on a wire", "[sim][modbus][unit]")
{
    auto slave = slave_saying(0x0102);
    const auto good = *slave.hear(question);
    const auto with = [&](SlaveFault fault) {
        slave.suffer(fault);
        return slave.hear(question);
    };
    CHECK_FALSE(with(SlaveFault::silent).has_value());
    CHECK(with(SlaveFault::bad_crc)->size() == good.size());
    CHECK(*with(SlaveFault::bad_crc) != good);
    CHECK(with(SlaveFault::wrong_length)->size() == good.size() + 2);
    CHECK(with(SlaveFault::other_address)->front() == std::byte{2});
    CHECK((*with(SlaveFault::busy))[1] == std::byte{0x84});
    CHECK(with(SlaveFault::babbling)->size() > good.size());
    CHECK(*with(SlaveFault::slow) == good);
    CHECK(slave.thinks_us() > ModbusSlave::think_us);
}

TEST_CASE("a stuck slave goes on saying what it said", "[sim][modbus][unit]")
{
    auto slave = slave_saying(1);
    const auto before = slave.hear(question);
    slave.suffer(SlaveFault::stuck);
    slave.set_input(0, 2);
    CHECK(slave.hear(question) == before);
    slave.suffer(SlaveFault::none);
    CHECK(slave.hear(question) != before);
}

TEST_CASE("two slaves on one address spoil each other unless they say the same",
          "[sim][modbus][unit]")
{
    const auto answer_of = [](std::uint16_t first, std::uint16_t second) {
        ModbusBus bus{9'600};
        static_cast<void>(bus.attach(slave_saying(first)));
        static_cast<void>(bus.attach(slave_saying(second)));
        bus.send(question);
        return heard_by(bus, at(50));
    };
    CHECK(answer_of(0x5555, 0x5555).substr(0, 14) == "01 04 02 55 55");
    CHECK(answer_of(0x5555, 0xAAAA).substr(0, 14) == "01 04 02 00 00");
}

TEST_CASE("what a slave must not answer it does not answer", "[sim][modbus][unit]")
{
    auto slave = slave_saying(1);
    CHECK_FALSE(slave.hear(unhex("01 04 00 00 00 01 31 CB")).has_value());  // CRC
    CHECK_FALSE(slave.hear(unhex("01 04 00 00 00 31 CA")).has_value());     // cut
    CHECK_FALSE(slave.hear({}).has_value());
    ModbusSlave other{2};
    CHECK_FALSE(other.hear(question).has_value());
    // A register that it does not have is an exception, not silence.
    ModbusSlave empty{1};
    CHECK(*empty.hear(question) == unhex("01 84 02 C2 C1"));
}

TEST_CASE("the post's own bytes come back only where its receiver stays on", "[sim][modbus][unit]")
{
    ModbusBus bus{9'600};
    bus.set_echo(ModbusBus::Echo::own_bytes);
    bus.send(question);
    CHECK(heard_by(bus, at(50)) == spaced_hex(question));
}
