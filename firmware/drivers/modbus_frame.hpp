#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/base/fixed_vector.hpp"
#include "firmware/base/result.hpp"

#include <variant>

namespace ks::drivers {

/// A slave's address on its bus: 1 to 247. 0 is the broadcast, which nobody answers and the post
/// never sends; the rest is reserved. (Modbus over Serial Line V1.02, 2.2 [R].)
using SlaveAddress = std::uint8_t;
inline constexpr SlaveAddress slave_address_most = 247;

[[nodiscard]] constexpr bool is_slave_address(int address)
{
    return address >= 1 && address <= slave_address_most;
}

/// The functions that the post uses (Modbus Application Protocol V1.1b3, 6 [R]; 0x04 also by the
/// PZEM-004T's sample reply [C:esphome pzemac.cpp]).
enum class ModbusFunction : std::uint8_t {
    read_discrete_inputs = 0x02,
    read_holding_registers = 0x03,
    read_input_registers = 0x04,
    write_single_register = 0x06,
    write_multiple_registers = 0x10,
};

[[nodiscard]] constexpr bool is_read(ModbusFunction function)
{
    using enum ModbusFunction;
    return function == read_discrete_inputs || function == read_holding_registers ||
           function == read_input_registers;
}

/// Bounds of one question: a PZEM-004T's block has ten registers, so twelve are enough, and an
/// output takes four at most. Discrete inputs come packed into one word. Our choice; the protocol
/// itself goes to 125.
inline constexpr std::size_t modbus_words_most = 12;
inline constexpr std::size_t modbus_inputs_most = 16;
inline constexpr std::size_t modbus_writes_most = 4;

using ModbusWords = FixedVector<std::uint16_t, modbus_words_most>;

/// A question of the master. Reads have a count and no words, writes have words and their count.
struct ModbusQuestion {
    SlaveAddress slave;
    ModbusFunction function;
    std::uint16_t first;
    std::uint8_t count;
    std::array<std::uint16_t, modbus_writes_most> words{};
};

/// Why the master does not ask.
enum class ModbusRefusal : std::uint8_t {
    broadcast,
    reserved_address,
    nothing_asked,
    too_many,
    beyond_the_end,  // registers end at 65,535
    not_a_read,
    not_a_write,
    unknown_slave,
    queue_full,
};

[[nodiscard]] Result<Done, ModbusRefusal> check_question(const ModbusQuestion& question);

inline constexpr std::size_t modbus_question_most = 9 + 2 * modbus_writes_most;
inline constexpr std::size_t modbus_answer_most = 5 + 2 * modbus_words_most;
inline constexpr std::size_t modbus_exception_size = 5;
using ModbusFrame = FixedBytes<modbus_question_most>;

/// The frame of a question that `check_question` accepts.
[[nodiscard]] ModbusFrame modbus_frame(const ModbusQuestion& question);

/// How long the good answer to this question is.
[[nodiscard]] std::size_t modbus_answer_size(const ModbusQuestion& question);

/// What is wrong with an answer.
enum class ModbusFault : std::uint8_t {
    wrong_length,
    wrong_crc,
    other_address,
    wrong_function,
    wrong_content,  // a count, or the echo of a write, that is not what was asked
};

/// The slave understood and will not; the code is its own.
struct ModbusException {
    std::uint8_t code;
};
/// What a read brought: registers in their order, or up to sixteen discrete inputs in one word, the
/// first in bit 0. Empty for a write.
using ModbusAnswer = std::variant<ModbusWords, ModbusException>;

/// Judges a whole frame as the answer to `question`. Bits after the last discrete input are
/// dropped.
[[nodiscard]] Result<ModbusAnswer, ModbusFault> modbus_answer(Bytes frame,
                                                              const ModbusQuestion& question);

/// CRC-16 with the reflected polynomial 0xA001 from 0xFFFF; on the wire its low byte comes first.
[[nodiscard]] constexpr std::uint16_t crc16_modbus(Bytes bytes)
{
    std::uint32_t crc = 0xFFFF;
    for (const auto byte : bytes) {
        crc ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xA001U : crc >> 1;
    }
    return static_cast<std::uint16_t>(crc);
}

static_assert(is_slave_address(1) && is_slave_address(247));
static_assert(!is_slave_address(0) && !is_slave_address(248));
static_assert(modbus_inputs_most <= 16, "discrete inputs are packed into one word");
static_assert(
    [] {
        // The catalogue's check value of this CRC is that of the digits 1 to 9.
        std::array<std::byte, 9> digits{};
        for (std::size_t i = 0; i < digits.size(); ++i)
            digits[i] = static_cast<std::byte>('1' + i);
        return crc16_modbus(digits) == 0x4B37;
    }(),
    "CRC-16/MODBUS of «123456789»");

}  // namespace ks::drivers
