#pragma once

#include "sim/fleet/sim_post.hpp"

#include <filesystem>
#include <string>

namespace ks::sim {

/// The posts' own truth as JSON lines, for whoever compares it with the edge's log: records that
/// are durable in a journal, physical events, and power. A line is in the file when `write`
/// returns. Goes on behind what is there already.
class TruthLog {
public:
    /// Throws `Trouble` when the file cannot be written. Without a file it only counts.
    explicit TruthLog(const std::optional<std::filesystem::path>& file);
    ~TruthLog();
    TruthLog(const TruthLog&) = delete;
    TruthLog& operator=(const TruthLog&) = delete;

    /// Takes what the post has to tell since the last time.
    void take(SimPost& post);
    /// Throws `Trouble` when the disk takes no more: a truth with holes proves nothing.
    void write();

    [[nodiscard]] std::uint64_t records(protocol::Lane lane) const
    {
        return records_.at(static_cast<std::size_t>(lane));
    }
    [[nodiscard]] std::uint64_t boots() const { return boots_; }

private:
    std::string path_;
    int file_{-1};
    std::string waiting_;
    std::array<std::uint64_t, protocol::lane_count> records_{};
    std::uint64_t boots_{0};
};

}  // namespace ks::sim
