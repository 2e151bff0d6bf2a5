#include "firmware/base/crc32c.hpp"
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
    const auto offset = entry_place(state.write_at, geometry.page_size);
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
    header.body_crc = crc32c(body);

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

// Spares that marks, gaps or failed sectors have used up are made good before anything else, even
// if the record at hand would find room without.
std::optional<AppendRefusal> Journal::make_room(protocol::Lane lane, std::size_t body,
                                                EntryKind kind)
{
    const bool fits = place(lane, body).has_value();
    if (fits && (kind == EntryKind::gap || spares_ == Spares::whole)) return std::nullopt;

    const auto space = kind == EntryKind::gap ? Space::take : space_for(lane, room(), reserves_);
    switch (space) {
    case Space::take:
        if (fits || open_sector(lane)) return std::nullopt;
        return AppendRefusal::flash_failed;
    case Space::evict_tele:
    case Space::evict_event: return AppendRefusal::needs_gap;
    case Space::full: break;
    }
    if (fits) return std::nullopt;
    return lane == protocol::Lane::alarm ? AppendRefusal::alarm_lane_full
                                         : AppendRefusal::lane_full;
}

Result<std::uint64_t, AppendRefusal> Journal::append(protocol::Lane lane, Bytes record)
{
    if (record.size() < digest_size) return Failure{AppendRefusal::too_short};
    if (record.size() > protocol::record_limit) return Failure{AppendRefusal::too_long};
    return append_entry(lane, EntryKind::record, record.first(record.size() - digest_size),
                        digest_at_end(record));
}

Result<std::uint64_t, AppendRefusal> Journal::append_entry(protocol::Lane lane, EntryKind kind,
                                                           Bytes body,
                                                           const protocol::ChainDigest& digest)
{
    check(readiness_ != Readiness::unmounted);
    if (readiness_ != Readiness::ready) return Failure{AppendRefusal::flash_failed};
    auto& state = at(lane);
    if (state.next > last_sequence) return Failure{AppendRefusal::sequence_spent};

    const EntryHeader header{.kind = kind,
                             .lane = lane,
                             .length = 0,
                             .seq = state.next,
                             .digest = digest,
                             .body_crc = 0,
                             .state = EntryState::open};
    for (int attempt = 0; attempt < append_attempts; ++attempt) {
        if (const auto refusal = make_room(lane, body.size(), kind)) return Failure{*refusal};
        if (write_entry(lane, header, body)) {
            state.head = digest;
            return std::uint64_t{state.next++};
        }
        distrust_newest(lane);
    }
    return Failure{AppendRefusal::flash_failed};
}

}  // namespace ks::core
