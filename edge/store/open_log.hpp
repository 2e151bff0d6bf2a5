#pragma once

#include "edge/store/log_writer.hpp"

namespace ks::edge {

/// A log that is open, and what a start must know of it.
struct OpenLog {
    LogWriter writer;
    /// Held against the high-water mark.
    Restored restored;
    std::vector<Delivery> pending;
    /// Where a log that was damaged lies now.
    std::optional<std::string> set_aside;
};

/// Opens the log and reads from it what a start needs. A log that is damaged never stops a daemon
/// that protects and alarms: it is renamed with its -wal and -shm to `….damaged-<utc>`, kept, and a
/// new one begun. Throws `StoreError` when it is in use, of a newer program, or cannot be had.
[[nodiscard]] OpenLog open_log(const std::string& path, LogWriter::Options options);

}  // namespace ks::edge
