#pragma once

#include "firmware/core/recorder/stamp.hpp"
#include "firmware/crypto/ecdsa.hpp"
#include "firmware/protocol/codec.hpp"

namespace ks::core {

enum class Written : std::uint8_t { written, lane_full, failed };

/// Puts records into the journal: numbers them, stamps them, chains them, and vouches for the lanes
/// with the post's own key (D6). Before unacknowledged records make way, a GAP record says so.
template <class Journal>
class RecordWriter {
public:
    /// After so many records, or so long, or any alarm, the heads are signed (D6).
    static constexpr std::uint32_t sign_every_records = 1'000;
    static constexpr Millis sign_every{600'000};

    RecordWriter(Journal& journal, const protocol::PostId& post, std::uint32_t boot,
                 const crypto::PrivateKey& key)
        : journal_{&journal}, post_{post}, boot_{boot}, key_{key}
    {}

    [[nodiscard]] std::uint32_t boot() const { return boot_; }

    [[nodiscard]] Written write(protocol::Lane lane, const protocol::RecordBody& body, Instant at,
                                const Stamp& stamp)
    {
        if (!declare_gaps(lane, stamp)) return Written::failed;
        const auto written = append(lane, body, at, stamp);
        if (written == Written::written && lane == protocol::Lane::alarm) sign_due_ = true;
        return written;
    }

    /// Signs when due. Costs a signature, 0.05 s on the target (machine.md 3), so it is asked for
    /// once a turn and not within `write`.
    void sign_when_due(const Stamp& stamp)
    {
        const bool long_ago = unsigned_records_ > 0 && stamp.now - signed_at_ >= sign_every;
        if (!sign_due_ && !long_ago && unsigned_records_ < sign_every_records) return;

        protocol::HeadsSigned heads{};
        for (const auto lane : protocol::all_lanes)
            heads.heads[static_cast<std::size_t>(lane)] = {.seq = journal_->next_seq(lane) - 1,
                                                           .digest = head(lane)};
        const auto digest = protocol::heads_digest(post_, heads.heads);
        const auto signature = crypto::sign(key_, digest);
        // A post whose key is no key cannot vouch for anything; provisioning refuses such a key.
        if (!signature) return;
        heads.signature = signature->bytes;
        if (write(protocol::Lane::event, heads, stamp.now, stamp) != Written::written) return;
        sign_due_ = false;
        unsigned_records_ = 0;
        signed_at_ = stamp.now;
    }

    /// The digest the lane's next record is chained to.
    [[nodiscard]] protocol::ChainDigest head(protocol::Lane lane) const
    {
        if (journal_->next_seq(lane) == 1) return protocol::genesis(post_, lane);
        return journal_->head_digest(lane);
    }

private:
    [[nodiscard]] Written append(protocol::Lane lane, const protocol::RecordBody& body, Instant at,
                                 const Stamp& stamp)
    {
        const protocol::Record record{
            .head = {.lane = lane,
                     .seq = journal_->next_seq(lane),
                     .boot = boot_,
                     .mono = at,
                     .wall = wall_at(at, stamp)},
            .body = body,
        };
        check(protocol::travels_in(body, lane));
        const auto bytes = protocol::encode(record, head(lane));
        const auto appended = journal_->append(lane, bytes.view());
        if (appended) {
            ++unsigned_records_;
            return Written::written;
        }
        return lane == protocol::Lane::alarm ? Written::lane_full : Written::failed;
    }

    [[nodiscard]] bool declare_gaps(protocol::Lane lane, const Stamp& stamp);

    Journal* journal_;
    protocol::PostId post_;
    std::uint32_t boot_;
    crypto::PrivateKey key_;
    Instant signed_at_{};
    std::uint32_t unsigned_records_{0};
    bool sign_due_{false};
};

}  // namespace ks::core
