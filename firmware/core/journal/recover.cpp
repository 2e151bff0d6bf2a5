#include "firmware/base/crc32c.hpp"
#include "firmware/core/journal/journal.hpp"

namespace ks::core {

namespace {

constexpr std::array<std::byte, 2> zeros{};

}  // namespace

void Journal::adopt(protocol::Lane lane, MountReport& report)
{
    auto& state = at(lane);
    while (const auto newest = index_.newest(lane)) {
        state.newest = newest;
        state.next = index_[*newest].first_seq;
        const auto header = mend_header(*newest);
        if (header) {
            release_twins(*newest);
            state.head = header->digest_before;
            replay(lane, report);
            return;
        }
        SectorWalk walk{nor_, address(*newest), lane, data_begin()};
        if (walk.next()) {
            replay(lane, report);
            seal(lane);
            return;
        }
        // Power went while the sector was opened: its header verified by luck a moment ago and
        // does no more. One live sector less each time, so this ends.
        release(*newest);
    }
    state.newest.reset();
    state.next = 1;
}

// A sector that failed, or took marks alone, was followed by another with the same first sequence,
// and power went before it was given up. What it knew is in the header of the other.
void Journal::release_twins(Sector sector)
{
    for (Sector i = 0; i < index_.size(); ++i)
        if (i != sector && index_.state(i) == SectorState::live &&
            index_[i].lane == index_[sector].lane &&
            index_[i].first_seq == index_[sector].first_seq)
            release(i);
}

// The copies are written one after the other. If the second is missing, power may have gone in the
// middle of the first, whose cells then read by luck: it is programmed again before anything is
// entrusted to the sector.
std::optional<SectorHeader> Journal::mend_header(Sector sector)
{
    HeaderBytes bytes;
    const auto where = address(sector);
    const auto copy_at = where + data_end(nor_.geometry().sector_size);
    std::optional<SectorHeader> first;
    std::optional<SectorHeader> second;
    if (nor_.read(where + stamp_size, bytes) == hal::NorResult::ok)
        first = decode_header(where, bytes);
    if (nor_.read(copy_at, bytes) == hal::NorResult::ok) second = decode_header(where, bytes);
    if (first && second) return first;

    const auto header = first ? first : second;
    if (header && !write_header(sector, *header)) index_[sector].worn = 1;
    return header;
}

void Journal::replay(protocol::Lane lane, MountReport& report)
{
    auto& state = at(lane);
    const auto where = address(*state.newest);
    SectorWalk walk{nor_, where, lane, data_begin()};
    std::optional<SectorWalk::Found> last;
    std::optional<SectorWalk::Found> last_record;
    std::uint32_t ruins = 0;
    std::uint32_t ruined_records = 0;  // since the last whole one
    while (const auto found = walk.next()) {
        if (walk.ruins() > ruins && was_record(*state.newest, walk.last_ruin())) ++ruined_records;
        ruins = walk.ruins();
        last = found;
        if (found->header.state != EntryState::committed) continue;
        if (found->header.kind == EntryKind::mark) {
            learn(*state.newest, *found, report);
        } else if (found->header.seq >= state.next) {
            if (found->header.kind == EntryKind::gap)
                state.declared = std::max(state.declared, declared_by(*state.newest, *found));
            state.next = found->header.seq + 1;
            state.head = found->header.digest;
            last_record = found;
            ruined_records = 0;
        }
    }
    report.damaged_spots += ruins;
    if (walk.ruins() > ruins) {
        if (was_record(*state.newest, walk.last_ruin())) {
            ++report.damaged_spots;
            ++ruined_records;
        } else {
            // Its cells may read as a whole header one day, whose length leads past what is
            // written from now on.
            constexpr std::array<std::byte, entry_commit_at> scrap{};
            static_cast<void>(nor_.program(where + walk.last_ruin().begin, scrap));
            ++report.discarded_tails;
        }
    }

    // Power may have gone while the last commit was programmed: with all its bits down it reads
    // the same at every boot to come. An entry without one is as firmly thrown away.
    if (last_record)
        static_cast<void>(nor_.program(where + last_record->at + entry_commit_at, zeros));
    if (last && last->header.state == EntryState::open) {
        static_cast<void>(nor_.program(where + last->at + entry_void_at, zeros));
        ++report.discarded_tails;
    }
    if (ruined_records > 0) {
        // Their sequences must not be given to others.
        state.next = std::min(state.next, last_sequence + 1 - ruined_records) + ruined_records;
        state.head = {};
        report.chains[static_cast<std::size_t>(lane)] = ChainState::broken;
    }
    doubtful_marks_ += walk.ruins() + walk.ruined_bytes() / mark_entry_size;
    // The page in which an append may have been torn without a trace is never written again, so
    // that no record is laid over cells that only seem blank.
    const auto page = nor_.geometry().page_size;
    state.write_at = (entry_place(walk.used_end(), page) / page + 1) * page;
}

void Journal::learn(Sector sector, const SectorWalk::Found& mark, MountReport& report)
{
    CheckpointBytes body;
    const auto read = nor_.read(address(sector) + mark.at + entry_header_size, body);
    const bool whole = read == hal::NorResult::ok && crc32c(body) == mark.header.body_crc;
    const auto checkpoint = whole ? decode_checkpoint(body) : std::nullopt;
    if (checkpoint) {
        checkpoint_.merge(*checkpoint);
        return;
    }
    ++report.damaged_spots;
    ++doubtful_marks_;
}

/// The last sequence a gap record declares lost; 0 when its bytes are damaged.
std::uint32_t Journal::declared_by(Sector sector, const SectorWalk::Found& gap)
{
    std::array<std::byte, protocol::record_limit> room;
    const auto body = std::span{room}.first(std::min<std::size_t>(gap.header.length, room.size()));
    const auto read = nor_.read(address(sector) + gap.at + entry_header_size, body);
    if (read != hal::NorResult::ok || crc32c(body) != gap.header.body_crc) return 0;
    return ByteReader{body}.u32_le();
}

// Power went after the declaration and before the records it speaks of were given up. They go now,
// so that no number of cuts makes declarations pile up.
void Journal::carry_out_gap(protocol::Lane lane)
{
    const auto& state = at(lane);
    for (;;) {
        const auto sector = index_.oldest(lane);
        if (!sector || sector == state.newest) return;
        const auto behind = index_.after(lane, index_[*sector].first_seq);
        if (!behind || index_[*behind].first_seq - 1 > state.declared) return;
        release(*sector);  // one live sector less each time, so this ends
    }
}

// A header that no longer verifies belonged to a record if it was ever committed: then it was
// whole and was damaged later, while one that power tore has no commit. By majority, so that a
// cell that flips in blank ground does not pass for a record.
bool Journal::was_record(Sector sector, const SectorWalk::Ruin& ruin)
{
    EntryHeaderBytes bytes;
    if (nor_.read(address(sector) + ruin.begin, bytes) != hal::NorResult::ok) return true;
    return !was_mark(bytes[0]) && is_marked(Bytes{bytes}.subspan(entry_commit_at, 2));
}

}  // namespace ks::core
