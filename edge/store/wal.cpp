#include "edge/store/wal.hpp"

namespace ks::edge {

// The hook takes the place of SQLite's own checkpoint after a commit.
Wal::Wal(Database& database) : database_{database}
{
    sqlite3_wal_hook(database_.raw(), &Wal::committed, this);
}

int Wal::committed(void* self, sqlite3*, const char*, int pages)
{
    static_cast<Wal*>(self)->pages_ = pages;
    return SQLITE_OK;
}

void Wal::fold_if_long(WhenFull when_full)
{
    if (pages_ < pages_most) return;
    const int result = sqlite3_wal_checkpoint_v2(database_.raw(), nullptr,
                                                 SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (result == SQLITE_OK || result == SQLITE_BUSY) return;
    if (fault_of(result) == StoreFault::full && when_full == WhenFull::grow) return;
    database_.fail("folding the write-ahead log");
}

}  // namespace ks::edge
