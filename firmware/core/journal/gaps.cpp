#include "firmware/core/journal/journal.hpp"

namespace ks::core {

namespace {

/// An acknowledgement is made durable after so many records (our choice: after a reboot the edge
/// gets at most so many twice per lane), or with the next sector.
constexpr std::uint32_t mark_every = 64;

constexpr protocol::ChainDigest unknown{};

}  // namespace

// A mark is a sequence with its record's digest, so that a GAP record can name the digest in front
// of what was lost. If the acknowledged record itself is damaged the mark stays where it was:
// declaring too much does no harm.
void Journal::resolve_marks()
{
    for (const auto lane : protocol::all_lanes) {
        auto& known = mark(lane);
        const auto& state = at(lane);
        if (state.acked <= known.acked) continue;
        auto digest = unknown;
        if (state.acked + 1 == state.next)
            digest = state.head;
        else if (const auto found = digest_of(lane, state.acked))
            digest = *found;
        if (digest != unknown) known = {.acked = state.acked, .digest = digest};
    }
}

Result<Done, AckRefusal> Journal::acknowledge(protocol::Lane lane, std::uint64_t upto)
{
    check(readiness_ != Readiness::unmounted);
    auto& state = at(lane);
    if (upto >= state.next) return Failure{AckRefusal::never_written};
    if (upto <= state.acked) return Done{};
    state.acked = static_cast<std::uint32_t>(upto);
    if (state.acked - state.marked >= mark_every && place(lane, checkpoint_size))
        static_cast<void>(write_mark(lane));
    return Done{};
}

// Acknowledged sectors are reclaimed without a word; the victim is the first behind them, and
// never the newest, which the lane goes on writing.
std::optional<Journal::Sector> Journal::victim(protocol::Lane lane) const
{
    const auto& state = at(lane);
    auto sector = index_.holding(lane, state.acked + 1);
    if (!sector) sector = index_.oldest(lane);
    return sector == state.newest ? std::nullopt : sector;
}

std::optional<GapToDeclare> Journal::gap_of(protocol::Lane lane)
{
    const auto loses = victim(lane);
    if (!loses) return std::nullopt;
    const auto stays = index_.after(lane, index_[*loses].first_seq);
    if (!stays) return std::nullopt;

    resolve_marks();
    const auto to = index_[*stays].first_seq - 1;
    const auto header = header_of(*stays);
    // What was lost before and never acknowledged is declared again, because the GAP record that
    // did so may be among what is lost now.
    return GapToDeclare{.lane = lane,
                        .from = std::uint64_t{mark(lane).acked} + 1,
                        .to = to,
                        .before = mark(lane).digest,
                        .last = header ? header->digest_before : unknown};
}

std::optional<GapToDeclare> Journal::gap_needed(protocol::Lane lane)
{
    check(readiness_ != Readiness::unmounted);
    if (readiness_ != Readiness::ready) return std::nullopt;
    if (place(lane, body_limit) && spares_ == Spares::whole) return std::nullopt;
    switch (space_for(lane, room(), reserves_)) {
    case Space::take:
    case Space::full: return std::nullopt;
    case Space::evict_tele: return gap_of(protocol::Lane::tele);
    case Space::evict_event: return gap_of(protocol::Lane::event);
    }
    return std::nullopt;
}

Result<std::uint64_t, AppendRefusal> Journal::append_gap(const GapToDeclare& gap, Bytes record)
{
    if (record.size() < digest_size) return Failure{AppendRefusal::too_short};
    if (record.size() > gap_record_limit) return Failure{AppendRefusal::too_long};
    const auto is_needed = [&](protocol::Lane lane) { return gap_needed(lane) == gap; };
    if (std::none_of(protocol::all_lanes.begin(), protocol::all_lanes.end(), is_needed))
        return Failure{AppendRefusal::stale_gap};
    const auto loses = victim(gap.lane);
    check(loses.has_value() && gap.lane != protocol::Lane::alarm);

    std::array<std::byte, gap_record_limit> room;
    ByteWriter body{room};
    body.u32_le(static_cast<std::uint32_t>(gap.to));
    body.put(record.first(record.size() - digest_size));
    check(body.ok());
    const auto appended =
        append_entry(gap.lane, EntryKind::gap, body.written(), digest_at_end(record));
    // From here on the declaration is durable, and not before.
    if (!appended) return appended;
    while (reclaimable(gap.lane) > 0)
        release(*index_.oldest(gap.lane));
    release(*loses);
    take_stock();
    return appended;
}

std::optional<GapToDeclare> Journal::lost(protocol::Lane lane) const
{
    const auto& state = at(lane);
    const auto& known = checkpoint_.lanes[static_cast<std::size_t>(lane)];
    if (state.acked + 1 >= state.oldest) return std::nullopt;
    return GapToDeclare{.lane = lane,
                        .from = std::uint64_t{known.acked} + 1,
                        .to = std::uint64_t{state.oldest} - 1,
                        .before = known.digest,
                        .last = state.before_oldest};
}

}  // namespace ks::core
