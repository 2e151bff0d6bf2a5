#include "edge/store/log_writer.hpp"

#include "edge/store/disk_room.hpp"
#include "edge/store/failure_note.hpp"
#include "edge/store/instance_lock.hpp"
#include "edge/store/log_mark.hpp"
#include "edge/store/newest_table.hpp"
#include "edge/store/schema.hpp"
#include "edge/store/session_table.hpp"
#include "edge/store/sqlite.hpp"
#include "edge/store/wal.hpp"
#include "edge/store/water_gauge.hpp"

#include <unordered_map>

namespace ks::edge {

using namespace protocol;

namespace {

Database migrated(const std::string& path)
{
    Database database{path, Database::Mode::write};
    migrate(database);
    return database;
}

std::optional<std::int64_t> count_of(const std::optional<UnixMillis>& at)
{
    if (!at) return std::nullopt;
    return at->count();
}

}  // namespace

struct LogWriter::Body {
    InstanceLock lock;
    FailureNote note;
    LogMark mark_file;
    std::optional<HighWater> marked;
    DiskRoom room;
    Database database;
    Wal wal{database};
    WaterGauge gauge{database, marked};
    HighWater written{marked.value_or(HighWater{})};  // the mark as it is on the disk
    std::optional<StoreFault> failed{};
    SessionTable sessions{database};
    NewestTable news{database};
    /// The newest frame of each post, which the next one points back to.
    std::unordered_map<PostNo, LogId> newest_frame{};

