#pragma once

#include "edge/domain/batch.hpp"

#include <map>
#include <string>
#include <vector>

namespace ks::edge {

/// What is wrong with one record of one lane.
struct ChainFault {
    enum class What : std::uint8_t {
        missing,           // sequences before it are neither there nor declared lost
        doubled,           // a sequence that was there already
        digest_wrong,      // does not follow from the record before it
        mislabelled,       // the bytes say another sequence than the log does
        unreadable,        // follows, but cannot be read
        gap_contradicted,  // a Gap record names another digest than the log has
        cut_short,         // the log once knew more of this lane
    };
    std::string post;
    RecordKey key{};
    What what{};
};

[[nodiscard]] std::string_view name_of(ChainFault::What what);

/// Walks every lane from its genesis, record by record, over declared gaps. It believes nothing but
/// the digests: what the log says of a record is only compared.
class ChainVerifier {
public:
    struct Figures {
        std::uint64_t records{};
        std::uint64_t lanes{};
        std::uint64_t gaps{};
    };

    /// Gaps come before the records of their lane.
    void declare(const std::string& post, const GapRow& gap);
    /// Each lane in its order; lanes may be mixed.
    void walk(const std::string& post, const RecordKey& key, Bytes bytes);
    /// Where the log believes the lane ends. After the last record.
    void end(const std::string& post, const LaneMark& mark);

    [[nodiscard]] const std::vector<ChainFault>& faults() const { return faults_; }
    [[nodiscard]] const Figures& figures() const { return figures_; }

private:
    struct LaneName {
        std::string post;
        std::uint32_t epoch;
        protocol::Lane lane;
        auto operator<=>(const LaneName&) const = default;
    };
    struct Walk {
        bool begun{false};
        std::uint64_t next{1};
        protocol::ChainDigest digest{};
    };
    struct Hole {
        std::uint64_t to;
        protocol::ChainDigest last;
    };
    Walk& walk_of(const LaneName& name);
    void cross(const LaneName& name, Walk& walk, std::uint64_t seq);
    void check_gap(const std::string& post, const RecordKey& key, const LaneName& name,
                   const protocol::Gap& gap);
    void fault(const std::string& post, const RecordKey& key, ChainFault::What what);

    std::map<LaneName, Walk> walks_;
    std::map<LaneName, std::map<std::uint64_t, Hole>> holes_;
    std::vector<ChainFault> faults_;
    Figures figures_;
};

}  // namespace ks::edge
