#include "firmware/base/crc32c.hpp"
#include "firmware/core/journal/journal.hpp"
#include "sim/chips/nor_flash.hpp"

#include <cstdlib>

// Any content of a chip whatever is mounted within bounds, and the journal works afterwards.

namespace {

using namespace ks;
using protocol::Lane;

constexpr hal::NorGeometry chip{.sector_size = 1'024, .sectors = 10, .page_size = 128};

/// A mount reads the headers of each sector and walks three sectors, word by word at worst.
constexpr std::uint64_t most_reads = 3 * 1'024 / 4 + 10 * 4 + 1'500;

void demand(bool holds)
{
    if (!holds) std::abort();
}

/// Appends as a post does. True when the record is in.
bool append(core::Journal& journal, Lane lane, Bytes record)
{
    for (int round = 0; round < 8; ++round) {
        const auto gap = journal.gap_needed(lane);
        if (!gap) break;
        if (!journal.append_gap(*gap, record.first(100))) return false;
    }
    const auto seq = journal.next_seq(lane);
    const auto appended = journal.append(lane, record);
    if (!appended) return false;
    demand(*appended == seq && journal.next_seq(lane) == seq + 1);
    std::array<std::byte, protocol::record_limit> room;
    const auto size = journal.read(lane, seq, room);
    demand(size.ok() && equal(Bytes{room}.first(*size), record));
    return true;
}

void put_crc(std::span<std::byte> image, std::size_t begin, std::size_t length,
             std::size_t seed_address)
{
    std::array<std::byte, 4> seed;
    ByteWriter{seed}.u32_le(static_cast<std::uint32_t>(seed_address));
    const auto crc = crc32c(image.subspan(begin, length), crc32c(seed));
    ByteWriter{image.subspan(begin + length, 4)}.u32_le(crc);
}

/// Gives every header and entry the checksum it should have, so that the fuzzer gets past them and
/// the journal meets contents that make no sense.
void forge(std::span<std::byte> image)
{
    for (std::size_t sector = 0; sector < image.size(); sector += chip.sector_size) {
        put_crc(image, sector, 8, sector);
        put_crc(image, sector + core::stamp_size, core::header_body_size - 4, sector);
        put_crc(image, sector + chip.sector_size - core::header_size, core::header_body_size - 4,
                sector);
        std::size_t at = core::data_begin();
        while (at + core::entry_header_size < core::data_end(chip.sector_size)) {
            if (at % chip.page_size + core::entry_header_size > chip.page_size ||
                image[sector + at] == std::byte{0xFF}) {
                at = (at / chip.page_size + 1) * chip.page_size;
                continue;
            }
            const auto header = image.subspan(sector + at, core::entry_header_size);
            const auto length = ByteReader{header.subspan(2)}.u16_le() % 600U;
            const auto end = at + core::entry_header_size + length;
            if (end > core::data_end(chip.sector_size)) break;
            const auto body = image.subspan(sector + at + core::entry_header_size, length);
            ByteWriter{header.subspan(24)}.u32_le(crc32c(body));
            put_crc(image, sector + at, 28, sector + at);
            at = core::aligned(static_cast<std::uint32_t>(end));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    std::vector<std::byte> image(std::size_t{chip.sector_size} * chip.sectors, std::byte{0xFF});
    const auto bytes = std::as_bytes(std::span{data, size}).subspan(1);
    std::copy_n(bytes.begin(), std::min(bytes.size(), image.size()), image.begin());
    if (data[0] % 2 == 1) forge(image);
    sim::NorFlash flash{chip};
    flash.load(image);
    std::array<std::byte, 120> record{};
    record.fill(std::byte{0x5A});

    std::uint32_t boot = 0;
    for (int mount = 0; mount < 2; ++mount) {
        core::JournalIndex<chip.sectors> index{};
        core::Journal journal{flash, {.first = 0, .count = chip.sectors}, index};
        const auto before = flash.reads();
        const auto report = journal.mount();
        demand(flash.reads() - before < most_reads);
        demand(report.state == core::MountState::ready ||
               report.state == core::MountState::cannot_write);
        demand(journal.boot_count() > boot || report.boot < 2);
        boot = journal.boot_count();
        for (const auto lane : protocol::all_lanes) {
            std::array<std::byte, protocol::record_limit> room;
            const auto oldest = journal.oldest(lane);
            demand(oldest <= journal.next_seq(lane));
            for (std::uint64_t seq = oldest; seq < oldest + 8; ++seq)
                static_cast<void>(journal.read(lane, seq, room));
            for (int i = 0; i < 5; ++i)
                static_cast<void>(append(journal, lane, record));
            static_cast<void>(journal.acknowledge(lane, journal.next_seq(lane) - 1));
        }
        static_cast<void>(journal.tidy());
    }
    return 0;
}
