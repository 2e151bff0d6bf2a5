#pragma once

#include "edge/domain/disk.hpp"

#include <string>

namespace ks::edge {

/// The room that the log has on its disk, with a reserve beside the database that is given back to
/// the file system when nothing else is left: SQLite needs room even to delete (E22).
class DiskRoom {
public:
    /// So much must stay free while there is a reserve; our choice: the write-ahead log's bound.
    static constexpr std::int64_t floor_most = 16 << 20;

    /// `reserve` 0: none. Makes the reserve when there is room for it.
    DiskRoom(const std::string& database, std::int64_t reserve);

    [[nodiscard]] bool out() const { return out_; }
    /// There is no room: telemetry goes, and so does the reserve. False when it was gone already.
    bool give_up_reserve();
    /// Looks at the disk; gives the reserve up in time, and makes it again when there is room.
    DiskState survey();

private:
    [[nodiscard]] bool make_reserve();
    [[nodiscard]] std::int64_t floor() const { return std::min(reserve_ / 4, floor_most); }

    std::string folder_;
    std::string file_;
    std::int64_t reserve_;
    bool held_{false};
    bool out_{false};
};

}  // namespace ks::edge
