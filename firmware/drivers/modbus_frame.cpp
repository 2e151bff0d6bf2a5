#include "firmware/drivers/modbus_frame.hpp"

namespace ks::drivers {

namespace {

constexpr std::uint8_t exception_flag = 0x80;
constexpr std::size_t crc_size = 2;

constexpr std::size_t most_of(ModbusFunction function)
{
    switch (function) {
    case ModbusFunction::read_discrete_inputs: return modbus_inputs_most;
    case ModbusFunction::read_holding_registers:
    case ModbusFunction::read_input_registers: return modbus_words_most;
    case ModbusFunction::write_single_register: return 1;
    case ModbusFunction::write_multiple_registers: return modbus_writes_most;
    }
    return 0;
}

/// How many bytes of data the answer to a read carries.
std::size_t data_size(const ModbusQuestion& question)
{
    if (question.function == ModbusFunction::read_discrete_inputs) return (question.count + 7U) / 8;
    return std::size_t{question.count} * 2;
}

void put_crc(ByteWriter& writer) { writer.u16_le(crc16_modbus(writer.written())); }

ModbusWords words_in(ByteReader& reader, const ModbusQuestion& question)
{
    ModbusWords words;
    if (question.function == ModbusFunction::read_discrete_inputs) {
        const std::uint32_t bits = question.count > 8 ? reader.u16_le() : reader.u8();
        words.push_back(static_cast<std::uint16_t>(bits & ((1U << question.count) - 1)));
        return words;
    }
    for (std::size_t i = 0; i < question.count; ++i)
        words.push_back(reader.u16_be());
    return words;
}

/// A write is answered with what it said: the register and its value, or the first and how many.
bool echoes(ByteReader& reader, const ModbusQuestion& question)
{
    const bool same_place = reader.u16_be() == question.first;
    const auto said = reader.u16_be();
    const auto expected = question.function == ModbusFunction::write_single_register
                              ? question.words[0]
                              : question.count;
    return same_place && said == expected;
}

}  // namespace

Result<Done, ModbusRefusal> check_question(const ModbusQuestion& question)
{
    if (question.slave == 0) return Failure{ModbusRefusal::broadcast};
    if (!is_slave_address(question.slave)) return Failure{ModbusRefusal::reserved_address};
    if (question.count == 0) return Failure{ModbusRefusal::nothing_asked};
    if (question.count > most_of(question.function)) return Failure{ModbusRefusal::too_many};
    if (std::uint32_t{question.first} + question.count > 0x1'0000)
        return Failure{ModbusRefusal::beyond_the_end};
    return Done{};
}

ModbusFrame modbus_frame(const ModbusQuestion& question)
{
    check(check_question(question).ok());
    ModbusFrame frame;
    ByteWriter writer{frame.raw()};
    writer.u8(question.slave);
    writer.u8(static_cast<std::uint8_t>(question.function));
    writer.u16_be(question.first);
    switch (question.function) {
    case ModbusFunction::read_discrete_inputs:
    case ModbusFunction::read_holding_registers:
    case ModbusFunction::read_input_registers: writer.u16_be(question.count); break;
    case ModbusFunction::write_single_register: writer.u16_be(question.words[0]); break;
    case ModbusFunction::write_multiple_registers:
        writer.u16_be(question.count);
        writer.u8(static_cast<std::uint8_t>(question.count * 2U));
        for (std::size_t i = 0; i < question.count; ++i)
            writer.u16_be(question.words[i]);
        break;
    }
    put_crc(writer);
    check(writer.ok());
    frame.resize(writer.size());
    return frame;
}

std::size_t modbus_answer_size(const ModbusQuestion& question)
{
    constexpr std::size_t write_answer = 8;
    if (!is_read(question.function)) return write_answer;
    return 3 + data_size(question) + crc_size;
}

Result<ModbusAnswer, ModbusFault> modbus_answer(Bytes frame, const ModbusQuestion& question)
{
    if (frame.size() < modbus_exception_size) return Failure{ModbusFault::wrong_length};
    const auto body = frame.first(frame.size() - crc_size);
    if (ByteReader{frame.last(crc_size)}.u16_le() != crc16_modbus(body))
        return Failure{ModbusFault::wrong_crc};

    ByteReader reader{body};
    if (reader.u8() != question.slave) return Failure{ModbusFault::other_address};
    const auto asked = static_cast<std::uint8_t>(question.function);
    const auto function = reader.u8();
    if (function == (asked | exception_flag)) {
        if (frame.size() != modbus_exception_size) return Failure{ModbusFault::wrong_length};
        return ModbusAnswer{ModbusException{reader.u8()}};
    }
    if (function != asked) return Failure{ModbusFault::wrong_function};
    if (frame.size() != modbus_answer_size(question)) return Failure{ModbusFault::wrong_length};

    if (!is_read(question.function)) {
        if (!echoes(reader, question)) return Failure{ModbusFault::wrong_content};
        return ModbusAnswer{ModbusWords{}};
    }
    if (reader.u8() != data_size(question)) return Failure{ModbusFault::wrong_content};
    const auto words = words_in(reader, question);
    check(reader.at_end());
    return ModbusAnswer{words};
}

}  // namespace ks::drivers
