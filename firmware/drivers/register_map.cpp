#include "firmware/drivers/register_map.hpp"

namespace ks::drivers {

namespace {

constexpr std::size_t words_of(Shape shape)
{
    switch (shape) {
    case Shape::bit:
    case Shape::word:
    case Shape::signed_word: return 1;
    case Shape::low_word_first:
    case Shape::high_word_first: return 2;
    case Shape::four_words: return 4;
    }
    return 0;
}

/// How many words a block has in our hands: discrete inputs come packed into one.
constexpr std::size_t words_in_block(const RegisterMap& map)
{
    return map.function == ModbusFunction::read_discrete_inputs ? 1 : map.count;
}

constexpr bool fits_shape(const RegisterField& field)
{
    switch (field.meaning) {
    case Meaning::active: return field.shape == Shape::bit || field.shape == Shape::word;
    case Meaning::fault: return field.shape == Shape::bit;
    case Meaning::distance:
    case Meaning::temperature: return field.shape != Shape::bit && field.shape != Shape::four_words;
    case Meaning::tag: return field.shape != Shape::bit && field.shape != Shape::signed_word;
    case Meaning::output:
        return field.shape == Shape::word || field.shape == Shape::high_word_first;
    }
    return false;
}

/// What a kind of slave is there for comes first; one of these it must tell.
constexpr bool belongs(hal::SensorKind kind, Meaning meaning)
{
    if (meaning == Meaning::fault) return true;
    switch (kind) {
    case hal::SensorKind::smoke:
        return meaning == Meaning::active || meaning == Meaning::temperature;
    case hal::SensorKind::temperature: return meaning == Meaning::temperature;
    case hal::SensorKind::bay: return meaning == Meaning::active || meaning == Meaning::distance;
    case hal::SensorKind::tag_reader: return meaning == Meaning::tag;
    case hal::SensorKind::zone: return meaning == Meaning::active || meaning == Meaning::tag;
    case hal::SensorKind::barrier: return meaning == Meaning::active;
    case hal::SensorKind::annunciator: return meaning == Meaning::output;
    }
    return false;
}

constexpr bool is_purpose(hal::SensorKind kind, Meaning meaning)
{
    if (kind == hal::SensorKind::smoke || kind == hal::SensorKind::zone)
        return meaning == Meaning::active;
    return meaning != Meaning::fault && belongs(kind, meaning);
}

std::optional<MapFault> fault_of(const RegisterField& field, const RegisterMap& map)
{
    if (!belongs(map.kind, field.meaning)) return MapFault::wrong_meaning;
    if (!fits_shape(field)) return MapFault::wrong_shape;
    if (field.word + words_of(field.shape) > words_in_block(map)) return MapFault::beyond_the_block;
    const auto bits = map.function == ModbusFunction::read_discrete_inputs ? map.count : 16;
    if (field.shape == Shape::bit && field.bit >= bits) return MapFault::no_such_bit;
    if (field.scale.divide == 0) return MapFault::divides_by_zero;
    if (field.meaning == Meaning::active && field.shape == Shape::word &&
        field.quiet_word == field.active_word)
        return MapFault::same_word_twice;
    return std::nullopt;
}

std::uint64_t raw_value(const RegisterField& field, std::span<const std::uint16_t> words)
{
    const auto at = [&](std::size_t i) { return std::uint64_t{words[field.word + i]}; };
    switch (field.shape) {
    case Shape::bit: return at(0) >> field.bit & 1U;
    case Shape::word:
    case Shape::signed_word: return at(0);
    case Shape::low_word_first: return at(1) << 16 | at(0);
    case Shape::high_word_first: return at(0) << 16 | at(1);
    case Shape::four_words: return at(0) << 48 | at(1) << 32 | at(2) << 16 | at(3);
    }
    return 0;
}

hal::Finding finding_of(const RegisterField& field, std::span<const std::uint16_t> words)
{
    const auto raw = raw_value(field, words);
    if (field.fault_value && raw == *field.fault_value) return hal::Finding::faulty;
    if (field.shape == Shape::bit) {
        const bool set = (raw != 0) == (field.polarity == Polarity::plain);
        return set ? hal::Finding::active : hal::Finding::quiet;
    }
    if (raw == field.active_word) return hal::Finding::active;
    return raw == field.quiet_word ? hal::Finding::quiet : hal::Finding::faulty;
}

/// A value in our units, or nothing when it is a fault or fits no quantity of ours.
template <class Value>
std::optional<Value> quantity_of(const RegisterField& field, std::span<const std::uint16_t> words)
{
    const auto value = field_value(field, words);
    if (!value || *value < INT32_MIN || *value > INT32_MAX) return std::nullopt;
    return Value{static_cast<std::int32_t>(*value)};
}

/// Of two findings in one block the one that must not be missed: whoever warns and owns up to a
/// fault in one breath has warned; a bay whose sensor is in doubt is not known to be taken.
void find(hal::SensorReading& reading, hal::Finding finding)
{
    using enum hal::Finding;
    const auto worst = reading.kind == hal::SensorKind::bay ? faulty : active;
    if (reading.finding != worst && finding != quiet) reading.finding = finding;
}

void read_field(hal::SensorReading& reading, const RegisterField& field,
                std::span<const std::uint16_t> words)
{
    switch (field.meaning) {
    case Meaning::active: return find(reading, finding_of(field, words));
    case Meaning::fault:
        if (finding_of(field, words) != hal::Finding::quiet) find(reading, hal::Finding::faulty);
        return;
    case Meaning::distance:
        reading.distance = quantity_of<Millimetres>(field, words);
        if (!reading.distance) find(reading, hal::Finding::faulty);
        return;
    case Meaning::temperature:
        reading.temperature = quantity_of<DeciCelsius>(field, words);
        if (!reading.temperature) find(reading, hal::Finding::faulty);
        return;
    case Meaning::tag:
        reading.tag = raw_value(field, words);
        if (field.fault_value && reading.tag == *field.fault_value) reading.tag = 0;
        return;
    case Meaning::output: return;
    }
}

}  // namespace

Result<Done, MapFault> check_map(const RegisterMap& map)
{
    const bool is_output = map.kind == hal::SensorKind::annunciator;
    if (!is_read(map.function)) return Failure{MapFault::not_a_read};
    const ModbusQuestion question{
        .slave = 1, .function = map.function, .first = map.first, .count = map.count};
    if (!check_question(question).ok()) return Failure{MapFault::too_many_registers};
    if (is_output && map.function != ModbusFunction::read_holding_registers)
        return Failure{MapFault::wrong_shape};
    if (map.fields.empty()) return Failure{MapFault::no_fields};

    std::uint32_t seen = 0;
    bool purpose = false;
    for (const auto& field : map.fields) {
        if (const auto fault = fault_of(field, map)) return Failure{*fault};
        const auto bit = 1U << static_cast<unsigned>(field.meaning);
        if ((seen & bit) != 0) return Failure{MapFault::meaning_twice};
        seen |= bit;
        purpose = purpose || is_purpose(map.kind, field.meaning);
    }
    if (!purpose) return Failure{MapFault::meaning_missing};
    return Done{};
}

std::optional<std::int64_t> field_value(const RegisterField& field,
                                        std::span<const std::uint16_t> words)
{
    check(field.word + words_of(field.shape) <= words.size() && field.scale.divide != 0);
    const auto raw = raw_value(field, words);
    if (field.fault_value && raw == *field.fault_value) return std::nullopt;
    if (field.shape == Shape::bit)
        return static_cast<std::int64_t>((raw != 0) == (field.polarity == Polarity::plain));
    if (field.shape == Shape::four_words) {
        if (raw > INT64_MAX) return std::nullopt;
        return static_cast<std::int64_t>(raw);
    }
    // 32 bits times 32 bits and an offset stay inside 64.
    const auto number = field.shape == Shape::signed_word
                            ? std::int64_t{static_cast<std::int16_t>(raw)}
                            : static_cast<std::int64_t>(raw);
    const auto& scale = field.scale;
    return number * scale.multiply / scale.divide + scale.offset;
}

hal::SensorReading reading_from(const RegisterMap& map, hal::Place place, const ModbusWords& words,
                                Instant at)
{
    check(words.size() == words_in_block(map));
    hal::SensorReading reading{.at = at,
                               .kind = map.kind,
                               .place = place,
                               .finding = hal::Finding::quiet,
                               .distance = {},
                               .temperature = {},
                               .tag = 0};
    for (const auto& field : map.fields)
        read_field(reading, field, words.view());
    return reading;
}

ModbusQuestion output_question(const RegisterMap& map, SlaveAddress slave, std::uint16_t message,
                               hal::Place place)
{
    check(map.kind == hal::SensorKind::annunciator);
    const auto* const field =
        std::find_if(map.fields.begin(), map.fields.end(),
                     [](const auto& one) { return one.meaning == Meaning::output; });
    check(field != map.fields.end());
    const auto first = static_cast<std::uint16_t>(map.first + field->word);
    if (field->shape == Shape::word)
        return {.slave = slave,
                .function = ModbusFunction::write_single_register,
                .first = first,
                .count = 1,
                .words = {message}};
    return {.slave = slave,
            .function = ModbusFunction::write_multiple_registers,
            .first = first,
            .count = 2,
            .words = {message, place}};
}

}  // namespace ks::drivers
