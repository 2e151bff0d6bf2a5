#include "firmware/core/journal/journal.hpp"

namespace ks::core {

namespace {

/// At least one gap record, one mark and one whole record must fit into a sector between its ends.
constexpr std::uint32_t least_page = 64;
constexpr std::uint32_t least_sector_size = 1'024;

bool is_dead(Bytes header) { return is_marked(header.subspan(header_body_size)); }

// A sector that cannot be read may hold a lane's newest records. To go on without it would give
// their sequences to others, so nothing is written until another mount can read them.
SectorState unreadable(MountReport& report)
{
    report.state = MountState::cannot_read;
    return SectorState::retired;
}

}  // namespace

Journal::Journal(NorAccess nor, const SectorRange& range, std::span<SectorInfo> index)
    : nor_{nor},
      base_{range.first * nor.geometry().sector_size},
      index_{index.first(std::min<std::size_t>(range.count, index.size()))},
      reserves_{},
      readiness_{Readiness::unmounted}
{
    check(range.first + range.count <= nor.geometry().sectors);
}

MountReport Journal::mount()
{
    MountReport report{};
    lanes_ = {};
    checkpoint_ = {};
    serial_ = 0;
    lost_erases_ = 0;
    doubtful_marks_ = 0;
    readiness_ = Readiness::refused;
    const auto& geometry = nor_.geometry();
    if (index_.size() < least_sectors || geometry.sector_size < least_sector_size ||
        geometry.page_size < least_page || geometry.sector_size % geometry.page_size != 0) {
        report.state = MountState::too_small;
        return report;
    }
    const auto room = data_end(geometry.sector_size) - data_begin();
    // Each entry may leave blank up to a header's length, so as not to begin across two pages.
    reserves_ = reserves_for(index_.size(), room / (2 * entry_header_size + aligned(body_limit)));

    for (Sector sector = 0; sector < index_.size(); ++sector)
        scan(sector, report);
    if (report.state == MountState::cannot_read) return report;
    for (const auto lane : protocol::all_lanes)
        adopt(lane, report);
    for (const auto lane : protocol::all_lanes)
        settle(lane);
    for (const auto lane : protocol::all_lanes)
        carry_out_gap(lane);

    readiness_ = Readiness::ready;
    report.state = count_boot();
    replenish();
    take_stock();

    const auto filled = fill();
    report.boot = checkpoint_.boot;
    for (const auto& lane : filled.lanes)
        report.live += lane.sectors;
    report.free = filled.free;
    report.retired = filled.retired;
    report.alarm_reserve = reserves_.alarm_records;
    return report;
}

// A sector lives if either copy of its header is whole and not marked dead. The copies are written
// first to last and marked dead first to last, both marks before an erase begins, so that an
// erase torn anywhere cannot bring a sector back.
void Journal::scan(Sector sector, MountReport& report)
{
    index_[sector] = {};
    index_.set_state(sector, judge(sector, report));
    lost_erases_ = std::max<std::uint32_t>(lost_erases_, index_[sector].erases);
}

SectorState Journal::judge(Sector sector, MountReport& report)
{
    std::array<std::byte, stamp_size + header_size> head;
    std::array<std::byte, header_size> copy;
    const auto where = address(sector);
    if (nor_.read(where, head) != hal::NorResult::ok) return unreadable(report);

    const auto stamp = decode_stamp(where, head);
    if (stamp) index_.set_erases(sector, stamp->erases);
    const bool retired = stamp && stamp->fate == Stamp::Fate::retired;
    index_[sector].worn = retired ? 1U : 0U;

    const auto first = Bytes{head}.subspan(stamp_size);
    const bool dead = is_dead(first);
    const auto header = decode_header(where, first);
    if (header && !dead) return adopt(sector, *header);

    const auto second = where + data_end(nor_.geometry().sector_size);
    if (nor_.read(second, copy) != hal::NorResult::ok) return unreadable(report);
    const bool copy_dead = is_dead(copy);
    const auto header_copy = decode_header(where, copy);
    if (header_copy && !dead && !copy_dead) return adopt(sector, *header_copy);

    // Power may have gone between the marks of death, or while the sector was opened or erased.
    // Another boot must not read otherwise and bring it back amid what was written since.
    const bool blank = is_blank(first) && is_blank(copy);
    const bool half_done = !blank && !dead && !copy_dead;
    if (half_done || dead != copy_dead) static_cast<void>(mark_dead(sector));
    if (half_done) ++report.half_erased;
    if (retired) return SectorState::retired;
    return blank && stamp ? SectorState::clean : SectorState::dirty;
}

SectorState Journal::adopt(Sector sector, const SectorHeader& header)
{
    index_[sector].first_seq = header.first_seq;
    index_[sector].serial = header.serial;
    index_[sector].lane = static_cast<std::uint32_t>(header.lane) & 3U;
    serial_ = std::max(serial_, header.serial);
    checkpoint_.merge(header.checkpoint);
    return SectorState::live;
}

void Journal::settle(protocol::Lane lane)
{
    auto& state = at(lane);
    const auto& known = mark(lane);
    // The edge has seen more than this flash still tells: its newest sector is gone. Sequences go
    // on behind what was acknowledged.
    if (known.acked >= state.next) {
        state.next = known.acked + 1;
        state.head = known.digest;
        if (state.newest) seal(lane);
    }
    state.acked = state.marked = known.acked;
    refresh_oldest(lane);
}

MountState Journal::count_boot()
{
    // A mark that cannot be read may have counted a boot: each is stepped over, none repeats.
    checkpoint_.boot += 1 + doubtful_marks_;
    using enum protocol::Lane;
    for (const auto lane : {tele, event, alarm})
        if (place(lane, checkpoint_size) && write_mark(lane)) return MountState::ready;
    return open_sector(tele) ? MountState::ready : MountState::cannot_write;
}

}  // namespace ks::core
