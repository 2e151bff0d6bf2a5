#include "edge/store/open_log.hpp"

#include "edge/runtime/clock.hpp"
#include "edge/store/failure_note.hpp"
#include "edge/store/file.hpp"
#include "edge/store/instance_lock.hpp"
#include "edge/store/reader.hpp"
#include "edge/store/schema.hpp"

#include <cstdio>
#include <ctime>
#include <filesystem>

namespace ks::edge {

namespace {

/// A start must not wait for ten gigabytes to be read. What is looked at in this time is found now,
/// the rest by whoever reads it (our choice: a daemon that starts again is back within 5 s).
constexpr Millis check_most{2'000};
/// SQLite asks this often whether to go on: about every 10 ms of checking.
constexpr int steps_between = 10'000;

struct Patience {
    Clock clock;
    Instant until;
};

int is_over(void* patience)
{
    const auto& is = *static_cast<const Patience*>(patience);
    return is.clock.mono() >= is.until ? 1 : 0;
}

/// Looks for damage, and takes an error of anything but time for one.
void check_quickly(const std::string& path)
{
    Database database{path, Database::Mode::read};
    require_version(database);
    Patience patience{.clock = {}, .until = {}};
    patience.until = patience.clock.mono() + check_most;
    sqlite3_progress_handler(database.raw(), steps_between, &is_over, &patience);
    Statement check{database, "PRAGMA quick_check(1)"};
    std::string said{"ok"};
    try {
        said = check.first([](Row row) { return row.text(0); }).value_or("ok");
    } catch (const StoreError&) {
        if (sqlite3_errcode(database.raw()) != SQLITE_INTERRUPT) throw;
    }
    if (said != "ok") throw StoreError{path + ": " + said, StoreFault::damaged};
}

std::string utc_now()
{
    const auto seconds = static_cast<std::time_t>(Clock{}.wall().count() / 1'000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &utc);
    return text.data();
}

/// Gives the new name.
std::string put_aside(const std::string& path)
{
    namespace fs = std::filesystem;
    const InstanceLock lock{path};
    const auto wanted = path + ".damaged-" + utc_now();
    auto name = wanted;
    for (int again = 2; fs::exists(name); ++again)
        name = wanted + "-" + std::to_string(again);
    for (const auto* part : {"-wal", "-shm", ""}) {
        std::error_code missing;
        fs::rename(path + part, name + part, missing);
        if (missing && missing != std::errc::no_such_file_or_directory)
            throw StoreError{"cannot rename " + path + part + ": " + missing.message(),
                             StoreFault::io};
    }
    sync_folder_of(path);
    return name;
}

OpenLog opened(const std::string& path, LogWriter::Options options)
{
    if (FailureNote::says_damaged(path))
        throw StoreError{path + " was found to be damaged", StoreFault::damaged};
    forget_cached(path);
    forget_cached(path + "-wal");
    OpenLog log{.writer = LogWriter{path, options}, .restored = {}, .pending = {}, .set_aside = {}};
    check_quickly(path);
    Reader reader{path};
    log.restored = reader.restore();
    log.pending = reader.pending_deliveries(Outbox::room);
    if (log.writer.marked()) hold_against(*log.writer.marked(), log.restored);
    return log;
}

}  // namespace

OpenLog open_log(const std::string& path, LogWriter::Options options)
{
    try {
        return opened(path, options);
    } catch (const StoreError& error) {
        if (error.fault() != StoreFault::damaged) throw;
    }
    auto aside = put_aside(path);
    FailureNote{path}.forget();
    auto log = opened(path, options);
    log.set_aside = std::move(aside);
    return log;
}

}  // namespace ks::edge
