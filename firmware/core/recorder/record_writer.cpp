#include "firmware/core/recorder/record_writer.hpp"

#include "firmware/protocol/codec.hpp"

namespace ks::core {

using protocol::Lane;

Written RecordWriter::write(Lane lane, const protocol::RecordBody& body, Instant at,
                            const Moment& moment)
{
    if (const auto declared = declare_gaps(lane, moment); declared != Written::written)
        return declared;
    const auto record = made(lane, body, at, moment);
    const auto written = counted(journal_->append(lane, record.view()));
    if (written == Written::written && lane == Lane::alarm) signing_ = Signing::due;
    return written;
}

// Twice is the most a healthy chip asks for (journal.hpp); the third try is for a sick one.
Written RecordWriter::declare_gaps(Lane lane, const Moment& moment)
{
    constexpr int tries = 3;
    for (int i = 0; i < tries; ++i) {
        const auto gap = journal_->gap_needed(lane);
        if (!gap) return Written::written;
        const auto record =
            made(gap->lane,
                 protocol::Gap{
                     .from = gap->from, .to = gap->to, .before = gap->before, .last = gap->last},
                 moment.now, moment);
        const auto declared = counted(journal_->append_gap(*gap, record.view()));
        if (declared != Written::written) return declared;
    }
    return Written::failed;
}

void RecordWriter::sign_when_due(const Moment& moment)
{
    const bool long_ago = unsigned_records_ > 0 && moment.now - signed_at_ >= sign_every;
    if (signing_ != Signing::due && !long_ago && unsigned_records_ < sign_every_records) return;

    protocol::HeadsSigned heads{};
    for (const auto lane : protocol::all_lanes)
        heads.heads[static_cast<std::size_t>(lane)] = {.seq = journal_->next_seq(lane) - 1,
                                                       .digest = head(lane)};
    const auto signature = crypto::sign(key_, protocol::heads_digest(post_, heads.heads));
    // A post whose key is no key cannot vouch for anything; provisioning refuses such a key.
    if (!signature) return;
    heads.signature = signature->bytes;
    if (write(Lane::event, heads, moment.now, moment) != Written::written) return;
    signing_ = Signing::when_many;
    unsigned_records_ = 0;
    signed_at_ = moment.now;
}

protocol::ChainDigest RecordWriter::head(Lane lane) const
{
    if (journal_->next_seq(lane) == 1) return protocol::genesis(post_, lane);
    return journal_->head_digest(lane);
}

FixedBytes<protocol::record_limit> RecordWriter::made(Lane lane, const protocol::RecordBody& body,
                                                      Instant at, const Moment& moment) const
{
    check(protocol::travels_in(body, lane));
    const protocol::Record record{
        .head = {.lane = lane,
                 .seq = journal_->next_seq(lane),
                 .boot = journal_->boot_count(),
                 .mono = at,
                 .wall = wall_at(at, moment)},
        .body = body,
    };
    return protocol::encode(record, head(lane));
}

Written RecordWriter::counted(const Result<std::uint64_t, AppendRefusal>& appended)
{
    if (appended) {
        ++unsigned_records_;
        return Written::written;
    }
    return appended.reason() == AppendRefusal::alarm_lane_full ? Written::lane_full
                                                               : Written::failed;
}

}  // namespace ks::core
