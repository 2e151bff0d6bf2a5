#pragma once

#include "firmware/protocol/record.hpp"

#include <array>
#include <bit>
#include <optional>

// The journal's bytes in flash; SPEC.md beside this file is the law. Everything that is read back
// is believed only under a CRC-32C seeded with its own address, so that neither a torn word nor a
// block that slipped to another place passes for data.
namespace ks::core {

/// A sequence is 32 bits in flash: at ten records a second, which no lane comes near, it lasts
/// thirteen years; at the real rate of a telemetry lane (one in 10 s), a thousand.
inline constexpr std::uint32_t last_sequence = 0xFFFF'FFFE;

inline constexpr std::uint32_t stamp_size = 16;
inline constexpr std::uint32_t header_size = 104;
inline constexpr std::uint32_t header_body_size = 100;  // what is programmed at once
inline constexpr std::uint32_t entry_header_size = 36;
inline constexpr std::uint32_t entry_commit_at = 32;
inline constexpr std::uint32_t entry_void_at = 34;
inline constexpr std::uint32_t entry_alignment = 4;

/// How far the edge has made a lane durable, and the digest of that very record.
struct LaneMark {
    std::uint32_t acked;
    protocol::ChainDigest digest;
};

/// What the journal remembers beside records. Each number only ever grows, so that of several
/// copies the newest is found without knowing which was written last.
struct Checkpoint {
    std::uint32_t boot;
    std::array<LaneMark, protocol::lane_count> lanes;

    void merge(const Checkpoint& other);
};

inline constexpr std::uint32_t checkpoint_size = 4 + protocol::lane_count * 20;
static_assert(checkpoint_size == 64);

/// Written after a complete, verified erase; carries the wear across it.
struct Stamp {
    std::uint32_t erases;
    enum class Fate : std::uint8_t { in_use, retired } fate;
};

struct SectorHeader {
    protocol::Lane lane;
    std::uint32_t serial;
    std::uint32_t first_seq;
    protocol::ChainDigest digest_before;  // of the record before `first_seq`
    Checkpoint checkpoint;
};

/// Codes far apart, so that a flipped bit or two leaves a mark distinguishable from the others. A
/// gap is a record whose bytes in flash are led by the last sequence it declares lost, so that a
/// mount can carry out what it allows.
enum class EntryKind : std::uint8_t { record = 0x52, gap = 0x47, mark = 0xAD };

[[nodiscard]] constexpr std::uint16_t prefix_size(EntryKind kind)
{
    return kind == EntryKind::gap ? 4 : 0;
}

/// A body is programmed and verified before `committed` is set, so that a committed entry that
/// does not verify was damaged later and never torn.
enum class EntryState : std::uint8_t { open, committed, voided };

/// Whether this byte was the kind of a mark before it was damaged.
[[nodiscard]] constexpr bool was_mark(std::byte kind)
{
    const auto mark = static_cast<unsigned>(EntryKind::mark);
    return std::popcount(std::to_integer<unsigned>(kind) ^ mark) <= 2;
}
static_assert(was_mark(std::byte{0xAC}) && !was_mark(static_cast<std::byte>(EntryKind::record)) &&
              !was_mark(static_cast<std::byte>(EntryKind::gap)) && !was_mark(std::byte{0xFF}));

struct EntryHeader {
    EntryKind kind;
    protocol::Lane lane;
    std::uint16_t length;  // of the body, with its prefix and without the digest
    std::uint32_t seq;     // 0 in a mark
    protocol::ChainDigest digest;
    std::uint32_t body_crc;
    EntryState state;
};

using StampBytes = std::array<std::byte, stamp_size>;
using HeaderBytes = std::array<std::byte, header_body_size>;
using EntryHeaderBytes = std::array<std::byte, entry_header_size>;
using CheckpointBytes = std::array<std::byte, checkpoint_size>;

inline constexpr std::uint32_t digest_size = sizeof(protocol::ChainDigest);
inline constexpr std::uint32_t body_limit = protocol::record_limit - digest_size;
inline constexpr std::uint32_t mark_entry_size = entry_header_size + checkpoint_size;

[[nodiscard]] constexpr std::uint32_t aligned(std::uint32_t offset)
{
    return (offset + entry_alignment - 1) / entry_alignment * entry_alignment;
}
static_assert(aligned(0) == 0 && aligned(1) == 4 && aligned(4) == 4);

/// Where an entry begins at the earliest after `used` bytes of a sector: its header lies within one
/// page, so that it is torn as one piece.
[[nodiscard]] constexpr std::uint32_t entry_place(std::uint32_t used, std::uint32_t page_size)
{
    const auto offset = aligned(used);
    const auto in_page = offset % page_size;
    return in_page + entry_header_size > page_size ? offset + page_size - in_page : offset;
}
static_assert(entry_place(120, 128) == 128 && entry_place(120, 256) == 120);
static_assert(entry_place(219, 256) == 220 && entry_place(221, 256) == 256);

[[nodiscard]] StampBytes encode_stamp(std::uint32_t sector_address, std::uint32_t erases);
[[nodiscard]] std::optional<Stamp> decode_stamp(std::uint32_t sector_address, Bytes bytes);

[[nodiscard]] HeaderBytes encode_header(std::uint32_t sector_address, const SectorHeader& header);
/// Nothing unless every field passes; the mark of death is not looked at.
[[nodiscard]] std::optional<SectorHeader> decode_header(std::uint32_t sector_address, Bytes bytes);

[[nodiscard]] EntryHeaderBytes encode_entry(std::uint32_t address, const EntryHeader& entry);
[[nodiscard]] std::optional<EntryHeader> decode_entry(std::uint32_t address, Bytes bytes);

[[nodiscard]] CheckpointBytes encode_checkpoint(const Checkpoint& checkpoint);
[[nodiscard]] std::optional<Checkpoint> decode_checkpoint(Bytes bytes);

/// The last bytes of a record, which has them.
[[nodiscard]] protocol::ChainDigest digest_at_end(Bytes record);

[[nodiscard]] bool is_blank(Bytes bytes);

/// A header that power tore is overwritten with zeros, so that it never verifies by luck later.
[[nodiscard]] bool is_scrap(Bytes entry_header);

/// A mark set by programming zeros over ones: more than half of its bits decide, so that one
/// flipped cell neither sets nor clears it.
[[nodiscard]] bool is_marked(Bytes bytes);

}  // namespace ks::core
