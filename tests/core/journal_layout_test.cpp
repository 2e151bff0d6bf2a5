#include "firmware/core/journal/layout.hpp"
#include "firmware/core/journal/sector_index.hpp"
#include "firmware/core/journal/walk.hpp"
#include "sim/chips/nor_flash.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::Lane;

// The bytes of SPEC.md, and what is refused.

namespace {

constexpr std::uint32_t somewhere = 0x3000;

protocol::ChainDigest digest_from(std::uint8_t first)
{
    protocol::ChainDigest digest{};
    for (auto& byte : digest)
        byte = static_cast<std::byte>(first++);
    return digest;
}

SectorHeader header_example()
{
    SectorHeader header{.lane = Lane::event,
                        .serial = 7,
                        .first_seq = 1'000,
                        .digest_before = digest_from(0x10),
                        .checkpoint = {.boot = 3, .lanes = {}}};
    header.checkpoint.lanes[1] = {.acked = 990, .digest = digest_from(0x40)};
    return header;
}

EntryHeader entry_example()
{
    return {.kind = EntryKind::record,
            .lane = Lane::tele,
            .length = 100,
            .seq = 42,
            .digest = digest_from(0x80),
            .body_crc = 0x0102'0304,
            .state = EntryState::open};
}

}  // namespace

