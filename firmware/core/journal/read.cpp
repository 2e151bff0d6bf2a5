#include "firmware/base/crc32c.hpp"
#include "firmware/core/journal/journal.hpp"

namespace ks::core {

Result<SectorWalk::Found, ReadRefusal> Journal::locate(protocol::Lane lane, std::uint64_t seq,
                                                       Cursor& cursor)
{
    check(readiness_ != Readiness::unmounted);
    const auto& state = at(lane);
    if (seq == 0 || seq >= state.next) return Failure{ReadRefusal::never_written};
    if (seq < state.oldest) return Failure{ReadRefusal::evicted};

    const auto wanted = static_cast<std::uint32_t>(seq);
    const bool near = cursor.seq != 0 && cursor.seq <= wanted && wanted < cursor.until &&
                      index_.state(cursor.sector) == SectorState::live &&
                      index_[cursor.sector].serial == cursor.serial;
    if (!near) {
        const auto sector = index_.holding(lane, wanted);
        if (!sector) return Failure{ReadRefusal::damaged};
        const auto first = index_[*sector].first_seq;
        const auto behind = index_.after(lane, first);
        cursor = {.sector = *sector,
                  .serial = index_[*sector].serial,
                  .offset = data_begin(),
                  .seq = first,
                  .until = behind ? index_[*behind].first_seq : 0xFFFF'FFFF};
    }
    SectorWalk walk{nor_, address(cursor.sector), lane, cursor.offset};
    while (const auto found = walk.next()) {
        if (found->header.kind == EntryKind::mark) continue;
        if (found->header.state != EntryState::committed || found->header.seq < wanted) continue;
        if (found->header.seq > wanted) break;
        cursor.offset = found->after;
        cursor.seq = wanted + 1;
        return *found;
    }
    return Failure{ReadRefusal::damaged};
}

Result<std::size_t, ReadRefusal> Journal::read(protocol::Lane lane, std::uint64_t seq,
                                               std::span<std::byte> into)
{
    auto& cursor = at(lane).cursor;
    const auto found = locate(lane, seq, cursor);
    if (!found) return Failure{found.reason()};
    const auto& header = found->header;
    std::array<std::byte, prefix_size(EntryKind::gap)> prefix_room;
    const auto prefix = std::span{prefix_room}.first(prefix_size(header.kind));
    const auto length = header.length - prefix.size();
    if (into.size() < length + digest_size) return Failure{ReadRefusal::no_room};

    const auto body = into.first(length);
    const auto where = address(cursor.sector) + found->at + entry_header_size;
    if (nor_.read(where, prefix) != hal::NorResult::ok ||
        nor_.read(where + prefix_size(header.kind), body) != hal::NorResult::ok ||
        crc32c(body, crc32c(prefix)) != header.body_crc)
        return Failure{ReadRefusal::damaged};
    std::copy(header.digest.begin(), header.digest.end(), into.subspan(length).begin());
    return length + digest_size;
}

Result<protocol::ChainDigest, ReadRefusal> Journal::digest_of(protocol::Lane lane,
                                                              std::uint64_t seq)
{
    const auto& state = at(lane);
    if (seq > 0 && seq + 1 == state.oldest) return state.before_oldest;
    // A cursor of its own, so that a look at one digest does not throw a drain back.
    Cursor cursor{};
    const auto found = locate(lane, seq, cursor);
    if (!found) return Failure{found.reason()};
    return found->header.digest;
}

}  // namespace ks::core
