#pragma once

#include "firmware/core/journal/journal.hpp"
#include "firmware/core/recorder/moment.hpp"
#include "firmware/crypto/ecdsa.hpp"
#include "firmware/protocol/ids.hpp"

namespace ks::core {

enum class Written : std::uint8_t { written, lane_full, failed };

/// Puts records into the journal: numbers them, stamps them, chains them, and vouches for the lanes
/// with the post's own key (D6). Before unacknowledged records make way, a GAP record says so. The
/// journal is mounted before and outlives it.
class RecordWriter {
public:
    /// After so many records, or so long, or any alarm, the heads are signed (D6).
    static constexpr std::uint32_t sign_every_records = 1'000;
    static constexpr Millis sign_every{600'000};

    RecordWriter(Journal& journal, const protocol::PostId& post, const crypto::PrivateKey& key)
        : journal_{&journal}, post_{post}, key_{key}
    {}

    [[nodiscard]] Written write(protocol::Lane lane, const protocol::RecordBody& body, Instant at,
                                const Moment& moment);

    /// Signs when due. Costs a signature, 0.05 s on the target (docs/sources.md, Target chip and
    /// TLS), so it is asked for once a turn and not within `write`.
    void sign_when_due(const Moment& moment);

    /// The digest the lane's next record is chained to.
    [[nodiscard]] protocol::ChainDigest head(protocol::Lane lane) const;

private:
    [[nodiscard]] Written declare_gaps(protocol::Lane lane, const Moment& moment);
    [[nodiscard]] FixedBytes<protocol::record_limit> made(protocol::Lane lane,
                                                          const protocol::RecordBody& body,
                                                          Instant at, const Moment& moment) const;
    [[nodiscard]] Written counted(const Result<std::uint64_t, AppendRefusal>& appended);

    Journal* journal_;
    protocol::PostId post_;
    crypto::PrivateKey key_;
    Instant signed_at_{};
    std::uint32_t unsigned_records_{0};
    enum class Signing : std::uint8_t { when_many, due } signing_{Signing::when_many};
};

}  // namespace ks::core
