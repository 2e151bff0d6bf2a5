#include "firmware/protocol/cbor.hpp"
#include "firmware/protocol/codec.hpp"
#include "tests/protocol/peer.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ks;
using namespace ks::protocol;

namespace {

constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// What the writer makes of one item, in hex.
template <class Write>
std::string written(Write write)
{
    std::array<std::byte, 64> room{};
    CborWriter out{room};
    write(out);
    REQUIRE(out.ok());
    return peer::hex(out.written());
}

/// Why reading the hex in this way is refused; nothing when it is not.
template <class Read>
std::optional<Refusal> refusal(std::string_view hex, Read read)
{
    const auto bytes = *peer::from_hex(hex);
    CborReader in{bytes};
    read(in);
    in.end();
    if (in.ok()) return std::nullopt;
    return in.refusal();
}

}  // namespace

TEST_CASE("numbers are written as RFC 8949 appendix A prints them", "[protocol][cbor][unit]")
{
    struct Row {
        std::int64_t value;
        std::string hex;
    };
    for (const auto& [value, hex] : std::initializer_list<Row>{
             {0, "00"},
             {1, "01"},
             {10, "0a"},
             {23, "17"},
             {24, "1818"},
             {25, "1819"},
             {100, "1864"},
             {255, "18ff"},
             {256, "190100"},
             {1'000, "1903e8"},
             {65'535, "19ffff"},
             {65'536, "1a00010000"},
             {1'000'000, "1a000f4240"},
             {4'294'967'295, "1affffffff"},
             {4'294'967'296, "1b0000000100000000"},
             {1'000'000'000'000, "1b000000e8d4a51000"},
             {most, "1b7fffffffffffffff"},
             {-1, "20"},
             {-10, "29"},
             {-24, "37"},
             {-25, "3818"},
             {-100, "3863"},
             {-1'000, "3903e7"},
             {least, "3b7fffffffffffffff"},
         }) {
        CAPTURE(value);
        CHECK(written([v = value](CborWriter& out) { out.integer(v); }) == hex);
        const auto bytes = *peer::from_hex(hex);
        CborReader in{bytes};
        CHECK(in.integer(least, most) == value);
        CHECK(in.ok());
        CHECK(in.taken() == bytes.size());
    }
    CHECK(written([](CborWriter& out) { out.uint(any); }) == "1bffffffffffffffff");
}

TEST_CASE("strings, arrays and null are written as RFC 8949 prints them", "[protocol][cbor][unit]")
{
    const std::array bytes{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    CHECK(written([&](CborWriter& out) { out.bytes({}); }) == "40");
    CHECK(written([&](CborWriter& out) { out.bytes(bytes); }) == "4401020304");
    CHECK(written([&](CborWriter& out) { out.text("IETF"); }) == "6449455446");
    CHECK(written([&](CborWriter& out) { out.array(0); }) == "80");
    CHECK(written([&](CborWriter& out) { out.array(25); }) == "9819");
    CHECK(written([&](CborWriter& out) { out.null(); }) == "f6");
}

TEST_CASE("a writer without room is bad and says so", "[protocol][cbor][unit]")
{
    std::array<std::byte, 2> room{};
    CborWriter out{room};
    out.uint(1'000);
    CHECK_FALSE(out.ok());
}

TEST_CASE("a number in any longer form than needed is refused", "[protocol][cbor][bad][unit]")
{
    const auto read = [](CborReader& in) { (void)in.integer(least, most); };
    for (const auto* hex : {"1800", "1817", "190000", "1900ff", "1a0000ffff", "1b00000000ffffffff",
                            "3800", "3817", "3900ff", "3a0000ffff", "3b00000000ffffffff"}) {
        CAPTURE(hex);
        CHECK(refusal(hex, read) == Refusal::not_deterministic);
    }
    CHECK(refusal("5800", [](CborReader& in) { (void)in.bytes(0); }) == Refusal::not_deterministic);
    CHECK(refusal("7800", [](CborReader& in) { (void)in.text(9); }) == Refusal::not_deterministic);
    CHECK(refusal("9800", [](CborReader& in) { in.array(0); }) == Refusal::not_deterministic);
}

TEST_CASE("indefinite and reserved lengths are refused", "[protocol][cbor][bad][unit]")
{
    CHECK(refusal("5f4101ff", [](CborReader& in) { (void)in.bytes(1); }) ==
          Refusal::not_deterministic);
    CHECK(refusal("7f6161ff", [](CborReader& in) { (void)in.text(9); }) ==
          Refusal::not_deterministic);
    CHECK(refusal("9f01ff", [](CborReader& in) { in.array(1); }) == Refusal::not_deterministic);
    for (const auto* hex : {"1c", "1d", "1e", "1f", "ff"}) {
        CAPTURE(hex);
        CHECK(refusal(hex, [](CborReader& in) { (void)in.uint(any); }) ==
              Refusal::not_deterministic);
    }
}

TEST_CASE("an item of another type is refused", "[protocol][cbor][bad][unit]")
{
    // A string, a map, a tag, false, true, undefined, a half, a single and a double float.
    for (const auto* hex : {"4101", "6161", "80", "a0", "c000", "f4", "f5", "f7", "f93c00",
                            "fa3f800000", "fb3ff0000000000000"}) {
        CAPTURE(hex);
        CHECK(refusal(hex, [](CborReader& in) { (void)in.uint(any); }) == Refusal::wrong_type);
        CHECK(refusal(hex, [](CborReader& in) { (void)in.integer(least, most); }) ==
              Refusal::wrong_type);
        CHECK_FALSE(refusal("f6", [](CborReader& in) { (void)in.null_is_next(); }));
    }
    CHECK(refusal("20", [](CborReader& in) { (void)in.uint(any); }) == Refusal::wrong_type);
    CHECK(refusal("f6", [](CborReader& in) { (void)in.bytes(1); }) == Refusal::wrong_type);
    CHECK(refusal("6161", [](CborReader& in) { (void)in.bytes(1); }) == Refusal::wrong_type);
    CHECK(refusal("4161", [](CborReader& in) { (void)in.text(1); }) == Refusal::wrong_type);
    CHECK(refusal("01", [](CborReader& in) { in.array(1); }) == Refusal::wrong_type);
}

TEST_CASE("a number beyond what was asked for is refused", "[protocol][cbor][bad][unit]")
{
    CHECK_FALSE(refusal("0c", [](CborReader& in) { (void)in.uint(12); }));
    CHECK(refusal("0d", [](CborReader& in) { (void)in.uint(12); }) == Refusal::out_of_range);
    CHECK(refusal("20", [](CborReader& in) { (void)in.integer(0, 1); }) == Refusal::out_of_range);
    CHECK(refusal("02", [](CborReader& in) { (void)in.integer(0, 1); }) == Refusal::out_of_range);
    for (const auto* hex :
         {"1b8000000000000000", "1bffffffffffffffff", "3b8000000000000000", "3bffffffffffffffff"}) {
        CAPTURE(hex);
        CHECK(refusal(hex, [](CborReader& in) { (void)in.integer(least, most); }) ==
              Refusal::out_of_range);
    }
}

TEST_CASE("a length that is not as asked is refused, whatever it claims",
          "[protocol][cbor][bad][unit]")
{
    for (const auto* hex : {"40", "4201", "58ff", "59ffff", "5affffffff", "5bffffffffffffffff"}) {
        CAPTURE(hex);
        CHECK(refusal(hex, [](CborReader& in) { (void)in.bytes(1); }) == Refusal::wrong_length);
    }
    CHECK(refusal("5bffffffffffffffff", [](CborReader& in) { (void)in.bytes(SIZE_MAX); }) ==
          Refusal::truncated);
    CHECK(refusal("7bffffffffffffffff", [](CborReader& in) { (void)in.text(32); }) ==
          Refusal::wrong_length);
    CHECK(refusal("82", [](CborReader& in) { in.array(1); }) == Refusal::wrong_length);
    CHECK(refusal("9bffffffffffffffff", [](CborReader& in) { (void)in.array_upto(12); }) ==
          Refusal::wrong_length);
}

TEST_CASE("a reader names the first reason and reads nothing after it",
          "[protocol][cbor][bad][unit]")
{
    const auto bytes = *peer::from_hex("1800054141");
    CborReader in{bytes};
    CHECK(in.uint(any) == 0);
    CHECK(in.uint(any) == 0);
    CHECK(in.bytes(1).empty());
    CHECK(in.text(1).empty());
    CHECK(in.array_upto(9) == 0);
    CHECK_FALSE(in.null_is_next());
    in.refuse(Refusal::wrong_lane);
    in.end();
    CHECK(in.refusal() == Refusal::not_deterministic);
}

TEST_CASE("what ends early or goes on is refused", "[protocol][cbor][bad][unit]")
{
    const auto read = [](CborReader& in) { (void)in.uint(any); };
    for (const auto* hex : {"", "18", "19", "1901", "1a010203", "1b01020304050607"}) {
        CAPTURE(hex);
        CHECK(refusal(hex, read) == Refusal::truncated);
    }
    CHECK(refusal("42aa", [](CborReader& in) { (void)in.bytes(2); }) == Refusal::truncated);
    CHECK(refusal("0000", read) == Refusal::trailing_bytes);
}
