#pragma once

#include "firmware/base/bytes.hpp"

#include <array>

// The part of CBOR (RFC 8949) that the contract uses, in its deterministic form (section 4.2.1):
// integers, byte strings, text, arrays and null. Definite lengths, shortest heads, nothing else.
namespace ks::protocol {

enum class Refusal : std::uint8_t;

/// RFC 8949 section 3: the upper three bits of an item's first byte.
enum class CborType : std::uint8_t { uint = 0, negative = 1, bytes = 2, text = 3, array = 4 };

/// The simple value null (RFC 8949 section 3.3).
inline constexpr std::byte cbor_null{0xF6};

/// Writes items one behind the other into a span handed in by the owner, never past it. What does
/// not fit makes the writer bad; ask `ok()` once at the end.
class CborWriter {
public:
    explicit CborWriter(std::span<std::byte> room) : out_{room} {}

    [[nodiscard]] bool ok() const { return out_.ok(); }
    [[nodiscard]] Bytes written() const { return out_.written(); }

    void uint(std::uint64_t value) { head(CborType::uint, value); }
    void integer(std::int64_t value);
    void bytes(Bytes value);
    void text(std::string_view value);
    /// Opens an array of exactly this many items; the caller writes them.
    void array(std::size_t count) { head(CborType::array, count); }
    void null() { out_.put(std::array{cbor_null}); }

private:
    void head(CborType type, std::uint64_t value);

    ByteWriter out_;
};

/// Reads exactly the items it is asked for. The first thing that is not as asked makes the reader
/// bad with a reason that stays; every later read answers zero or nothing.
///
/// Nesting needs no bound of its own: nobody asks for more than four levels.
class CborReader {
public:
    explicit CborReader(Bytes bytes) : in_{bytes}, whole_{bytes.size()} {}

    [[nodiscard]] bool ok() const { return ok_; }
    /// Only of a bad reader.
    [[nodiscard]] Refusal refusal() const;
    /// How many bytes were read so far.
    [[nodiscard]] std::size_t taken() const { return whole_ - in_.left(); }

    [[nodiscard]] std::uint64_t uint(std::uint64_t most);
    [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most);
    /// Nothing unless exactly so long.
    [[nodiscard]] Bytes bytes(std::size_t length);
    [[nodiscard]] std::string_view text(std::size_t longest);
    /// True when the next item is null, which is then read.
    [[nodiscard]] bool null_is_next();

    /// Opens an array of exactly so many items.
    void array(std::size_t count);
    /// Opens an array of any length up to `most` and says which.
    [[nodiscard]] std::size_t array_upto(std::size_t most);
    /// Opens a whole message: an array whose first item is the version, 1. Of another version we
    /// cannot know the length, so that is looked at second.
    void message(std::size_t count);
    /// Nothing may follow.
    void end();

    /// What was read is no value of ours. The first reason stays.
    void refuse(Refusal why);

private:
    struct Head {
        CborType type;
        std::uint64_t value;
    };
    [[nodiscard]] Head head();
    [[nodiscard]] std::uint64_t head_of(CborType type);
    [[nodiscard]] Bytes take(std::uint64_t count);

    ByteReader in_;
    std::size_t whole_;
    bool ok_{true};
    Refusal why_{};
};

}  // namespace ks::protocol
