#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/protocol/cbor.hpp"
#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/word_range.hpp"

#include <concepts>
#include <limits>
#include <type_traits>

// How each type of field lies in the bytes. `put` and `take` are a pair: what one refuses to write
// the other refuses to read.
namespace ks::protocol {

/// Bound of every quantity, sequence and time, both ways from zero: the largest whole number that
/// JSON readers keep exact (RFC 8259 section 6), and small enough that no sum of a few overflows.
inline constexpr std::int64_t greatest = (std::int64_t{1} << 53) - 1;

/// First item of every message. Another number is another protocol.
inline constexpr std::uint8_t version = 1;

template <class T>
concept Word = std::is_enum_v<T>;

template <std::unsigned_integral T>
void put(CborWriter& out, T value)
{
    out.uint(value);
}

inline void put(CborWriter& out, std::int64_t value)
{
    check(value >= -greatest && value <= greatest);
    out.integer(value);
}

template <Word T>
void put(CborWriter& out, T value)
{
    check(value >= range_of<T>.first && value <= range_of<T>.last);
    out.uint(static_cast<std::uint64_t>(value));
}

template <class Unit, class Rep>
void put(CborWriter& out, Quantity<Unit, Rep> value)
{
    put(out, std::int64_t{value.count()});
}

/// A span of time never runs backwards.
inline void put(CborWriter& out, Millis value)
{
    check(value >= Millis{0} && value <= Millis{greatest});
    out.integer(value.count());
}

inline void put(CborWriter& out, Instant value) { put(out, value.since_boot()); }
/// Of either sign: a post with a wrong clock still writes its log.
inline void put(CborWriter& out, UnixMillis value) { put(out, value.count()); }

template <std::size_t size>
void put(CborWriter& out, const std::array<std::byte, size>& value)
{
    out.bytes(value);
}

template <class T>
void put(CborWriter& out, const std::optional<T>& value)
{
    if (value)
        put(out, *value);
    else
        out.null();
}

template <class T, std::size_t room>
void put(CborWriter& out, const FixedVector<T, room>& list)
{
    out.array(list.size());
    for (const auto& item : list)
        put(out, item);
}

/// One array of these fields, in this order.
template <class... Fields>
void put_all(CborWriter& out, const Fields&... fields)
{
    out.array(sizeof...(fields));
    (put(out, fields), ...);
}

/// One whole message: the version, then these fields.
template <class... Fields>
void put_message(CborWriter& out, const Fields&... fields)
{
    out.array(1 + sizeof...(fields));
    put(out, version);
    (put(out, fields), ...);
}

template <class T>
[[nodiscard]] T take(CborReader& in);

template <std::unsigned_integral T>
[[nodiscard]] T take(CborReader& in)
{
    return static_cast<T>(in.uint(std::numeric_limits<T>::max()));
}

template <Word T>
[[nodiscard]] T take(CborReader& in)
{
    constexpr auto first = static_cast<std::uint64_t>(range_of<T>.first);
    constexpr auto last = static_cast<std::uint64_t>(range_of<T>.last);
    static_assert(first <= last && last <= 0xFF);

    const auto value = in.uint(std::numeric_limits<std::uint64_t>::max());
    if (in.ok() && (value < first || value > last)) in.refuse(Refusal::unknown_value);
    return in.ok() ? static_cast<T>(value) : range_of<T>.first;
}

/// A measured value: of either sign.
template <class T>
requires requires { typename T::rep; }
[[nodiscard]] T take(CborReader& in)
{
    using Rep = typename T::rep;
    constexpr auto most = std::min<std::int64_t>(std::numeric_limits<Rep>::max(), greatest);
    constexpr auto least = std::max<std::int64_t>(std::numeric_limits<Rep>::min(), -greatest);
    return T{static_cast<Rep>(in.integer(least, most))};
}

/// A granted or commissioned value: never below zero.
template <class T>
requires requires { typename T::rep; }
[[nodiscard]] T take_limit(CborReader& in)
{
    using Rep = typename T::rep;
    constexpr auto most = std::min<std::int64_t>(std::numeric_limits<Rep>::max(), greatest);
    return T{static_cast<Rep>(in.integer(0, most))};
}

/// A commissioned fraction or count.
template <std::unsigned_integral T>
[[nodiscard]] T take_limit(CborReader& in)
{
    return take<T>(in);
}

template <>
inline Millis take<Millis>(CborReader& in)
{
    return take_limit<Millis>(in);
}

template <>
inline std::int64_t take<std::int64_t>(CborReader& in)
{
    return in.integer(-greatest, greatest);
}

template <>
inline Instant take<Instant>(CborReader& in)
{
    return Instant{take<Millis>(in)};
}

template <>
inline UnixMillis take<UnixMillis>(CborReader& in)
{
    return UnixMillis{take<std::int64_t>(in)};
}

template <std::size_t size>
[[nodiscard]] std::array<std::byte, size> take_bytes(CborReader& in)
{
    std::array<std::byte, size> value{};
    const auto bytes = in.bytes(size);
    std::copy(bytes.begin(), bytes.end(), value.begin());
    return value;
}

template <class T, T (*take_one)(CborReader&)>
[[nodiscard]] std::optional<T> take_optional(CborReader& in)
{
    if (in.null_is_next()) return std::nullopt;
    return take_one(in);
}

/// What `put` makes of a list.
template <class T, std::size_t room, T (*take_one)(CborReader&)>
[[nodiscard]] FixedVector<T, room> take_list(CborReader& in)
{
    FixedVector<T, room> list;
    const auto count = in.array_upto(room);
    for (std::size_t i = 0; i < count && in.ok(); ++i)
        list.push_back(take_one(in));
    return list;
}

/// The check that `take_outlet` is paired with.
[[nodiscard]] constexpr bool is_outlet(OutletNumber outlet) { return outlet <= outlet_limit; }

/// 0, the whole post, or a number that some post may have.
[[nodiscard]] inline OutletNumber take_outlet(CborReader& in)
{
    return static_cast<OutletNumber>(in.uint(outlet_limit));
}

inline constexpr std::uint32_t whole_permille = 1'000;

[[nodiscard]] inline std::uint32_t take_permille(CborReader& in)
{
    return static_cast<std::uint32_t>(in.uint(whole_permille));
}

/// How many cards an offline list has.
[[nodiscard]] inline std::uint32_t take_card_count(CborReader& in)
{
    return static_cast<std::uint32_t>(in.uint(offline_cards_most));
}

[[nodiscard]] inline std::uint64_t take_count(CborReader& in)
{
    return in.uint(static_cast<std::uint64_t>(greatest));
}

/// A place in a lane. The first record has 1, so that 0 can mean none.
[[nodiscard]] inline std::uint64_t take_seq(CborReader& in)
{
    const auto seq = take_count(in);
    if (seq == 0) in.refuse(Refusal::out_of_range);
    return seq;
}

/// What `take_limit` reads.
template <class T>
[[nodiscard]] constexpr bool is_limit(T value)
{
    return value.count() >= 0 && std::int64_t{value.count()} <= greatest;
}
[[nodiscard]] constexpr bool is_limit(std::uint32_t /*any*/) { return true; }

static_assert(is_limit(Millis{0}) && is_limit(Millis{greatest}) && !is_limit(Millis{-1}));
static_assert(!is_limit(MilliwattHours{greatest + 1}) && !is_limit(Milliamps{-1}));

/// The checks `take_seq` and `take_count` are paired with.
[[nodiscard]] constexpr bool is_seq(std::uint64_t seq)
{
    return seq >= 1 && seq <= static_cast<std::uint64_t>(greatest);
}

static_assert(!is_seq(0) && is_seq(1) && is_seq(9'007'199'254'740'991));
static_assert(!is_seq(9'007'199'254'740'992));
static_assert(is_outlet(whole_post) && is_outlet(12) && !is_outlet(13));

}  // namespace ks::protocol
