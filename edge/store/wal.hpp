#pragma once

#include "edge/store/sqlite.hpp"

namespace ks::edge {

/// The write-ahead log of the writing connection, folded into the database by us: when SQLite does
/// it by itself behind a commit, nobody hears of a disk that refuses.
class Wal {
public:
    /// 4 MiB of pages.
    static constexpr int pages_most = 1'000;

    explicit Wal(Database& database);
    Wal(const Wal&) = delete;
    Wal& operator=(const Wal&) = delete;

    /// `grow`: when the database has no room to grow, the write-ahead log stays as long as it is.
    enum class WhenFull : std::uint8_t { fail, grow };
    /// Folds what no reader needs any more. Throws `StoreError`.
    void fold_if_long(WhenFull when_full);

private:
    static int committed(void* self, sqlite3* database, const char* name, int pages);

    Database& database_;
    int pages_{0};
};

}  // namespace ks::edge
