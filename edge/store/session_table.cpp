#include "edge/store/session_table.hpp"

#include "edge/domain/fleet.hpp"

namespace ks::edge {

using namespace protocol;

void SessionTable::apply(const Accepted& accepted, LogId frame)
{
    if (!accepted.record) return;
    const auto& body = accepted.record->body;
    if (const auto* record = std::get_if<SessionStarted>(&body)) started(accepted, *record, frame);
    if (const auto* record = std::get_if<SessionProgressed>(&body)) progressed(accepted, *record);
    if (const auto* record = std::get_if<SessionEnded>(&body)) ended(accepted, *record, frame);
}

void SessionTable::started(const Accepted& accepted, const SessionStarted& record, LogId frame)
{
    const auto& head = accepted.record->head;
    start_.run(accepted.id, accepted.key.post, accepted.key.epoch, record.session, record.outlet,
               record.card, wall_of(head, accepted.arrived).count(), head.seq, head.boot,
               head.mono.since_boot().count(), frame);
}

void SessionTable::progressed(const Accepted& accepted, const SessionProgressed& record)
{
    progress_.run(accepted.key.post, accepted.key.epoch, record.session, record.elapsed.count(),
                  record.energy.count(), record.highest.count(), accepted.key.seq);
}

void SessionTable::ended(const Accepted& accepted, const SessionEnded& record, LogId frame)
{
    const auto& head = accepted.record->head;
    const UnixMillis at = wall_of(head, accepted.arrived);
    // Its start may lie in a hole that the post has declared. A session that is billed and was
    // never seen to start is still a session.
    start_.run(accepted.id, accepted.key.post, accepted.key.epoch, record.session, record.outlet, 0,
               at.count() - record.elapsed.count(), head.seq, head.boot,
               head.mono.since_boot().count() - record.elapsed.count(), frame);
    end_.run(accepted.key.post, accepted.key.epoch, record.session, record.elapsed.count(),
             record.energy.count(), record.peak.count(), accepted.key.seq, at.count(),
             record.reason, frame);
}

}  // namespace ks::edge
