#pragma once

#include "edge/domain/high_water.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// The log's high-water mark: two small files beside the database, written in turn and in place, so
/// that whatever happens to one write, the mark before it is whole (S-63). It never runs ahead of
/// the log, because it is written after the commit; a loss of less than it lags behind raises no
/// alarm, though the posts' own counts still bring the records back.
class LogMark {
public:
    explicit LogMark(std::string database) : database_{std::move(database)} {}

    /// The newer of the two that are whole; nothing when neither is.
    [[nodiscard]] std::optional<HighWater> read();
    /// Returns once it is on the disk. Throws `StoreError`; the other file holds then.
    void write(const HighWater& water);

private:
    [[nodiscard]] std::string file(std::uint64_t turn) const;

    std::string database_;
    std::uint64_t turn_{0};  // of the newest that was read or written
};

/// Bytes of a mark and back. What is not whole, is of another version or is not ours is nothing.
struct NumberedWater {
    std::uint64_t turn;
    HighWater water;
};
[[nodiscard]] std::vector<std::byte> encode(const NumberedWater& water);
[[nodiscard]] std::optional<NumberedWater> decode_water(Bytes bytes);

}  // namespace ks::edge
