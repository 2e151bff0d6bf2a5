#pragma once

#include "edge/domain/batch.hpp"
#include "edge/domain/outbox.hpp"

#include <memory>
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
/// could not be written; nothing of the commit is in the log then, and nobody may carry on.
class LogWriter {
public:
    /// Opens or makes the log, brings it to this program's schema, refuses a second writer.
    explicit LogWriter(const std::string& path);
    LogWriter(LogWriter&&) noexcept;
    ~LogWriter();

    /// Returns once it is on the disk.
    void commit(const Commit& commit);
    /// Bounds the file, so that a full disk can be had in a test.
    void limit_pages(std::int64_t pages);
    /// Folds the write-ahead log into the database, for an orderly stop.
    void checkpoint();

private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace ks::edge
