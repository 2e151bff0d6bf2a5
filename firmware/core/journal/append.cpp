#include "firmware/core/journal/journal.hpp"

namespace ks::core {

namespace {

/// How many sectors may fail under one record before the caller is told.
constexpr int append_attempts = 3;

}  // namespace

std::optional<std::uint32_t> Journal::place(protocol::Lane lane, std::size_t body) const
{
    const auto& state = at(lane);
    const auto& geometry = nor_.geometry();
    if (!state.newest) return std::nullopt;
    auto offset = aligned(state.write_at);
    // Within one page a header is torn as one piece.
    const auto in_page = offset % geometry.page_size;
    if (in_page + entry_header_size > geometry.page_size) offset += geometry.page_size - in_page;
    if (offset + entry_header_size + body > data_end(geometry.sector_size)) return std::nullopt;
    return offset;
}

// Header, body, read back, and only then the commit: whatever power leaves of the first three is
// not a record, and whatever it leaves of the fourth is one.
bool Journal::write_entry(protocol::Lane lane, EntryHeader header, Bytes body)
{
    auto& state = at(lane);
    const auto offset = place(lane, body.size());
    check(offset.has_value());
    const auto where = address(*state.newest) + *offset;
    header.length = static_cast<std::uint16_t>(body.size());
    header.body_crc = body_crc(body);

    constexpr std::array<std::byte, 2> commit{};
    const auto bytes = encode_entry(where, header);
    if (nor_.program(where, Bytes{bytes}.first(entry_commit_at)) != hal::NorResult::ok ||
        nor_.program(where + entry_header_size, body) != hal::NorResult::ok ||
        nor_.program(where + entry_commit_at, commit) != hal::NorResult::ok)
        return false;
    state.write_at = aligned(*offset + entry_header_size + static_cast<std::uint32_t>(body.size()));
    return true;
}

bool Journal::write_mark(protocol::Lane lane)
{
    resolve_marks();
    const EntryHeader header{.kind = EntryKind::mark,
                             .lane = lane,
                             .length = 0,
                             .seq = 0,
                             .digest = {},
                             .body_crc = 0,
                             .state = EntryState::open};
    if (!write_entry(lane, header, encode_checkpoint(checkpoint_))) {
        distrust_newest(lane);
        return false;
    }
    for (const auto each : protocol::all_lanes)
        at(each).marked = mark(each).acked;
    return true;
}

void Journal::seal(protocol::Lane lane) { at(lane).write_at = nor_.geometry().sector_size; }

// The sector keeps what it holds and takes nothing more; it is retired when that is given up.
void Journal::distrust_newest(protocol::Lane lane)
{
    distrust(*at(lane).newest);
    seal(lane);
}

std::optional<AppendRefusal> Journal::make_room(protocol::Lane lane, Purpose purpose)
{
    const auto space = purpose == Purpose::gap ? Space::take : space_for(lane, room(), reserves_);
    switch (space) {
    case Space::take:
        return open_sector(lane) ? std::nullopt : std::optional{AppendRefusal::flash_failed};
    case Space::evict_tele:
    case Space::evict_event: return AppendRefusal::needs_gap;
    case Space::full: break;
    }
    return lane == protocol::Lane::alarm ? AppendRefusal::alarm_lane_full
                                         : AppendRefusal::lane_full;
}

Result<std::uint64_t, AppendRefusal> Journal::append(protocol::Lane lane, Bytes record)
{
    return append(lane, record, Purpose::ordinary);
}

Result<std::uint64_t, AppendRefusal> Journal::append(protocol::Lane lane, Bytes record,
                                                     Purpose purpose)
{
    check(readiness_ != Readiness::unmounted);
    protocol::ChainDigest digest{};
    if (record.size() < digest.size()) return Failure{AppendRefusal::too_short};
    if (record.size() > protocol::record_limit) return Failure{AppendRefusal::too_long};
    if (readiness_ != Readiness::ready) return Failure{AppendRefusal::flash_failed};
    auto& state = at(lane);
    if (state.next > last_sequence) return Failure{AppendRefusal::sequence_spent};

    const auto body = record.first(record.size() - digest.size());
    const auto tail = record.last(digest.size());
    std::copy(tail.begin(), tail.end(), digest.begin());
    const EntryHeader header{.kind = EntryKind::record,
                             .lane = lane,
                             .length = 0,
                             .seq = state.next,
                             .digest = digest,
                             .body_crc = 0,
                             .state = EntryState::open};
    for (int attempt = 0; attempt < append_attempts; ++attempt) {
        if (!place(lane, body.size())) {
            if (const auto refusal = make_room(lane, purpose)) return Failure{*refusal};
        }
        if (write_entry(lane, header, body)) {
            state.head = digest;
            return std::uint64_t{state.next++};
        }
        distrust_newest(lane);
    }
    return Failure{AppendRefusal::flash_failed};
}

}  // namespace ks::core
