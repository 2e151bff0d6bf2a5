#include "edge/store/sqlite.hpp"

namespace ks::edge {

namespace {

DatabaseHandle opened(const std::string& path, Database::Mode mode)
{
    const int access = mode == Database::Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                     : SQLITE_OPEN_READONLY;
    sqlite3* raw = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &raw, access | SQLITE_OPEN_NOMUTEX, nullptr);
    DatabaseHandle handle{raw};
    if (result != SQLITE_OK)
        throw StoreError{"cannot open " + path + ": " +
                             (raw ? sqlite3_errmsg(raw) : sqlite3_errstr(result)),
                         fault_of(raw ? sqlite3_extended_errcode(raw) : result)};
    return handle;
}

}  // namespace

StoreFault fault_of(int result)
{
    switch (result) {
    // A page that cannot be read is as good as one that holds something else.
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA: return StoreFault::damaged;
    default: break;
    }
    switch (result & 0xFF) {
    case SQLITE_FULL: return StoreFault::full;
    case SQLITE_IOERR:
    case SQLITE_READONLY: return StoreFault::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return StoreFault::damaged;
    default: return StoreFault::other;
    }
}

Database::Database(const std::string& path, Mode mode) : handle_{opened(path, mode)}
{
    sqlite3_extended_result_codes(raw(), 1);
    // Readers and the writer never block each other in WAL; what may be waited for is a recovery.
    sqlite3_busy_timeout(raw(), 5'000);
    if (mode == Mode::read) {
        // A reader never checkpoints: SQLite before 3.51.3 can corrupt when two do.
        run("PRAGMA wal_autocheckpoint = 0");
        run("PRAGMA query_only = ON");
        sqlite3_db_config(raw(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        return;
    }
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("PRAGMA foreign_keys = ON");
    // 4 MiB of pages before a checkpoint; the file is cut back so that a burst leaves no mark.
    run("PRAGMA wal_autocheckpoint = 1000");
    run("PRAGMA journal_size_limit = 16777216");
}

void Database::run(const char* sql)
{
    if (sqlite3_exec(raw(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

void Database::fail(const char* doing) const
{
    throw StoreError{std::string{doing} + ": " + sqlite3_errmsg(raw()),
                     fault_of(sqlite3_extended_errcode(raw()))};
}

Statement::Statement(Database& database, const char* sql) : database_{database}
{
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(database.raw(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) !=
        SQLITE_OK)
        database.fail(sql);
    handle_.reset(raw);
}

void Statement::bind(int place, Bytes value)
{
    // An empty blob needs an address all the same, or SQLite stores NULL.
    const void* data = value.data() ? static_cast<const void*>(value.data()) : "";
    if (sqlite3_bind_blob64(handle_.get(), place, data, value.size(), SQLITE_STATIC) != SQLITE_OK)
        database_.fail("binding bytes");
}

void Statement::bind(int place, std::string_view value)
{
    const char* data = value.data() ? value.data() : "";
    if (sqlite3_bind_text64(handle_.get(), place, data, value.size(), SQLITE_STATIC, SQLITE_UTF8) !=
        SQLITE_OK)
        database_.fail("binding text");
}

void Statement::bind_integer(int place, std::int64_t value)
{
    if (sqlite3_bind_int64(handle_.get(), place, value) != SQLITE_OK)
        database_.fail("binding a number");
}

bool Statement::step()
{
    const int result = sqlite3_step(handle_.get());
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) database_.fail(sqlite3_sql(handle_.get()));
    return false;
}

Transaction::~Transaction()
{
    // After a failed commit the transaction may be gone already; there is nobody left to tell.
    if (database_ && sqlite3_get_autocommit(database_->raw()) == 0)
        sqlite3_exec(database_->raw(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit()
{
    database_->run("COMMIT");
    database_ = nullptr;
}

}  // namespace ks::edge
