#pragma once

#include "edge/store/reader.hpp"
#include "firmware/protocol/record.hpp"

#include <map>
#include <stdexcept>

namespace ks::sim {

/// The chain from a post's journal to the edge's log did what no sequence of events may make it do
/// (docs/demands.md, Invariants).
class BrokenChain : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

struct LaneOf {
    std::string post;
    protocol::Lane lane;
    auto operator<=>(const LaneOf&) const = default;
};
[[nodiscard]] std::string told(const LaneOf& of);

/// What posts made durable, as they told it at the moment they did: nothing from the edge is in it.
class TruthBook {
public:
    /// In the order of the lane.
    void durable(const LaneOf& lane, std::uint64_t seq,
                 const std::optional<protocol::ChainDigest>& digest);
    [[nodiscard]] std::uint64_t upto(const LaneOf& lane) const;
    /// None when the post never made it durable.
    [[nodiscard]] std::optional<protocol::ChainDigest> digest(const LaneOf& lane,
                                                              std::uint64_t seq) const;
    [[nodiscard]] const auto& lanes() const { return lanes_; }

private:
    std::map<LaneOf, std::vector<std::optional<protocol::ChainDigest>>> lanes_;
};

/// Reads the log's file as it grows, over a connection of its own that sees only what is committed,
/// and holds every row against the posts' truth: each record once, in order, byte for byte, every
/// hole listed. Throws `BrokenChain`.
class LogBook {
public:
    explicit LogBook(const TruthBook& truth) : truth_{&truth} {}

    /// An edge has opened the file: all of it is read again, and what was in it before must be
    /// there still.
    void open(const std::string& path);
    void close() { reader_.reset(); }
    /// Takes what was committed since.
    void read_on();

    /// The lane is complete in the log up to here, but for what is listed as given up.
    [[nodiscard]] std::uint64_t upto(const LaneOf& lane) const;
    [[nodiscard]] const std::vector<edge::GapRow>& gaps() const { return gaps_; }
    [[nodiscard]] std::string name_of(edge::PostNo no);
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

private:
    void take(const edge::ChainedRow& row);
    void step_over(const LaneOf& lane, const edge::RecordKey& key);

    const TruthBook* truth_;
    std::optional<edge::Reader> reader_;
    std::map<edge::PostNo, std::string> names_;
    /// The last sequence that is there or given up.
    std::map<LaneOf, std::uint64_t> lanes_;
    std::map<edge::Reader::Table, edge::LogId> read_;
    std::vector<edge::GapRow> gaps_;
    std::uint64_t rows_{0};
};

}  // namespace ks::sim
