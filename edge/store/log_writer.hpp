#pragma once

#include "edge/domain/batch.hpp"
#include "edge/domain/disk.hpp"
#include "edge/domain/outbox.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// What becomes durable as one fact.
struct Commit {
    Batch batch;
    std::vector<Delivery> deliveries;
    std::vector<DeliveryChange> settled;

    [[nodiscard]] bool empty() const
    {
        return batch.empty() && deliveries.empty() && settled.empty();
    }
};

/// The one writing connection. Lives on one thread. Every call throws `StoreError` when the log
/// could not be written; nothing of the commit may be believed then, and nobody may carry on. After
/// the disk refused, every later commit is refused as well: what a failed fsync left behind, only
/// opening the log anew can tell (F-109).
class LogWriter {
public:
    struct Options {
        /// Bytes kept free beside the log for when the disk is full; 0 for none.
        std::int64_t reserve{};
    };

    /// Opens or makes the log, brings it to this program's schema, refuses a second writer.
    explicit LogWriter(const std::string& path);
    LogWriter(const std::string& path, Options options);
    LogWriter(LogWriter&&) noexcept;
    ~LogWriter();

    /// Returns once it is on the disk.
    void commit(const Commit& commit);
    /// The same; but when there is no room, the reserve is given up and with it the telemetry, from
    /// this commit and every later one until there is room again (F-108).
    void keep(Commit& commit);
    /// Writes the high-water mark, when it has grown. Without it nothing is lost but the alarm.
    void mark();
    /// About once a second.
    DiskState survey();

    /// The mark that was found beside the log.
    [[nodiscard]] const std::optional<HighWater>& marked() const;
    /// Why the run before ended, when its log failed; forgotten with the next commit.
    [[nodiscard]] const std::optional<std::string>& failed_before() const;
    /// Bounds the file, so that a full disk can be had in a test.
    void limit_pages(std::int64_t pages);
    /// Folds the write-ahead log into the database, for an orderly stop.
    void checkpoint();

private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace ks::edge
