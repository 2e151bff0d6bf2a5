#pragma once

#include "edge/domain/batch.hpp"
#include "edge/store/sqlite.hpp"

namespace ks::edge {

/// Sessions as people ask for them, kept in step with the records in the same transaction.
class SessionTable {
public:
    explicit SessionTable(Database& database) : database_{database} {}

    /// `frame` is the newest frame of the same post.
    void apply(const Accepted& accepted, LogId frame);

private:
    void started(const Accepted& accepted, const protocol::SessionStarted& record, LogId frame);
    void progressed(const Accepted& accepted, const protocol::SessionProgressed& record);
    void ended(const Accepted& accepted, const protocol::SessionEnded& record, LogId frame);

    Database& database_;
    Statement start_{database_,
                     "INSERT INTO session (id, post, epoch, session, outlet, card, started_ms, "
                     "elapsed_ms, energy_mwh, peak_mw, first_seq, last_seq, boot, mono_ms, "
                     "last_frame) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, ?8, ?8, ?9, ?10, "
                     "?11) ON CONFLICT (post, epoch, session) DO NOTHING"};
    Statement progress_{database_, "UPDATE session SET elapsed_ms = ?4, energy_mwh = ?5, "
                                   "peak_mw = max(peak_mw, ?6), last_seq = ?7 "
                                   "WHERE post = ?1 AND epoch = ?2 AND session = ?3"};
    Statement end_{database_, "UPDATE session SET elapsed_ms = ?4, energy_mwh = ?5, peak_mw = ?6, "
                              "last_seq = ?7, ended_ms = ?8, reason = ?9, last_frame = ?10 "
                              "WHERE post = ?1 AND epoch = ?2 AND session = ?3"};
};

}  // namespace ks::edge
