#include "firmware/drivers/modbus_frame.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::drivers;
using test::spaced_hex;
using test::unhex;

namespace {

/// `frame` with its CRC.
std::vector<std::byte> sealed(std::string_view frame)
{
    auto bytes = unhex(frame);
    const auto crc = crc16_modbus(bytes);
    bytes.push_back(static_cast<std::byte>(crc & 0xFFU));
    bytes.push_back(static_cast<std::byte>(crc >> 8));
    return bytes;
}

constexpr ModbusQuestion two_registers{
    .slave = 17, .function = ModbusFunction::read_holding_registers, .first = 0x6B, .count = 2};

ModbusFault fault_of(std::string_view hex)
{
    return modbus_answer(unhex(hex), two_registers).reason();
}

}  // namespace

TEST_CASE("the published answer of a PZEM-004T is taken, to the last bit of its CRC",
          "[drivers][modbus][golden]")
{
    // A sample reply that ESPHome's pzemac.cpp quotes.
    const auto reply =
        unhex("01 04 14 08 D1 00 6C 00 00 00 F4 00 00 00 26 00 00 01 F4 00 64 00 00 51 34");
    const ModbusQuestion question{
        .slave = 1, .function = ModbusFunction::read_input_registers, .first = 0, .count = 10};
    CHECK(modbus_answer_size(question) == reply.size());

    const auto answer = modbus_answer(reply, question);

    REQUIRE(answer.ok());
    const auto& words = std::get<ModbusWords>(*answer);
    REQUIRE(words.size() == 10);
    CHECK(words[0] == 2'257);
    CHECK(words[1] == 108);
    CHECK(words[7] == 500);
}

TEST_CASE("questions are the protocol's bytes", "[drivers][modbus][golden]")
{
    CHECK(spaced_hex(modbus_frame(two_registers).view()) ==
          spaced_hex(sealed("11 03 00 6B 00 02")));
    CHECK(spaced_hex(modbus_frame({.slave = 17,
                                   .function = ModbusFunction::write_single_register,
                                   .first = 1,
                                   .count = 1,
                                   .words = {3}})
                         .view()) == spaced_hex(sealed("11 06 00 01 00 03")));
    CHECK(spaced_hex(modbus_frame({.slave = 17,
                                   .function = ModbusFunction::write_multiple_registers,
                                   .first = 1,
                                   .count = 2,
                                   .words = {10, 258}})
                         .view()) == spaced_hex(sealed("11 10 00 01 00 02 04 00 0A 01 02")));
}

TEST_CASE("discrete inputs come packed, and the bits after the last are dropped",
          "[drivers][modbus][unit]")
{
    const auto ask = [](std::uint8_t count, std::string_view reply) {
        const auto answer =
            modbus_answer(sealed(reply), {.slave = 9,
                                          .function = ModbusFunction::read_discrete_inputs,
                                          .first = 0,
                                          .count = count});
        return int{std::get<ModbusWords>(*answer)[0]};
    };
    CHECK(ask(3, "09 02 01 FD") == 0b101);
    CHECK(ask(8, "09 02 01 FD") == 0xFD);
    CHECK(ask(16, "09 02 02 01 80") == 0x8001);
    CHECK(ask(9, "09 02 02 01 FF") == 0x0101);
}

TEST_CASE("an exception is an answer and says its code", "[drivers][modbus][unit]")
{
    const auto answer = modbus_answer(sealed("11 83 02"), two_registers);
    REQUIRE(answer.ok());
    CHECK(std::get<ModbusException>(*answer).code == 2);
}

TEST_CASE("a write is believed only when its slave repeats it", "[drivers][modbus][unit]")
{
    const ModbusQuestion single{.slave = 17,
                                .function = ModbusFunction::write_single_register,
                                .first = 1,
                                .count = 1,
                                .words = {3}};
    CHECK(modbus_answer(sealed("11 06 00 01 00 03"), single).ok());
    CHECK(modbus_answer(sealed("11 06 00 01 00 04"), single).reason() ==
          ModbusFault::wrong_content);
    CHECK(modbus_answer(sealed("11 06 00 02 00 03"), single).reason() ==
          ModbusFault::wrong_content);

    const ModbusQuestion several{.slave = 17,
                                 .function = ModbusFunction::write_multiple_registers,
                                 .first = 1,
                                 .count = 2,
                                 .words = {3, 4}};
    CHECK(modbus_answer(sealed("11 10 00 01 00 02"), several).ok());
    CHECK(modbus_answer(sealed("11 10 00 01 00 01"), several).reason() ==
          ModbusFault::wrong_content);
}

TEST_CASE("bad answers are refused, each for its reason", "[drivers][modbus][bad]")
{
    const auto good = sealed("11 03 04 00 01 00 02");
    REQUIRE(modbus_answer(good, two_registers).ok());

    SECTION("cut anywhere")
    {
        for (std::size_t size = 0; size < good.size(); ++size) {
            CAPTURE(size);
            CHECK_FALSE(modbus_answer(Bytes{good}.first(size), two_registers).ok());
        }
        CHECK(fault_of("") == ModbusFault::wrong_length);
        CHECK(fault_of("11 03 04 00") == ModbusFault::wrong_length);
    }
    SECTION("any one bit flipped")
    {
        for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
            CAPTURE(bit);
            auto flipped = good;
            flipped[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
            CHECK(modbus_answer(flipped, two_registers).reason() == ModbusFault::wrong_crc);
        }
    }
    SECTION("whole, but not what was asked")
    {
        const auto reason = [](std::string_view hex) {
            return modbus_answer(sealed(hex), two_registers).reason();
        };
        CHECK(reason("12 03 04 00 01 00 02") == ModbusFault::other_address);
        CHECK(reason("00 03 04 00 01 00 02") == ModbusFault::other_address);
        CHECK(reason("11 04 04 00 01 00 02") == ModbusFault::wrong_function);
        CHECK(reason("11 03 02 00 01") == ModbusFault::wrong_length);
        CHECK(reason("11 03 06 00 01 00 02 00 03") == ModbusFault::wrong_length);
        CHECK(reason("11 03 03 00 01 00 02") == ModbusFault::wrong_content);
        CHECK(reason("11 03 FF 00 01 00 02") == ModbusFault::wrong_content);
        CHECK(reason("11 83 02 00") == ModbusFault::wrong_length);
        CHECK(reason("11 84 02") == ModbusFault::wrong_function);
        CHECK(reason("11 03 00") == ModbusFault::wrong_length);
    }
}

TEST_CASE("questions that nobody may ask are refused, each for its reason",
          "[drivers][modbus][bad]")
{
    const auto reason = [](auto change) {
        auto question = two_registers;
        change(question);
        return check_question(question).reason();
    };
    using Question = ModbusQuestion;
    CHECK(check_question(two_registers).ok());
    CHECK(reason([](Question& q) { q.slave = 0; }) == ModbusRefusal::broadcast);
    CHECK(reason([](Question& q) { q.slave = 248; }) == ModbusRefusal::reserved_address);
    CHECK(reason([](Question& q) { q.slave = 255; }) == ModbusRefusal::reserved_address);
    CHECK(reason([](Question& q) { q.count = 0; }) == ModbusRefusal::nothing_asked);
    CHECK(reason([](Question& q) { q.count = 13; }) == ModbusRefusal::too_many);
    CHECK(reason([](Question& q) {
              q.function = ModbusFunction::read_discrete_inputs;
              q.count = 17;
          }) == ModbusRefusal::too_many);
    CHECK(reason([](Question& q) {
              q.function = ModbusFunction::write_single_register;
              q.count = 2;
          }) == ModbusRefusal::too_many);
    CHECK(reason([](Question& q) { q.first = 0xFFFF; }) == ModbusRefusal::beyond_the_end);
    auto last = two_registers;
    last.first = 0xFFFE;
    CHECK(check_question(last).ok());
}
