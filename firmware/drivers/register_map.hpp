#pragma once

#include "firmware/drivers/modbus_frame.hpp"
#include "firmware/hal/sensing.hpp"

namespace ks::drivers {

/// What one field of a slave's block tells.
enum class Meaning : std::uint8_t {
    active,       // smoke, bike, barrier open: a bit, or a word with named values
    fault,        // a bit: the sensor owns up to a fault
    distance,     // mm after scaling
    temperature,  // 0.1 degrees C after scaling
    tag,          // up to 64 bits, 0 none
    output,       // where an annunciator is told its message; written, never read
};

/// How a field lies in its words. The words themselves are big-endian, as Modbus has them.
enum class Shape : std::uint8_t {
    bit,
    word,
    signed_word,
    low_word_first,   // 32 bits
    high_word_first,  // 32 bits
    four_words,       // 64 bits, high word first
};

enum class Polarity : std::uint8_t { plain, inverted };

/// value = raw * multiply / divide + offset, rounded towards zero.
struct Scale {
    std::int32_t multiply{1};
    std::int32_t divide{1};
    std::int32_t offset{0};
};

struct RegisterField {
    Meaning meaning;
    Shape shape;
    /// Place within the block, and within its word.
    std::uint8_t word{0};
    std::uint8_t bit{0};
    Polarity polarity{Polarity::plain};
    Scale scale{};
    /// Of a word that names states. Whatever is neither of the two is a fault.
    std::uint16_t quiet_word{0};
    std::uint16_t active_word{1};
    /// The raw value by which a slave says that it could not measure.
    std::optional<std::uint32_t> fault_value{};
};

inline constexpr std::size_t fields_most = 4;

/// What a kind of slave is: which block to read, and what it means.
struct RegisterMap {
    hal::SensorKind kind;
    ModbusFunction function;
    std::uint16_t first;
    std::uint8_t count;
    FixedVector<RegisterField, fields_most> fields;
};

/// Why a map is not taken.
enum class MapFault : std::uint8_t {
    not_a_read,
    too_many_registers,
    no_fields,
    beyond_the_block,
    no_such_bit,
    divides_by_zero,
    same_word_twice,  // quiet and active are one value
    wrong_shape,      // e.g. a temperature of one bit
    meaning_twice,
    wrong_meaning,    // not of this kind of slave
    meaning_missing,  // what this kind of slave is there for
};

[[nodiscard]] Result<Done, MapFault> check_map(const RegisterMap& map);

/// The number in a field; nothing when it is the field's fault value or beyond 64 bits. Of a bit, 0
/// or 1 after its polarity.
[[nodiscard]] std::optional<std::int64_t> field_value(const RegisterField& field,
                                                      std::span<const std::uint16_t> words);

/// What a slave said, in our units. `words` are the block of a map that `check_map` takes.
[[nodiscard]] hal::SensorReading reading_from(const RegisterMap& map, hal::Place place,
                                              const ModbusWords& words, Instant at);

/// Tells an annunciator a message, where its map has one register for it; and for which place,
/// where it has two.
[[nodiscard]] ModbusQuestion output_question(const RegisterMap& map, SlaveAddress slave,
                                             std::uint16_t message, hal::Place place);

/// The map of each kind until a site's settings carry another. Register maps differ from vendor to
/// vendor and none is known to us, so these are our choice throughout; smoke follows what is
/// typical (one status register: 0 normal, 1 alarm, 2 fault [R]).
[[nodiscard]] const RegisterMap& generic_map(hal::SensorKind kind);

}  // namespace ks::drivers
