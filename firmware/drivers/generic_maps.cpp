#include "firmware/drivers/register_map.hpp"

namespace ks::drivers {

namespace {

using hal::SensorKind;

template <std::size_t count>
constexpr FixedVector<RegisterField, fields_most> fields(const RegisterField (&list)[count])
{
    FixedVector<RegisterField, fields_most> all;
    for (const auto& one : list)
        all.push_back(one);
    return all;
}

/// 0 normal, 1 alarm, 2 fault is what such detectors typically have [R].
constexpr RegisterField status_word{
    .meaning = Meaning::active, .shape = Shape::word, .fault_value = 2};

// One holding register.
constexpr RegisterMap smoke{.kind = SensorKind::smoke,
                            .function = ModbusFunction::read_holding_registers,
                            .first = 0,
                            .count = 1,
                            .fields = fields({status_word})};

// One input register in 0.1 degrees C, signed; 0x7FFF when the element is open or shorted.
constexpr RegisterMap temperature{
    .kind = SensorKind::temperature,
    .function = ModbusFunction::read_input_registers,
    .first = 0,
    .count = 1,
    .fields = fields(
        {{.meaning = Meaning::temperature, .shape = Shape::signed_word, .fault_value = 0x7FFF}})};

// Status as of smoke (0 free, 1 taken, 2 fault), and the distance measured, in mm.
constexpr RegisterMap bay{
    .kind = SensorKind::bay,
    .function = ModbusFunction::read_input_registers,
    .first = 0,
    .count = 2,
    .fields = fields(
        {status_word,
         {.meaning = Meaning::distance, .shape = Shape::word, .word = 1, .fault_value = 0xFFFF}})};

// Four input registers, high word first; zero while no tag is near.
constexpr RegisterMap tag_reader{
    .kind = SensorKind::tag_reader,
    .function = ModbusFunction::read_input_registers,
    .first = 0,
    .count = 4,
    .fields = fields({{.meaning = Meaning::tag, .shape = Shape::four_words}})};

// Two discrete inputs: bike seen, own fault.
constexpr RegisterMap zone{
    .kind = SensorKind::zone,
    .function = ModbusFunction::read_discrete_inputs,
    .first = 0,
    .count = 2,
    .fields = fields({{.meaning = Meaning::active, .shape = Shape::bit},
                      {.meaning = Meaning::fault, .shape = Shape::bit, .bit = 1}})};

// One discrete input that is set while the barrier stands: a cut wire reads as «taken away».
constexpr RegisterMap barrier{
    .kind = SensorKind::barrier,
    .function = ModbusFunction::read_discrete_inputs,
    .first = 0,
    .count = 1,
    .fields = fields(
        {{.meaning = Meaning::active, .shape = Shape::bit, .polarity = Polarity::inverted}})};

// Two holding registers: message (0 silent) and place.
constexpr RegisterMap annunciator{
    .kind = SensorKind::annunciator,
    .function = ModbusFunction::read_holding_registers,
    .first = 0,
    .count = 2,
    .fields = fields({{.meaning = Meaning::output, .shape = Shape::high_word_first}})};

}  // namespace

const RegisterMap& generic_map(SensorKind kind)
{
    switch (kind) {
    case SensorKind::smoke: return smoke;
    case SensorKind::temperature: return temperature;
    case SensorKind::bay: return bay;
    case SensorKind::tag_reader: return tag_reader;
    case SensorKind::zone: return zone;
    case SensorKind::barrier: return barrier;
    case SensorKind::annunciator: return annunciator;
    }
    return smoke;
}

}  // namespace ks::drivers
