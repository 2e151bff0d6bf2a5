#include "firmware/base/bytes.hpp"
#include "firmware/base/crc32c.hpp"
#include "firmware/base/fixed_queue.hpp"
#include "firmware/base/fixed_vector.hpp"
#include "firmware/base/quantity.hpp"
#include "firmware/base/result.hpp"
#include "firmware/base/spsc_ring.hpp"

#include <catch2/catch.hpp>

using namespace ks;

TEST_CASE("CRC-32C gives the values printed in RFC 3720", "[base][crc][unit]")
{
    std::array<std::byte, 32> bytes{};
    CHECK(crc32c(bytes) == 0x8A91'36AA);
    bytes.fill(std::byte{0xFF});
    CHECK(crc32c(bytes) == 0x62A8'AB43);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(i);
    CHECK(crc32c(bytes) == 0x46DD'794E);
    CHECK(crc32c(Bytes{bytes}.subspan(10), crc32c(Bytes{bytes}.first(10))) == 0x46DD'794E);
}

TEST_CASE("a reader never reads past its bytes and stays bad after trying", "[base][bytes][unit]")
{
    const std::array bytes{std::byte{1}, std::byte{2}, std::byte{3}};
    ByteReader reader{bytes};
    CHECK(reader.u16_be() == 0x0102);
    CHECK(reader.u16_be() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.u8() == 0);
    CHECK_FALSE(reader.at_end());
}

TEST_CASE("a writer never writes past its room and keeps what it had", "[base][bytes][unit]")
{
    std::array<std::byte, 3> room{};
    ByteWriter writer{room};
    writer.u16_le(0x0201);
    writer.u32_be(7);
    CHECK_FALSE(writer.ok());
    CHECK(writer.size() == 2);
    writer.u8(9);
    CHECK(writer.size() == 2);
    CHECK(room == std::array{std::byte{1}, std::byte{2}, std::byte{0}});
}

TEST_CASE("what is written in either order is read back", "[base][bytes][unit]")
{
    std::array<std::byte, 26> room{};
    ByteWriter writer{room};
    writer.u64_le(0x0123'4567'89AB'CDEF);
    writer.u64_be(0x0123'4567'89AB'CDEF);
    writer.u24_le(0xABCDEF);
    writer.u32_be(0xDEADBEEF);
    writer.u24_le(1);
    REQUIRE(writer.ok());

    ByteReader reader{writer.written()};
    CHECK(reader.u64_le() == 0x0123'4567'89AB'CDEF);
    CHECK(reader.u64_be() == 0x0123'4567'89AB'CDEF);
    CHECK(reader.u24_le() == 0xABCDEF);
    CHECK(reader.u32_be() == 0xDEADBEEF);
    CHECK(reader.u24_le() == 1);
    CHECK(reader.at_end());
}

TEST_CASE("a ring keeps order and refuses when full", "[base][ring][unit]")
{
    SpscRing<int, 4> ring;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i)
            CHECK(ring.push(i));
        CHECK_FALSE(ring.push(4));
        for (int i = 0; i < 4; ++i)
            CHECK(ring.pop() == i);
        CHECK_FALSE(ring.pop());
    }
}

TEST_CASE("a fixed queue and a fixed vector keep their order", "[base][containers][unit]")
{
    FixedQueue<int, 2> queue;
    CHECK(queue.push(1));
    CHECK(queue.push(2));
    CHECK_FALSE(queue.push(3));
    queue.pop();
    CHECK(queue.push(3));
    CHECK(queue[1] == 3);

    FixedVector<int, 3> list;
    for (const int i : {1, 2, 3})
        list.push_back(i);
    list.erase_at(0);
    CHECK(list.size() == 2);
    CHECK(list[0] == 2);
}

TEST_CASE("apparent power of a large load does not overflow", "[base][quantity][unit]")
{
    CHECK(apparent_power(264_V, 32_A) == Milliwatts{8'448'000});
}

TEST_CASE("a result is a value or a reason", "[base][result][unit]")
{
    enum class Reason { late };
    const Result<int, Reason> good{4};
    const Result<int, Reason> bad = Failure{Reason::late};
    CHECK(*good == 4);
    CHECK(bad.reason() == Reason::late);
    CHECK(bad.value_or(7) == 7);
}
