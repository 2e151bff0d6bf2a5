#include "edge/runtime/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks::edge;

TEST_CASE("bytes come back from their own digits", "[edge][runtime]")
{
    const std::array bytes{std::byte{0x00}, std::byte{0x7f}, std::byte{0x80}, std::byte{0xff}};
    CHECK(hex_of(bytes) == "007f80ff");
    CHECK(bytes_from_hex<4>("007f80ff") == bytes);
    CHECK(bytes_from_hex<4>("007F80FF") == bytes);
    CHECK(hex_of({}).empty());
    CHECK(bytes_from_hex<0>("").has_value());
}

TEST_CASE("what is not exactly so many digits is refused", "[edge][runtime]")
{
    for (const auto* text : {"", "0", "00", "007f80f", "007f80ff0", "007f80ff00", "007f80fg",
                             "0x7f80ff", " 07f80ff", "007f80f\xc3"}) {
        CAPTURE(text);
        CHECK_FALSE(bytes_from_hex<4>(text).has_value());
    }
}
