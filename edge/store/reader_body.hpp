#pragma once

#include "edge/store/reader.hpp"
#include "edge/store/schema.hpp"
#include "edge/store/sqlite.hpp"

namespace ks::edge {

[[nodiscard]] Alarm alarm_from(Row row);
[[nodiscard]] SessionRow session_from(Row row);

/// Where a session's records and frames lie.
struct SessionSpan {
    SessionRow session;
    std::uint32_t epoch;
    std::uint64_t first_seq;
    std::uint64_t last_seq;
    PostTime started;
    LogId last_frame;
};

struct Reader::Body {
    Database database;

    explicit Body(const std::string& path) : database{path, Database::Mode::read}
    {
        require_version(database);
    }

    void add_newest_frames(LogId newest, std::vector<RecordLogged>& out);
    void add_progress(const SessionSpan& span, std::vector<CurvePoint>& curve);
    /// Gives the frame before, or 0 when the session began behind it.
    LogId add_frame(const SessionSpan& span, LogId id, std::vector<CurvePoint>& curve);

    Statement frames_since{database,
                           "SELECT id, post, 2, arrived_ms, bytes FROM frame WHERE id > ?1 AND "
                           "standing < 2 ORDER BY id LIMIT ?2"};
    Statement evidence_since{database,
                             "SELECT id, post, lane, arrived_ms, bytes FROM evidence WHERE id > ?1 "
                             "AND standing < 2 ORDER BY id LIMIT ?2"};
    Statement frame{database,
                    "SELECT id, post, 2, arrived_ms, bytes, prev FROM frame WHERE id = ?1"};
    Statement evidence{database,
                       "SELECT id, post, lane, arrived_ms, bytes FROM evidence WHERE post = ?1 AND "
                       "epoch = ?2 AND lane = ?3 AND seq = ?4"};
    Statement evidence_run{database,
                           "SELECT id, post, lane, arrived_ms, bytes FROM evidence WHERE post = ?1 "
                           "AND epoch = ?2 AND lane = ?3 AND seq BETWEEN ?4 AND ?5 ORDER BY seq"};
    Statement session{database,
                      "SELECT id, post, session, outlet, card, started_ms, ended_ms, reason, "
                      "elapsed_ms, energy_mwh, peak_mw, epoch, first_seq, last_seq, boot, mono_ms, "
                      "last_frame FROM session WHERE post = ?1 AND session = ?2 "
                      "ORDER BY epoch DESC LIMIT 1"};
};

/// The record a row of the statements above holds; nothing when no decoder of ours accepts it.
[[nodiscard]] std::optional<RecordLogged> logged_from(Row row);

}  // namespace ks::edge
