#include "firmware/core/journal/layout.hpp"

#include "firmware/base/crc32c.hpp"

namespace ks::core {

namespace {

constexpr std::uint32_t stamp_magic = 0x4B53'4531;   // «KSE1»
constexpr std::uint32_t header_magic = 0x4B53'4A31;  // «KSJ1»
constexpr std::uint8_t format_version = 1;
constexpr std::size_t entry_crc_at = 28;

std::uint32_t crc_at(std::uint32_t address, Bytes bytes)
{
    std::array<std::byte, 4> seed;
    ByteWriter{seed}.u32_le(address);
    return crc32c(bytes, crc32c(seed));
}

protocol::ChainDigest take_digest(ByteReader& reader)
{
    protocol::ChainDigest digest{};
    const auto bytes = reader.take(digest.size());
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

std::optional<protocol::Lane> lane_from(std::uint8_t byte)
{
    if (byte >= protocol::lane_count) return std::nullopt;
    return static_cast<protocol::Lane>(byte);
}

std::optional<EntryKind> kind_from(std::uint8_t byte)
{
    const auto kind = static_cast<EntryKind>(byte);
    switch (kind) {
    case EntryKind::record:
    case EntryKind::gap:
    case EntryKind::mark: return kind;
    }
    return std::nullopt;
}

bool is_sound(EntryKind kind, std::uint16_t length, std::uint32_t seq)
{
    if (kind == EntryKind::mark) return length == checkpoint_size && seq == 0;
    return length >= prefix_size(kind) && length <= prefix_size(kind) + body_limit && seq != 0 &&
           seq <= last_sequence;
}

}  // namespace

void Checkpoint::merge(const Checkpoint& other)
{
    boot = std::max(boot, other.boot);
    for (std::size_t i = 0; i < lanes.size(); ++i)
        if (other.lanes[i].acked > lanes[i].acked) lanes[i] = other.lanes[i];
}

StampBytes encode_stamp(std::uint32_t sector_address, std::uint32_t erases)
{
    StampBytes bytes;
    bytes.fill(std::byte{0xFF});
    ByteWriter writer{bytes};
    writer.u32_le(stamp_magic);
    writer.u32_le(erases);
    writer.u32_le(crc_at(sector_address, writer.written()));
    check(writer.ok());
    return bytes;
}

std::optional<Stamp> decode_stamp(std::uint32_t sector_address, Bytes bytes)
{
    ByteReader reader{bytes.first(stamp_size)};
    const auto magic = reader.u32_le();
    const auto erases = reader.u32_le();
    if (magic != stamp_magic || reader.u32_le() != crc_at(sector_address, bytes.first(8)))
        return std::nullopt;
    const auto fate = is_marked(reader.take(4)) ? Stamp::Fate::retired : Stamp::Fate::in_use;
    return Stamp{.erases = erases, .fate = fate};
}

CheckpointBytes encode_checkpoint(const Checkpoint& checkpoint)
{
    CheckpointBytes bytes;
    ByteWriter writer{bytes};
    writer.u32_le(checkpoint.boot);
    for (const auto& lane : checkpoint.lanes) {
        writer.u32_le(lane.acked);
        writer.put(lane.digest);
    }
    check(writer.ok() && writer.size() == bytes.size());
    return bytes;
}

std::optional<Checkpoint> decode_checkpoint(Bytes bytes)
{
    ByteReader reader{bytes};
    Checkpoint checkpoint{.boot = reader.u32_le(), .lanes = {}};
    for (auto& lane : checkpoint.lanes) {
        lane.acked = reader.u32_le();
        lane.digest = take_digest(reader);
        if (lane.acked > last_sequence) return std::nullopt;
    }
    return reader.at_end() ? std::optional{checkpoint} : std::nullopt;
}

HeaderBytes encode_header(std::uint32_t sector_address, const SectorHeader& header)
{
    HeaderBytes bytes;
    ByteWriter writer{bytes};
    writer.u32_le(header_magic);
    writer.u8(static_cast<std::uint8_t>(header.lane));
    writer.u8(format_version);
    writer.u16_le(0);
    writer.u32_le(header.serial);
    writer.u32_le(header.first_seq);
    writer.put(header.digest_before);
    writer.put(encode_checkpoint(header.checkpoint));
    writer.u32_le(crc_at(sector_address, writer.written()));
    check(writer.ok() && writer.size() == bytes.size());
    return bytes;
}

std::optional<SectorHeader> decode_header(std::uint32_t sector_address, Bytes bytes)
{
    constexpr auto crc_offset = header_body_size - 4;
    ByteReader reader{bytes.first(header_body_size)};
    if (reader.u32_le() != header_magic) return std::nullopt;
    const auto lane = lane_from(reader.u8());
    const auto version = reader.u8();
    reader.take(2);
    const auto serial = reader.u32_le();
    const auto first_seq = reader.u32_le();
    const auto digest = take_digest(reader);
    const auto checkpoint = decode_checkpoint(reader.take(checkpoint_size));
    if (reader.u32_le() != crc_at(sector_address, bytes.first(crc_offset))) return std::nullopt;
    if (!lane || version != format_version || !checkpoint) return std::nullopt;
    if (first_seq == 0 || first_seq > last_sequence) return std::nullopt;
    return SectorHeader{.lane = *lane,
                        .serial = serial,
                        .first_seq = first_seq,
                        .digest_before = digest,
                        .checkpoint = *checkpoint};
}

EntryHeaderBytes encode_entry(std::uint32_t address, const EntryHeader& entry)
{
    EntryHeaderBytes bytes;
    bytes.fill(std::byte{0xFF});
    ByteWriter writer{bytes};
    writer.u8(static_cast<std::uint8_t>(entry.kind));
    writer.u8(static_cast<std::uint8_t>(entry.lane));
    writer.u16_le(entry.length);
    writer.u32_le(entry.seq);
    writer.put(entry.digest);
    writer.u32_le(entry.body_crc);
    check(writer.ok() && writer.size() == entry_crc_at);
    writer.u32_le(crc_at(address, writer.written()));
    return bytes;
}

std::optional<EntryHeader> decode_entry(std::uint32_t address, Bytes bytes)
{
    ByteReader reader{bytes.first(entry_header_size)};
    const auto kind = kind_from(reader.u8());
    const auto lane = lane_from(reader.u8());
    const auto length = reader.u16_le();
    const auto seq = reader.u32_le();
    const auto digest = take_digest(reader);
    const auto body_crc = reader.u32_le();
    if (reader.u32_le() != crc_at(address, bytes.first(entry_crc_at))) return std::nullopt;
    if (!kind || !lane || !is_sound(*kind, length, seq)) return std::nullopt;

    const auto commit = reader.take(2);
    const auto voided = reader.take(2);
    // Any zero bit commits: commit is programmed over a verified body, whatever tore it.
    const auto state = is_marked(voided)   ? EntryState::voided
                       : !is_blank(commit) ? EntryState::committed
                                           : EntryState::open;
    return EntryHeader{.kind = *kind,
                       .lane = *lane,
                       .length = length,
                       .seq = seq,
                       .digest = digest,
                       .body_crc = body_crc,
                       .state = state};
}

protocol::ChainDigest digest_at_end(Bytes record)
{
    ByteReader reader{record.last(digest_size)};
    return take_digest(reader);
}

bool is_blank(Bytes bytes)
{
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::byte byte) { return byte == std::byte{0xFF}; });
}

bool is_scrap(Bytes entry_header)
{
    const auto begin = entry_header.first(entry_commit_at);
    return std::all_of(begin.begin(), begin.end(),
                       [](std::byte byte) { return byte == std::byte{0}; });
}

bool is_marked(Bytes bytes)
{
    std::size_t ones = 0;
    for (const auto byte : bytes)
        ones += static_cast<std::size_t>(std::popcount(std::to_integer<std::uint8_t>(byte)));
    return 2 * ones < 8 * bytes.size();
}

}  // namespace ks::core
