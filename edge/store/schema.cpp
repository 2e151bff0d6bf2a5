#include "edge/store/schema.hpp"

#include <array>

namespace ks::edge {

namespace {

// Telemetry is keyed by the log id alone, which grows with time: an index led by post or outlet
// multiplies what is written by 40 to 160. `prev` is the id of the same post's frame before, so
// that one post's frames are walked without an index.
// Records of evidence are few; their key is unique, so that nothing is ever in the log twice.
constexpr const char* version_1 = R"sql(
CREATE TABLE post (
    no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, boot INTEGER NOT NULL,
    outlets INTEGER NOT NULL, firmware BLOB NOT NULL, settings BLOB NOT NULL,
    settings_version INTEGER NOT NULL, heard_ms INTEGER NOT NULL);
CREATE TABLE lane (
    post INTEGER NOT NULL, lane INTEGER NOT NULL, epoch INTEGER NOT NULL, next INTEGER NOT NULL,
    digest BLOB NOT NULL, last_id INTEGER NOT NULL, PRIMARY KEY (post, lane)) WITHOUT ROWID;
CREATE TABLE frame (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
    standing INTEGER NOT NULL, prev INTEGER NOT NULL, arrived_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL);
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL,
    seq INTEGER NOT NULL, standing INTEGER NOT NULL, arrived_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL);
CREATE UNIQUE INDEX evidence_key ON evidence (post, epoch, lane, seq);
CREATE TABLE session (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, epoch INTEGER NOT NULL,
    session INTEGER NOT NULL, outlet INTEGER NOT NULL, card INTEGER NOT NULL,
    started_ms INTEGER NOT NULL, ended_ms INTEGER, reason INTEGER, elapsed_ms INTEGER NOT NULL,
    energy_mwh INTEGER NOT NULL, peak_mw INTEGER NOT NULL, first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL, boot INTEGER NOT NULL, mono_ms INTEGER NOT NULL,
    last_frame INTEGER NOT NULL);
CREATE UNIQUE INDEX session_key ON session (post, epoch, session);
CREATE INDEX session_outlet ON session (post, outlet, id);
CREATE INDEX session_open ON session (id) WHERE ended_ms IS NULL;
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY, post INTEGER NOT NULL, outlet INTEGER NOT NULL, kind INTEGER NOT NULL,
    severity INTEGER NOT NULL, condition INTEGER NOT NULL, attention INTEGER NOT NULL,
    raised_ms INTEGER NOT NULL, cleared_ms INTEGER, acknowledged_ms INTEGER,
    acknowledged_by TEXT NOT NULL, count INTEGER NOT NULL, measured INTEGER NOT NULL,
    max_allowed INTEGER NOT NULL, session INTEGER NOT NULL, source_epoch INTEGER,
    source_lane INTEGER, source_seq INTEGER);
CREATE INDEX alarm_open ON alarm (id) WHERE condition = 1 OR attention = 1;
CREATE TABLE alarm_change (
    id INTEGER PRIMARY KEY, alarm INTEGER NOT NULL, step INTEGER NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE gap (
    post INTEGER NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL, from_seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL, origin INTEGER NOT NULL, last BLOB NOT NULL, at_ms INTEGER NOT NULL,
    confirmed_ms INTEGER, PRIMARY KEY (post, epoch, lane, from_seq)) WITHOUT ROWID;
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, topic TEXT NOT NULL, why INTEGER NOT NULL,
    bytes BLOB NOT NULL);
CREATE TABLE command (
    id BLOB PRIMARY KEY, post INTEGER NOT NULL, action INTEGER NOT NULL, outlet INTEGER NOT NULL,
    role INTEGER NOT NULL, stage INTEGER NOT NULL, outcome INTEGER NOT NULL,
    asked_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
    alarm INTEGER NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL,
    status INTEGER NOT NULL, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
    happened_ms INTEGER);
CREATE INDEX delivery_pending ON delivery (id) WHERE state = 1;
)sql";

// `kind` is a record's kind, `about` which outlet, bay, input or cause it speaks of.
constexpr const char* version_2 = R"sql(
CREATE TABLE newest (
    post INTEGER NOT NULL, kind INTEGER NOT NULL, about INTEGER NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (post, kind, about)) WITHOUT ROWID;
)sql";

constexpr std::array steps{version_1, version_2};
static_assert(steps.size() == static_cast<std::size_t>(schema_version));

std::int64_t version_of(Database& database)
{
    Statement read{database, "PRAGMA user_version"};
    return read.first([](Row row) { return row.integer(0); }).value_or(0);
}

std::int64_t tables_in(Database& database, std::string_view names_like)
{
    Statement read{database, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                             "(?1 = '' OR instr(?1, ' ' || name || ' ') > 0)"};
    return read.first([](Row row) { return row.integer(0); }, names_like).value_or(0);
}

constexpr std::string_view tables = " post lane frame evidence session alarm alarm_change gap "
                                    "quarantine command delivery newest ";
constexpr std::int64_t table_count = 12;

}  // namespace

void migrate(Database& database)
{
    const auto found = version_of(database);
    if (found == 0 && tables_in(database, "") > 0)
        throw StoreError{"the file is a database, and not a log of ours", StoreFault::damaged};
    if (found > schema_version)
        throw StoreError{"the log was written by a newer program (schema " + std::to_string(found) +
                         ", known " + std::to_string(schema_version) + ")"};
    for (auto version = found; version < schema_version; ++version) {
        Transaction transaction{database};
        database.run(steps[static_cast<std::size_t>(version)]);
        const auto stamp = "PRAGMA user_version = " + std::to_string(version + 1);
        database.run(stamp.c_str());
        transaction.commit();
    }
    if (tables_in(database, tables) != table_count)
        throw StoreError{"the log lacks tables", StoreFault::damaged};
}

void require_version(Database& database)
{
    const auto found = version_of(database);
    if (found != schema_version)
        throw StoreError{"the log has schema " + std::to_string(found) + ", this program reads " +
                         std::to_string(schema_version)};
}

}  // namespace ks::edge
