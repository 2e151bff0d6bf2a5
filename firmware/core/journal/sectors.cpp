#include "firmware/core/journal/journal.hpp"

namespace ks::core {

namespace {

/// How many sectors may fail in a row before the chip is given up for this append.
constexpr int open_attempts = 4;

/// Kept erased ahead of need, so that an alarm rarely waits for an erase (45 ms as a rule, 400 ms
/// at worst: docs/sources.md). A full ring keeps just so many sectors free.
constexpr std::uint32_t clean_ahead = spare_sectors;

constexpr std::array<std::byte, 4> dead{};
constexpr std::uint32_t stamp_fate_at = 12;

}  // namespace

std::uint32_t Journal::address(Sector sector) const
{
    check(sector < index_.size());
    return base_ + sector * nor_.geometry().sector_size;
}

std::optional<SectorHeader> Journal::header_of(Sector sector)
{
    HeaderBytes bytes;
    const auto where = address(sector);
    const auto copy_at = data_end(nor_.geometry().sector_size);
    for (const auto offset : std::array{stamp_size, copy_at})
        if (nor_.read(where + offset, bytes) == hal::NorResult::ok)
            if (const auto header = decode_header(where, bytes)) return header;
    return std::nullopt;
}

bool Journal::write_header(Sector sector, const SectorHeader& header)
{
    const auto where = address(sector);
    const auto bytes = encode_header(where, header);
    const auto copy_at = where + data_end(nor_.geometry().sector_size);
    return nor_.program(where + stamp_size, bytes) == hal::NorResult::ok &&
           nor_.program(copy_at, bytes) == hal::NorResult::ok;
}

bool Journal::prepare(Sector sector)
{
    check(index_.state(sector) == SectorState::dirty);
    const auto before = std::uint32_t{index_[sector].erases};
    index_.set_erases(sector, (before == 0 ? lost_erases_ : before) + 1);
    const auto stamp = encode_stamp(address(sector), index_[sector].erases);
    if (nor_.erase(address(sector)) != hal::NorResult::ok ||
        nor_.program(address(sector), stamp) != hal::NorResult::ok) {
        retire(sector);
        return false;
    }
    index_.set_state(sector, SectorState::clean);
    return true;
}

bool Journal::open_sector(protocol::Lane lane)
{
    // The new header makes durable what is acknowledged in every lane; only after that are
    // acknowledged sectors given up, so that none of them looks lost after a power cut.
    resolve_marks();
    if (index_.count(SectorState::clean) + index_.count(SectorState::dirty) == 0)
        if (const auto acked = oldest_reclaimable()) release(*acked);

    auto& state = at(lane);
    for (int attempt = 0; attempt < open_attempts; ++attempt) {
        auto sector = index_.least_worn(SectorState::clean, rover_);
        if (!sector) sector = index_.least_worn(SectorState::dirty, rover_);
        if (!sector) return false;
        if (index_.state(*sector) == SectorState::dirty && !prepare(*sector)) continue;

        const SectorHeader header{.lane = lane,
                                  .serial = ++serial_,
                                  .first_seq = state.next,
                                  .digest_before = state.head,
                                  .checkpoint = checkpoint_};
        if (!write_header(*sector, header)) {
            retire(*sector);
            continue;
        }
        index_[*sector].first_seq = header.first_seq;
        index_[*sector].serial = header.serial;
        index_[*sector].lane = static_cast<std::uint32_t>(lane) & 3U;
        index_.set_state(*sector, SectorState::live);
        rover_ = *sector;
        const auto before = state.newest;
        state.newest = *sector;
        state.write_at = data_begin();
        state.cursor = {};
        for (const auto each : protocol::all_lanes)
            at(each).marked = mark(each).acked;

        // Holds no record, and its marks are in the new header.
        if (before && index_[*before].first_seq == state.next) release(*before);
        refresh_oldest(lane);
        replenish();
        take_stock();
        return true;
    }
    return false;
}

bool Journal::mark_dead(Sector sector)
{
    const auto where = address(sector);
    const auto copy_at = where + data_end(nor_.geometry().sector_size);
    const auto first = nor_.program(where + stamp_size + header_body_size, dead);
    const auto second = nor_.program(copy_at + header_body_size, dead);
    return first == hal::NorResult::ok && second == hal::NorResult::ok;
}

void Journal::release(Sector sector)
{
    const auto where = address(sector);
    const auto lane = static_cast<protocol::Lane>(index_[sector].lane);
    const bool killed = mark_dead(sector);
    // A sector that will not be marked dead would come back at the next boot.
    if (!killed) static_cast<void>(nor_.erase(where));
    index_.set_state(sector, SectorState::dirty);
    if (!killed || index_[sector].worn != 0) retire(sector);
    refresh_oldest(lane);
}

void Journal::distrust(Sector sector)
{
    index_[sector].worn = 1;
    StampBytes stamp;
    if (nor_.read(address(sector), stamp) != hal::NorResult::ok) return;
    // The mark counts only under a whole stamp, which an erase that failed half way has taken.
    if (is_blank(stamp))
        static_cast<void>(
            nor_.program(address(sector), encode_stamp(address(sector), index_[sector].erases)));
    static_cast<void>(nor_.program(address(sector) + stamp_fate_at, dead));
}

// Whatever of this fails is found out again at the next use: no data goes to a sector that does
// not read back.
void Journal::retire(Sector sector)
{
    static_cast<void>(mark_dead(sector));
    distrust(sector);
    index_.set_state(sector, SectorState::retired);
}

void Journal::refresh_oldest(protocol::Lane lane)
{
    auto& state = at(lane);
    const auto sector = index_.oldest(lane);
    if (!sector) {
        state.oldest = state.next;
        state.before_oldest = state.head;
        return;
    }
    const auto first = index_[*sector].first_seq;
    if (first == state.oldest) return;
    state.oldest = first;
    const auto header = header_of(*sector);
    state.before_oldest = header ? header->digest_before : protocol::ChainDigest{};
}

std::uint32_t Journal::reclaimable(protocol::Lane lane) const
{
    const auto& state = at(lane);
    const auto boundary = index_.holding(lane, state.acked + 1);
    return boundary ? index_.live_before(lane, index_[*boundary].first_seq) : 0;
}

std::optional<Journal::Sector> Journal::oldest_reclaimable() const
{
    std::optional<Sector> best;
    for (const auto lane : protocol::all_lanes) {
        const auto sector = index_.oldest(lane);
        if (!sector || reclaimable(lane) == 0) continue;
        if (!best || index_[*sector].serial < index_[*best].serial) best = sector;
    }
    return best;
}

void Journal::replenish()
{
    while (index_.count(SectorState::clean) + index_.count(SectorState::dirty) < spare_sectors) {
        const auto sector = oldest_reclaimable();
        if (!sector) return;
        release(*sector);  // one live sector less each time, so this ends
    }
}

Room Journal::room() const
{
    Room room{.free = index_.count(SectorState::clean) + index_.count(SectorState::dirty),
              .live = {},
              .reclaimable = {}};
    for (const auto lane : protocol::all_lanes) {
        const auto i = static_cast<std::size_t>(lane);
        room.live[i] = index_.live_before(lane, 0xFFFF'FFFF);
        room.reclaimable[i] = reclaimable(lane);
    }
    return room;
}

void Journal::take_stock()
{
    spares_ = room().available() < spare_sectors ? Spares::used_up : Spares::whole;
}

Tidied Journal::tidy()
{
    check(readiness_ != Readiness::unmounted);
    if (readiness_ != Readiness::ready) return Tidied::nothing_to_do;
    if (index_.count(SectorState::clean) >= clean_ahead) return Tidied::nothing_to_do;
    if (const auto sector = index_.least_worn(SectorState::dirty, rover_)) {
        static_cast<void>(prepare(*sector));
        take_stock();
        return Tidied::worked;
    }
    return Tidied::nothing_to_do;
}

Fill Journal::fill() const
{
    Fill fill{.lanes = {},
              .free = 0,
              .clean = index_.count(SectorState::clean),
              .retired = index_.count(SectorState::retired),
              .most_erases = index_.most_erases()};
    fill.free = fill.clean + index_.count(SectorState::dirty);
    const auto now = room();
    for (const auto lane : protocol::all_lanes) {
        const auto i = static_cast<std::size_t>(lane);
        fill.lanes[i] = {.sectors = now.live[i],
                         .acknowledged = now.reclaimable[i],
                         .reserve = reserves_.of(lane)};
    }
    return fill;
}

}  // namespace ks::core
