#include "edge/store/reader.hpp"

#include "edge/store/reader_body.hpp"
#include "firmware/protocol/codec.hpp"

#include <algorithm>

namespace ks::edge {

using namespace protocol;

Alarm alarm_from(Row row)
{
    const auto moment = [row](int column) -> std::optional<UnixMillis> {
        if (row.is_null(column)) return std::nullopt;
        return UnixMillis{row.integer(column)};
    };
    Alarm alarm{.id = row.word<AlarmId>(0),
                .post = row.word<PostNo>(1),
                .outlet = row.word<OutletNumber>(2),
                .kind = row.word<AlarmKind>(3),
                .severity = row.word<Severity>(4),
                .condition = row.word<Condition>(5),
                .attention = row.word<Attention>(6),
                .raised_at = UnixMillis{row.integer(7)},
                .cleared_at = moment(8),
                .acknowledged_at = moment(9),
                .acknowledged_by = row.text(10),
                .count = row.word<std::uint32_t>(11),
                .measured = row.integer(12),
                .limit = row.integer(13),
                .session = row.word<SessionId>(14),
                .source = {}};
    if (!row.is_null(15))
        alarm.source = RecordKey{.post = alarm.post,
                                 .epoch = row.word<std::uint32_t>(15),
                                 .lane = row.word<Lane>(16),
                                 .seq = row.word<std::uint64_t>(17)};
    return alarm;
}

SessionRow session_from(Row row)
{
    SessionRow session{.id = row.word<LogId>(0),
                       .post = row.word<PostNo>(1),
                       .session = row.word<SessionId>(2),
                       .outlet = row.word<OutletNumber>(3),
                       .card = row.word<CardToken>(4),
                       .started_at = UnixMillis{row.integer(5)},
                       .ended_at = {},
                       .reason = {},
                       .elapsed = Millis{row.integer(8)},
                       .energy = MilliwattHours{row.integer(9)},
                       .peak = Milliwatts{row.word<std::int32_t>(10)}};
    if (!row.is_null(6)) {
        session.ended_at = UnixMillis{row.integer(6)};
        session.reason = row.word<EndReason>(7);
    }
    return session;
}

std::optional<RecordLogged> logged_from(Row row)
{
    auto record = decode_record(row.word<Lane>(2), row.blob(4));
    if (!record) return std::nullopt;
    return RecordLogged{.id = row.word<LogId>(0),
                        .post = row.word<PostNo>(1),
                        .arrived = UnixMillis{row.integer(3)},
                        .record = record.value()};
}

Reader::Reader(const std::string& path) : body_{std::make_unique<Body>(path)} {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

std::vector<SessionRow> Reader::sessions(const SessionQuery& query)
{
    std::string sql = "SELECT id, post, session, outlet, card, started_ms, ended_ms, reason, "
                      "elapsed_ms, energy_mwh, peak_mw FROM session WHERE id < ?1";
    if (query.post) sql += " AND post = ?2";
    if (query.outlet) sql += " AND outlet = ?3";
    sql += " ORDER BY id DESC LIMIT ?4";
    Statement read{body_->database, sql.c_str()};
    std::vector<SessionRow> rows;
    read.each([&](Row row) { rows.push_back(session_from(row)); }, query.before.value_or(INT64_MAX),
              query.post.value_or(0), query.outlet.value_or(0), std::min(query.limit, page_limit));
    return rows;
}

std::optional<SessionRow> Reader::session(PostNo post, SessionId session)
{
    return body_->session.first(session_from, post, session);
}

std::vector<Alarm> Reader::alarms(const AlarmQuery& query)
{
    std::string sql = "SELECT * FROM alarm WHERE id < ?1";
    if (query.which == AlarmQuery::Which::open) sql += " AND (condition = 1 OR attention = 1)";
    sql += " ORDER BY id DESC LIMIT ?2";
    Statement read{body_->database, sql.c_str()};
    std::vector<Alarm> rows;
    read.each([&](Row row) { rows.push_back(alarm_from(row)); }, query.before.value_or(INT64_MAX),
              std::min(query.limit, page_limit));
    return rows;
}

std::vector<LiveEvent> Reader::since(LogId seen, std::size_t limit)
{
    // Three tables share one counter; each gives its own first `limit`, and the merge cuts there.
    std::vector<LiveEvent> events;
    const auto add_record = [&](Row row) {
        if (auto logged = logged_from(row)) events.emplace_back(std::move(*logged));
    };
    body_->database.run("BEGIN");
    body_->frames_since.each(add_record, seen, limit);
    body_->evidence_since.each(add_record, seen, limit);
    Statement changes{
        body_->database,
        "SELECT alarm.*, alarm_change.id, step, at_ms FROM alarm_change JOIN alarm ON "
        "alarm.id = alarm_change.alarm WHERE alarm_change.id > ?1 ORDER BY "
        "alarm_change.id LIMIT ?2"};
    changes.each(
        [&](Row row) {
            events.emplace_back(AlarmChange{.id = row.word<LogId>(18),
                                            .step = row.word<AlarmStep>(19),
                                            .at = UnixMillis{row.integer(20)},
                                            .heard = {},
                                            .alarm = alarm_from(row)});
        },
        seen, limit);
    body_->database.run("COMMIT");
    std::sort(events.begin(), events.end(),
              [](const auto& a, const auto& b) { return id_of(a) < id_of(b); });
    if (events.size() > limit) events.resize(limit);
    return events;
}

std::vector<Delivery> Reader::pending_deliveries(std::size_t limit)
{
    Statement read{body_->database,
                   "SELECT id, key, type, data, created_ms, alarm, attempts, happened_ms FROM "
                   "delivery WHERE state = 1 ORDER BY id LIMIT ?1"};
    std::vector<Delivery> rows;
    read.each(
        [&](Row row) {
            Delivery delivery{.id = row.word<DeliveryId>(0),
                              .key = row.text(1),
                              .type = row.text(2),
                              .data = row.text(3),
                              .created_at = UnixMillis{row.integer(4)},
                              .alarm = row.word<AlarmId>(5),
                              .attempts = row.word<std::uint32_t>(6),
                              .heard = {},
                              .happened_at = {}};
            if (!row.is_null(7)) delivery.happened_at = UnixMillis{row.integer(7)};
            rows.push_back(std::move(delivery));
        },
        limit);
    return rows;
}

LogCounts Reader::counts()
{
    Statement read{body_->database,
                   "SELECT (SELECT count(*) FROM frame) + (SELECT count(*) FROM evidence), "
                   "(SELECT count(*) FROM session), (SELECT count(*) FROM session WHERE ended_ms "
                   "IS NOT NULL), (SELECT count(*) FROM gap WHERE origin IN (1, 5)), "
                   "(SELECT count(*) FROM alarm)"};
    const auto counts = read.first([](Row row) {
        return LogCounts{.records = row.word<std::uint64_t>(0),
                         .sessions_started = row.word<std::uint64_t>(1),
                         .sessions_ended = row.word<std::uint64_t>(2),
                         .gaps = row.word<std::uint64_t>(3),
                         .alarms = row.word<std::uint64_t>(4)};
    });
    return counts.value_or(LogCounts{});
}

}  // namespace ks::edge
