// Any map that the check lets through decodes any block without a step outside it.

#include "firmware/drivers/register_map.hpp"

namespace {

using namespace ks;
using namespace ks::drivers;

template <class Word>
Word word_of(ByteReader& input, unsigned count)
{
    return static_cast<Word>(input.u8() % count);
}

RegisterField field_of(ByteReader& input)
{
    RegisterField field{.meaning = word_of<Meaning>(input, 6), .shape = word_of<Shape>(input, 6)};
    field.word = input.u8();
    field.bit = input.u8();
    field.polarity = word_of<Polarity>(input, 2);
    field.scale = {.multiply = static_cast<std::int32_t>(input.u32_be()),
                   .divide = static_cast<std::int32_t>(input.u32_be()),
                   .offset = static_cast<std::int32_t>(input.u32_be())};
    field.quiet_word = input.u8();
    field.active_word = input.u8();
    if (const auto fault = input.u16_be(); fault % 2 == 0) field.fault_value = fault;
    return field;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    ByteReader input{std::as_bytes(std::span{data, size})};
    constexpr ModbusFunction functions[] = {
        ModbusFunction::read_discrete_inputs, ModbusFunction::read_holding_registers,
        ModbusFunction::read_input_registers, ModbusFunction::write_single_register};
    RegisterMap map{.kind = static_cast<hal::SensorKind>(1 + input.u8() % hal::sensor_kind_count),
                    .function = functions[input.u8() % 4U],
                    .first = input.u16_be(),
                    .count = input.u8(),
                    .fields = {}};
    for (auto fields = input.u8() % (fields_most + 1); fields > 0; --fields)
        map.fields.push_back(field_of(input));
    if (!check_map(map).ok()) return 0;

    ModbusWords words;
    const auto block = map.function == ModbusFunction::read_discrete_inputs ? 1U : map.count;
    for (unsigned i = 0; i < block; ++i)
        words.push_back(input.u16_be());
    const auto reading = reading_from(map, 1, words, Instant{});
    check(reading.kind == map.kind);
    for (const auto& field : map.fields) {
        const bool lost = (field.meaning == Meaning::temperature && !reading.temperature) ||
                          (field.meaning == Meaning::distance && !reading.distance);
        check(!lost || reading.finding != hal::Finding::quiet);
    }
    if (map.kind == hal::SensorKind::annunciator)
        check(check_question(output_question(map, 1, 2, 3)).ok());
    return 0;
}
