#include "firmware/link/lane_sender.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::link {

using protocol::all_lanes;
using protocol::Lane;

namespace {

/// Damaged records in a row that one call steps over before it lets the main loop have a turn.
constexpr int steps_most = 16;

}  // namespace

LaneSender::LaneSender(core::Journal& journal, const protocol::PostId& post)
    : journal_{&journal}, post_{post}
{
    for (const auto lane : all_lanes) {
        auto& stand = at(lane);
        // What an earlier boot left may have been sent by it, and the edge may know it.
        stand.sent_end = journal.next_seq(lane);
        stand.confirmed = journal.acked(lane);
        stand.cursor = stand.confirmed + 1;
    }
}

void LaneSender::restart(Instant now)
{
    for (const auto lane : all_lanes) {
        auto& stand = at(lane);
        stand.confirmed = journal_->acked(lane);
        stand.cursor = stand.confirmed + 1;
        stand.progress_at = now;
        stand.patience = silence_first;
    }
}

// What the journal gave up is stepped over; the edge learns of it by the birth that `found_hole`
// asks for. A damaged record is too, but only once all before it is confirmed: a birth that names
// what follows as the oldest would otherwise give up what we still hold.
std::optional<LaneSender::Outgoing> LaneSender::next(Lane lane, std::span<std::byte> into)
{
    check(into.size() >= protocol::record_limit);
    auto& stand = at(lane);
    for (int step = 0; step < steps_most; ++step) {
        if (stand.cursor < oldest(lane)) step_over(stand, oldest(lane));
        // The limit counts from the first record that can still be confirmed.
        const auto from = std::max(stand.confirmed + 1, oldest(lane));
        if (stand.cursor >= journal_->next_seq(lane)) return std::nullopt;
        if (stand.cursor >= from + ahead_limit) return std::nullopt;

        const auto size = journal_->read(lane, stand.cursor, into);
        if (size) return Outgoing{.lane = lane, .seq = stand.cursor, .size = *size};
        switch (size.reason()) {
        case core::ReadRefusal::evicted: break;
        case core::ReadRefusal::damaged:
            if (stand.cursor > from) return std::nullopt;
            stand.floor = stand.cursor + 1;
            break;
        case core::ReadRefusal::never_written:
        case core::ReadRefusal::no_room: check(false); break;
        }
    }
    return std::nullopt;
}

void LaneSender::sent(const Outgoing& record, Instant now)
{
    auto& stand = at(record.lane);
    check(record.seq == stand.cursor);
    if (!stand.outstanding()) stand.progress_at = now;
    ++stand.cursor;
    stand.sent_end = std::max(stand.sent_end, stand.cursor);
}

LaneSender::Acked LaneSender::acknowledge(Lane lane, std::uint64_t upto, Instant now)
{
    auto& stand = at(lane);
    if (upto >= stand.sent_end) return Acked::beyond_sent;
    if (upto <= stand.confirmed) return Acked::nothing_new;

    const auto noted = journal_->acknowledge(lane, upto);
    check(noted.ok());  // sent, hence written
    stand.confirmed = upto;
    if (stand.confirmed >= stand.floor) stand.floor = 1;
    stand.cursor = std::max(stand.cursor, upto + 1);
    stand.progress_at = now;
    stand.patience = silence_first;
    return Acked::advanced;
}

LaneSender::Asked LaneSender::ask(const protocol::RangeRequest& range, Instant now)
{
    auto& stand = at(range.lane);
    if (range.from >= journal_->next_seq(range.lane)) return Asked::not_held;
    const bool again = range.from == stand.asked_from && now - stand.asked_at < asked_again_after;
    if (again) return Asked::sending;
    stand.asked_from = range.from;
    stand.asked_at = now;

    // The edge lacks `from`, whatever was confirmed before: it may have lost its disk. What is
    // damaged behind it is found again when its turn comes.
    stand.confirmed = std::min(stand.confirmed, range.from - 1);
    if (range.from + 1 < stand.floor) stand.floor = 1;
    stand.progress_at = now;

    const auto first = std::max(range.from, oldest(range.lane));
    stand.cursor = std::min(stand.cursor, first);
    stand.sent_end = std::max(stand.sent_end, first);
    return first == range.from ? Asked::sending : Asked::not_held;
}

bool LaneSender::silent(Instant now) const
{
    const auto due = silent_at();
    return due && now >= *due;
}

void LaneSender::send_again(Instant now)
{
    for (auto& stand : lanes_) {
        if (!stand.outstanding() || now < stand.silent_at()) continue;
        stand.cursor = stand.confirmed + 1;
        stand.progress_at = now;
        stand.patience = std::min(Millis{stand.patience.count() * 2}, silence_longest);
    }
}

std::optional<Instant> LaneSender::silent_at() const
{
    std::optional<Instant> first;
    for (const auto& stand : lanes_)
        if (stand.outstanding() && (!first || stand.silent_at() < *first))
            first = stand.silent_at();
    return first;
}

std::array<protocol::LaneState, protocol::lane_count> LaneSender::states()
{
    std::array<protocol::LaneState, protocol::lane_count> states{};
    for (const auto lane : all_lanes) {
        const auto first = oldest(lane);
        check(first >= 1 && first <= journal_->next_seq(lane));
        auto before = journal_->digest_before_oldest(lane);
        if (first == 1) before = protocol::genesis(post_, lane);
        // Behind a damaged record: its digest is often still known, and else zeros say that the
        // chain cannot be followed across it.
        else if (first > journal_->oldest(lane))
            before = journal_->digest_of(lane, first - 1).value_or({});
        states[static_cast<std::size_t>(lane)] = {
            .oldest = first, .next = journal_->next_seq(lane), .before = before};
    }
    return states;
}

/// What the edge is told not to wait for, it may confirm.
void LaneSender::step_over(Stand& stand, std::uint64_t to)
{
    check(stand.cursor < to);
    stand.cursor = to;
    stand.sent_end = std::max(stand.sent_end, to);
    found_hole_ = true;
}

}  // namespace ks::link
