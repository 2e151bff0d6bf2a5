#include "firmware/protocol/cbor.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::protocol {

namespace {

// RFC 8949 section 3: what the lower five bits of an item's first byte say. Below `one_byte` they
// are the value; 28 to 30 are reserved and 31 opens an indefinite length.
constexpr std::uint8_t one_byte = 24;
constexpr std::uint8_t two_bytes = 25;
constexpr std::uint8_t four_bytes = 26;
constexpr std::uint8_t eight_bytes = 27;
constexpr std::uint8_t argument_mask = 0x1F;
constexpr unsigned type_shift = 5;

/// The bits that give a value in the fewest bytes; every other form is refused.
constexpr std::uint8_t shortest(std::uint64_t value)
{
    if (value < one_byte) return static_cast<std::uint8_t>(value);
    if (value <= 0xFF) return one_byte;
    if (value <= 0xFFFF) return two_bytes;
    if (value <= 0xFFFF'FFFF) return four_bytes;
    return eight_bytes;
}

static_assert(shortest(23) == 23 && shortest(24) == one_byte && shortest(255) == one_byte);
static_assert(shortest(256) == two_bytes && shortest(65'535) == two_bytes);
static_assert(shortest(65'536) == four_bytes && shortest(0xFFFF'FFFF) == four_bytes);
static_assert(shortest(0x1'0000'0000) == eight_bytes);

}  // namespace

void CborWriter::head(CborType type, std::uint64_t value)
{
    const auto form = shortest(value);
    out_.u8(static_cast<std::uint8_t>(static_cast<unsigned>(type) << type_shift | form));
    if (form == one_byte) out_.u8(static_cast<std::uint8_t>(value));
    if (form == two_bytes) out_.u16_be(static_cast<std::uint16_t>(value));
    if (form == four_bytes) out_.u32_be(static_cast<std::uint32_t>(value));
    if (form == eight_bytes) out_.u64_be(value);
}

void CborWriter::integer(std::int64_t value)
{
    // CBOR counts negative numbers from -1 upwards, which is the complement of two's complement.
    if (value < 0)
        head(CborType::negative, ~static_cast<std::uint64_t>(value));
    else
        head(CborType::uint, static_cast<std::uint64_t>(value));
}

void CborWriter::bytes(Bytes value)
{
    head(CborType::bytes, value.size());
    out_.put(value);
}

void CborWriter::text(std::string_view value)
{
    head(CborType::text, value.size());
    out_.put(bytes_of(value));
}

Refusal CborReader::refusal() const
{
    check(!ok_);
    return why_;
}

void CborReader::refuse(Refusal why)
{
    if (!ok_) return;
    ok_ = false;
    why_ = why;
}

Bytes CborReader::take(std::uint64_t count)
{
    if (!ok_) return {};
    if (count > in_.left()) {
        refuse(Refusal::truncated);
        return {};
    }
    return in_.take(static_cast<std::size_t>(count));
}

CborReader::Head CborReader::head()
{
    const auto first = take(1);
    if (first.empty()) return {};
    const auto byte = std::to_integer<std::uint8_t>(first[0]);
    const auto form = static_cast<std::uint8_t>(byte & argument_mask);

    std::uint64_t value = form;
    if (form > eight_bytes) {
        refuse(Refusal::not_deterministic);
    } else if (form >= one_byte) {
        value = 0;
        for (const auto next : take(std::size_t{1} << (form - one_byte)))
            value = value << 8 | std::to_integer<std::uint64_t>(next);
        if (ok_ && shortest(value) != form) refuse(Refusal::not_deterministic);
    }
    return {.type = static_cast<CborType>(byte >> type_shift), .value = value};
}

std::uint64_t CborReader::head_of(CborType type)
{
    const auto [found, value] = head();
    if (ok_ && found != type) refuse(Refusal::wrong_type);
    return ok_ ? value : 0;
}

std::uint64_t CborReader::uint(std::uint64_t most)
{
    const auto value = head_of(CborType::uint);
    if (value > most) refuse(Refusal::out_of_range);
    return ok_ ? value : 0;
}

std::int64_t CborReader::integer(std::int64_t least, std::int64_t most)
{
    const auto [type, count] = head();
    if (ok_ && type != CborType::uint && type != CborType::negative) refuse(Refusal::wrong_type);
    constexpr auto greatest = static_cast<std::uint64_t>(INT64_MAX);
    if (count > greatest) refuse(Refusal::out_of_range);
    if (!ok_) return 0;

    const auto size = static_cast<std::int64_t>(count);
    const auto value = type == CborType::negative ? -1 - size : size;
    if (value < least || value > most) refuse(Refusal::out_of_range);
    return ok_ ? value : 0;
}

Bytes CborReader::bytes(std::size_t length)
{
    const auto found = head_of(CborType::bytes);
    if (ok_ && found != length) refuse(Refusal::wrong_length);
    return take(length);
}

std::string_view CborReader::text(std::size_t longest)
{
    const auto length = head_of(CborType::text);
    if (length > longest) refuse(Refusal::wrong_length);
    return text_of(take(length));
}

bool CborReader::null_is_next()
{
    auto ahead = in_;
    if (!ok_ || ahead.u8() != std::to_integer<std::uint8_t>(cbor_null)) return false;
    in_ = ahead;
    return true;
}

void CborReader::array(std::size_t count)
{
    const auto found = head_of(CborType::array);
    if (ok_ && found != count) refuse(Refusal::wrong_length);
}

std::size_t CborReader::array_upto(std::size_t most)
{
    const auto found = head_of(CborType::array);
    if (found > most) refuse(Refusal::wrong_length);
    return ok_ ? static_cast<std::size_t>(found) : 0;
}

void CborReader::message(std::size_t count)
{
    const auto found = head_of(CborType::array);
    const auto version = head_of(CborType::uint);
    if (ok_ && version != 1) refuse(Refusal::wrong_version);
    if (ok_ && found != count) refuse(Refusal::wrong_length);
}

void CborReader::end()
{
    if (ok_ && in_.left() != 0) refuse(Refusal::trailing_bytes);
}

}  // namespace ks::protocol