    Statement post{database,
                   "INSERT INTO post VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (no) DO "
                   "UPDATE SET boot = ?3, outlets = ?4, firmware = ?5, settings = ?6, "
                   "settings_version = ?7, heard_ms = ?8"};
    Statement frame{database, "INSERT INTO frame VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
    Statement evidence{database, "INSERT INTO evidence VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
    Statement lane{database,
                   "INSERT INTO lane VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (post, lane) DO "
                   "UPDATE SET epoch = ?3, next = ?4, digest = ?5, last_id = max(last_id, ?6)"};
    Statement alarm{database,
                    "INSERT OR REPLACE INTO alarm VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                    "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"};
    Statement alarm_change{database, "INSERT INTO alarm_change VALUES (?1, ?2, ?3, ?4)"};
    Statement gap{database,
                  "INSERT OR IGNORE INTO gap VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL)"};
    Statement gap_confirmed{database,
                            "UPDATE gap SET confirmed_ms = ?6 WHERE post = ?1 AND epoch = ?2 AND "
                            "lane = ?3 AND from_seq <= ?5 AND to_seq >= ?4"};
    Statement quarantine{database,
                         "INSERT INTO quarantine (at_ms, topic, why, bytes) VALUES (?1, ?2, ?3, "
                         "?4)"};
    Statement command{database,
                      "INSERT OR REPLACE INTO command VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
    Statement delivery{database,
                       "INSERT INTO delivery VALUES (?1, ?2, ?3, ?4, ?5, 1, 0, 0, ?6, ?6, ?7)"};
    Statement settle{database,
                     "UPDATE delivery SET state = ?2, attempts = ?3, status = ?4, changed_ms = ?5 "
                     "WHERE id = ?1"};

    Statement gap_longer{database, "UPDATE gap SET to_seq = ?5, last = ?7 WHERE post = ?1 AND "
                                   "epoch = ?2 AND lane = ?3 AND to_seq = ?4 - 1 AND origin = ?6"};

    Body(const std::string& path, Options options)
        : lock{path},
          note{path},
          mark_file{path},
          marked{mark_file.read()},
          room{path, options.reserve},
          database{migrated(path)}
    {
        Statement newest{database, "SELECT post, last_id FROM lane WHERE lane = ?1"};
        newest.each([&](Row row) { newest_frame[row.word<PostNo>(0)] = row.word<LogId>(1); },
                    Lane::tele);
    }

    void write(const Commit& commit);
    void write(const Batch& batch);
    void write_record(const Batch& batch, const Accepted& accepted);
    void write_alarm(const AlarmChange& change);
    void write_gap(const GapRow& row);
};

void LogWriter::Body::write_record(const Batch& batch, const Accepted& accepted)
{
    const auto& key = accepted.key;
    auto& newest = newest_frame[key.post];
    if (key.lane == Lane::tele) {
        frame.run(accepted.id, key.post, key.epoch, key.seq, accepted.standing, newest,
                  accepted.arrived.count(), batch.bytes_of(accepted));
        newest = accepted.id;
        return;
    }
    evidence.run(accepted.id, key.post, key.epoch, key.lane, key.seq, accepted.standing,
                 accepted.arrived.count(), batch.bytes_of(accepted));
    sessions.apply(accepted, newest);
    news.apply(accepted);
}

void LogWriter::Body::write_alarm(const AlarmChange& change)
{
    const auto& is = change.alarm;
    std::optional<std::uint32_t> epoch;
    std::optional<Lane> of_lane;
    std::optional<std::uint64_t> seq;
    if (is.source) {
        epoch = is.source->epoch;
        of_lane = is.source->lane;
        seq = is.source->seq;
    }
    alarm.run(is.id, is.post, is.outlet, is.kind, is.severity, is.condition, is.attention,
              is.raised_at.count(), count_of(is.cleared_at), count_of(is.acknowledged_at),
              std::string_view{is.acknowledged_by}, is.count, is.measured, is.limit, is.session,
              epoch, of_lane, seq);
    alarm_change.run(change.id, is.id, change.step, change.at.count());
}

void LogWriter::Body::write_gap(const GapRow& row)
{
    if (row.origin == GapOrigin::record) {
        gap_confirmed.run(row.post, row.epoch, row.lane, row.from, row.to, row.at.count());
        return;
    }
    // A disk that stays full is one gap that grows, not one with each commit.
    if (row.origin == GapOrigin::disk_full) {
        gap_longer.run(row.post, row.epoch, row.lane, row.from, row.to, row.origin,
                       Bytes{row.last});
        if (sqlite3_changes(database.raw()) > 0) return;
    }
    gap.run(row.post, row.epoch, row.lane, row.from, row.to, row.origin, Bytes{row.last},
            row.at.count());
}

void LogWriter::Body::write(const Batch& batch)
{
    for (const auto& is : batch.posts)
        post.run(is.no, std::string_view{is.id}, is.boot, is.outlet_count, Bytes{is.firmware},
                 Bytes{is.settings}, is.settings_version, is.heard_at.count());
    for (const auto& accepted : batch.records)
        write_record(batch, accepted);
    for (const auto& mark : batch.marks)
        lane.run(mark.post, mark.lane, mark.epoch, mark.next, Bytes{mark.digest},
                 mark.lane == Lane::tele ? newest_frame[mark.post] : LogId{0});
    for (const auto& change : batch.alarms)
        write_alarm(change);
    for (const auto& row : batch.gaps)
        write_gap(row);
    for (const auto& row : batch.quarantine)
        quarantine.run(row.at.count(), std::string_view{row.topic}, row.why, Bytes{row.bytes});
    for (const auto& is : batch.commands)
        command.run(Bytes{is.id}, is.post, is.action, is.outlet, is.role, is.stage, is.outcome,
                    is.asked_at.count());
}

void LogWriter::Body::write(const Commit& commit)
{
    if (failed) throw StoreError{"the log has failed and must be opened anew", *failed};
    // Before the commit, so that a failure of the one is not taken for one of the other.
    wal.fold_if_long(room.out() ? Wal::WhenFull::grow : Wal::WhenFull::fail);
    Transaction transaction{database};
    write(commit.batch);
    for (const auto& is : commit.deliveries)
        delivery.run(is.id, std::string_view{is.key}, std::string_view{is.type},
                     std::string_view{is.data}, is.alarm, is.created_at.count(),
                     count_of(is.happened_at));
    for (const auto& is : commit.settled)
        settle.run(is.id, is.state, is.attempts, is.status, is.at.count());
    transaction.commit();
}

LogWriter::LogWriter(const std::string& path) : LogWriter{path, Options{}} {}
LogWriter::LogWriter(const std::string& path, Options options)
    : body_{std::make_unique<Body>(path, options)}
{}
LogWriter::LogWriter(LogWriter&&) noexcept = default;
LogWriter::~LogWriter() = default;

void LogWriter::commit(const Commit& commit)
{
    try {
        body_->write(commit);
    } catch (const StoreError& error) {
        const auto fault = error.fault();
        if (!body_->failed && (fault == StoreFault::io || fault == StoreFault::damaged)) {
            body_->failed = fault;
            body_->note.write(fault, error.what());
        }
        throw;
    }
    body_->gauge.note(commit);
    body_->note.forget();
}

void LogWriter::keep(Commit& commit)
{
    if (body_->room.out()) give_up_telemetry(commit.batch);
    try {
        this->commit(commit);
    } catch (const StoreError& error) {
        if (error.fault() != StoreFault::full || !body_->room.give_up_reserve()) throw;
        give_up_telemetry(commit.batch);
        this->commit(commit);
    }
}

void LogWriter::mark()
{
    const auto& water = body_->gauge.water();
    if (water == body_->written) return;
    body_->mark_file.write(water);
    body_->written = water;
}

DiskState LogWriter::survey() { return body_->room.survey(); }

const std::optional<HighWater>& LogWriter::marked() const { return body_->marked; }

const std::optional<std::string>& LogWriter::failed_before() const { return body_->note.found(); }

void LogWriter::limit_pages(std::int64_t pages)
{
    const auto pragma = "PRAGMA max_page_count = " + std::to_string(pages);
    body_->database.run(pragma.c_str());
}

void LogWriter::checkpoint() { body_->database.run("PRAGMA wal_checkpoint(TRUNCATE)"); }

}  // namespace ks::edge