TEST_CASE("a stamp, a sector header and an entry header are read back as written",
          "[core][journal][unit]")
{
    const auto stamp = decode_stamp(somewhere, encode_stamp(somewhere, 4'711));
    REQUIRE(stamp);
    CHECK(stamp->erases == 4'711);
    CHECK(stamp->fate == Stamp::Fate::in_use);

    const auto header = decode_header(somewhere, encode_header(somewhere, header_example()));
    REQUIRE(header);
    CHECK(header->lane == Lane::event);
    CHECK(header->serial == 7);
    CHECK(header->first_seq == 1'000);
    CHECK(header->digest_before == digest_from(0x10));
    CHECK(header->checkpoint.boot == 3);
    CHECK(header->checkpoint.lanes[1].acked == 990);
    CHECK(header->checkpoint.lanes[1].digest == digest_from(0x40));

    const auto entry = decode_entry(somewhere, encode_entry(somewhere, entry_example()));
    REQUIRE(entry);
    CHECK(entry->kind == EntryKind::record);
    CHECK(entry->lane == Lane::tele);
    CHECK(entry->length == 100);
    CHECK(entry->seq == 42);
    CHECK(entry->digest == digest_from(0x80));
    CHECK(entry->body_crc == 0x0102'0304);
    CHECK(entry->state == EntryState::open);
}

TEST_CASE("headers lie in flash as SPEC.md says", "[core][journal][golden]")
{
    const auto stamp = encode_stamp(somewhere, 0x0102);
    CHECK(stamp[0] == std::byte{0x31});
    CHECK(stamp[3] == std::byte{0x4B});
    CHECK(stamp[4] == std::byte{0x02});
    CHECK(is_blank(Bytes{stamp}.subspan(12)));

    const auto header = encode_header(somewhere, header_example());
    CHECK(header[0] == std::byte{0x31});
    CHECK(header[4] == std::byte{1});
    CHECK(header[8] == std::byte{7});
    CHECK(header[12] == std::byte{0xE8});
    CHECK(header[16] == std::byte{0x10});
    CHECK(header[32] == std::byte{3});
    CHECK(header[56] == std::byte{0xDE});

    const auto entry = encode_entry(somewhere, entry_example());
    CHECK(entry[0] == std::byte{0x52});
    CHECK(entry[1] == std::byte{2});
    CHECK(entry[2] == std::byte{100});
    CHECK(entry[4] == std::byte{42});
    CHECK(entry[8] == std::byte{0x80});
    CHECK(entry[24] == std::byte{0x04});
    CHECK(is_blank(Bytes{entry}.subspan(32)));
}

TEST_CASE("F-050 no flipped bit and no other address passes for a header", "[core][journal][unit]")
{
    const auto header = encode_header(somewhere, header_example());
    const auto entry = encode_entry(somewhere, entry_example());
    const auto stamp = encode_stamp(somewhere, 9);
    CHECK_FALSE(decode_header(somewhere + 0x1000, header));
    CHECK_FALSE(decode_entry(somewhere + 4, entry));
    CHECK_FALSE(decode_stamp(0, stamp));

    for (std::size_t bit = 0; bit < header.size() * 8; ++bit) {
        auto bent = header;
        bent[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        REQUIRE_FALSE(decode_header(somewhere, bent));
    }
    for (std::size_t bit = 0; bit < entry_commit_at * 8; ++bit) {
        auto bent = entry;
        bent[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        REQUIRE_FALSE(decode_entry(somewhere, bent));
    }
}

TEST_CASE("a header whose fields make no sense is refused though its checksum is right",
          "[core][journal][unit]")
{
    auto header = header_example();
    header.first_seq = 0;
    CHECK_FALSE(decode_header(somewhere, encode_header(somewhere, header)));
    header.first_seq = last_sequence + 1;
    CHECK_FALSE(decode_header(somewhere, encode_header(somewhere, header)));
    header = header_example();
    header.lane = static_cast<Lane>(3);
    CHECK_FALSE(decode_header(somewhere, encode_header(somewhere, header)));
    header = header_example();
    header.checkpoint.lanes[0].acked = 0xFFFF'FFFF;
    CHECK_FALSE(decode_header(somewhere, encode_header(somewhere, header)));

    const auto refused = [](const EntryHeader& entry) {
        return !decode_entry(somewhere, encode_entry(somewhere, entry));
    };
    auto entry = entry_example();
    entry.length = body_limit + 1;
    CHECK(refused(entry));
    entry = entry_example();
    entry.seq = 0;
    CHECK(refused(entry));
    entry = entry_example();
    entry.kind = EntryKind::mark;
    CHECK(refused(entry));
    entry = entry_example();
    entry.kind = EntryKind::gap;
    entry.length = 3;
    CHECK(refused(entry));
    entry = entry_example();
    entry.kind = static_cast<EntryKind>(0);
    CHECK(refused(entry));
    entry = entry_example();
    entry.lane = static_cast<Lane>(9);
    CHECK(refused(entry));
}

TEST_CASE("any bit of a commit commits, and only most of the bits void or kill",
          "[core][journal][unit]")
{
    auto bytes = encode_entry(somewhere, entry_example());
    bytes[entry_void_at] = std::byte{0xF0};
    CHECK(decode_entry(somewhere, bytes)->state == EntryState::open);
    bytes[entry_commit_at] = std::byte{0xFE};
    CHECK(decode_entry(somewhere, bytes)->state == EntryState::committed);
    bytes[entry_void_at + 1] = std::byte{0x01};
    CHECK(decode_entry(somewhere, bytes)->state == EntryState::voided);

    CHECK_FALSE(is_marked(std::array{std::byte{0xFF}, std::byte{0x00}}));
    CHECK(is_marked(std::array{std::byte{0x7F}, std::byte{0x00}}));
}

TEST_CASE("a checkpoint of two keeps the newer of every part", "[core][journal][unit]")
{
    Checkpoint a{.boot = 5, .lanes = {}};
    Checkpoint b{.boot = 4, .lanes = {}};
    a.lanes[0] = {.acked = 1, .digest = digest_from(1)};
    b.lanes[0] = {.acked = 2, .digest = digest_from(2)};
    b.lanes[2] = {.acked = 9, .digest = digest_from(9)};
    a.merge(b);
    CHECK(a.boot == 5);
    CHECK(a.lanes[0].digest == digest_from(2));
    CHECK(a.lanes[2].acked == 9);

    const auto back = decode_checkpoint(encode_checkpoint(a));
    REQUIRE(back);
    CHECK(back->lanes[2].digest == digest_from(9));
    CHECK_FALSE(decode_checkpoint(Bytes{encode_checkpoint(a)}.first(63)));
}

TEST_CASE("F-057 a walk finds the entry behind a ruin and says where the ruin lay",
          "[core][journal][unit]")
{
    sim::NorFlash flash{{.sector_size = 1'024, .sectors = 1, .page_size = 128}};
    NorAccess nor{flash};
    auto entry = entry_example();
    entry.length = 8;
    const auto put = [&](std::uint32_t at) {
        REQUIRE(nor.program(at, encode_entry(at, entry)) == hal::NorResult::ok);
        REQUIRE(nor.program(at + entry_header_size, std::array<std::byte, 8>{}) ==
                hal::NorResult::ok);
    };
    put(128);
    put(172);
    put(256);
    flash.flip(172 + 9, std::byte{0x80});

    SectorWalk walk{nor, 0, Lane::tele, data_begin()};
    CHECK(walk.next()->at == 128);
    CHECK(walk.ruins() == 0);
    CHECK(walk.next()->at == 256);
    CHECK(walk.ruins() == 1);
    CHECK(walk.last_ruin().begin == 172);
    CHECK_FALSE(walk.next());
    CHECK(walk.used_end() == 256 + 44);

    SectorWalk other{nor, 0, Lane::alarm, data_begin()};
    CHECK_FALSE(other.next());
}

TEST_CASE("the least worn free sector is used next, and among equals the next one round the chip",
          "[core][journal][unit]")
{
    std::array<SectorInfo, 5> sectors{};
    SectorIndex index{sectors};
    for (SectorIndex::Sector i = 0; i < 5; ++i)
        index.set_erases(i, 7);
    CHECK(index.least_worn(SectorState::dirty, 2) == 3);
    CHECK(index.least_worn(SectorState::dirty, 4) == 0);
    index.set_erases(1, 6);
    CHECK(index.least_worn(SectorState::dirty, 2) == 1);
    index.set_state(1, SectorState::retired);
    CHECK(index.least_worn(SectorState::dirty, 2) == 3);
    CHECK_FALSE(index.least_worn(SectorState::clean, 2));
    CHECK(index.most_erases() == 7);
}

TEST_CASE("the index finds the sector of a sequence, its neighbours, and the later of two twins",
          "[core][journal][unit]")
{
    std::array<SectorInfo, 5> sectors{};
    SectorIndex index{sectors};
    const auto open = [&](SectorIndex::Sector at, std::uint32_t first, std::uint32_t serial) {
        index[at] = {};
        index[at].first_seq = first;
        index[at].serial = serial;
        index[at].lane = 1;
        index.set_state(at, SectorState::live);
    };
    open(3, 10, 1);
    open(0, 25, 2);
    open(4, 25, 3);
    CHECK(index.oldest(Lane::event) == 3);
    CHECK(index.newest(Lane::event) == 4);
    CHECK(index.holding(Lane::event, 24) == 3);
    CHECK(index.holding(Lane::event, 25) == 4);
    CHECK_FALSE(index.holding(Lane::event, 9));
    CHECK(index.after(Lane::event, 10) == 0);
    CHECK_FALSE(index.after(Lane::event, 25));
    CHECK(index.live_before(Lane::event, 25) == 1);
    CHECK_FALSE(index.newest(Lane::alarm));
}
