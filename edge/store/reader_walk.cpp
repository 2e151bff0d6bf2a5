#include "edge/store/reader.hpp"
#include "edge/store/reader_body.hpp"

#include <algorithm>

// Reads that walk: a session's curve, a lane's chain.
namespace ks::edge {

using namespace protocol;

namespace {

/// Frames one curve may walk back over: an eight-hour session has about 2,900.
constexpr std::size_t walk_limit = 20'000;

std::vector<CurvePoint> thinned(std::vector<CurvePoint> points, std::size_t most)
{
    if (most < 2 || points.size() <= most) return points;
    std::vector<CurvePoint> kept;
    kept.reserve(most);
    // Evenly by index; the last point is always there, because it is what the session came to.
    for (std::size_t i = 0; i < most; ++i)
        kept.push_back(points[i * (points.size() - 1) / (most - 1)]);
    return kept;
}

/// A step's mean speaks for the time since the step before. Where frames tell that time moment by
/// moment it would only draw a notch into their line; where there are none it is all there is.
std::vector<CurvePoint> joined(const std::vector<CurvePoint>& steps,
                               const std::vector<CurvePoint>& frames)
{
    std::vector<CurvePoint> curve;
    Millis from{};
    for (const auto& step : steps) {
        const bool told = std::any_of(frames.begin(), frames.end(), [&](const CurvePoint& frame) {
            return from < frame.elapsed && frame.elapsed <= step.elapsed;
        });
        if (!told) curve.push_back(step);
        from = step.elapsed;
    }
    curve.insert(curve.end(), frames.begin(), frames.end());
    std::stable_sort(curve.begin(), curve.end(),
                     [](const auto& a, const auto& b) { return a.elapsed < b.elapsed; });
    return curve;
}

}  // namespace

void Reader::Body::add_progress(const SessionSpan& span, std::vector<CurvePoint>& curve)
{
    evidence_run.each(
        [&](Row row) {
            const auto logged = logged_from(row);
            if (!logged) return;
            const auto* step = std::get_if<SessionProgressed>(&logged->record.body);
            if (step && step->session == span.session.session)
                curve.push_back(
                    {.elapsed = step->elapsed, .power = step->mean, .energy = step->energy});
        },
        span.session.post, span.epoch, Lane::event, span.first_seq, span.last_seq);
}

LogId Reader::Body::add_frame(const SessionSpan& span, LogId id, std::vector<CurvePoint>& curve)
{
    LogId before = 0;
    frame.each(
        [&](Row row) {
            const auto logged = logged_from(row);
            if (!logged) return;
            const PostTime at{.boot = logged->record.head.boot, .mono = logged->record.head.mono};
            if (at < span.started || at.boot != span.started.boot) return;
            before = row.word<LogId>(5);
            const auto* seen = std::get_if<Telemetry>(&logged->record.body);
            if (!seen || span.session.outlet > seen->outlets.size()) return;
            const auto& reading = seen->outlets[span.session.outlet - 1u];
            curve.push_back({.elapsed = at.mono - span.started.mono,
                             .power = reading.power,
                             .energy = reading.energy});
        },
        id);
    return before;
}

std::vector<CurvePoint> Reader::curve(PostNo post, SessionId session, std::size_t points)
{
    body_->database.run("BEGIN");
    const auto span = body_->session.first(
        [](Row row) {
            return SessionSpan{.session = session_from(row),
                               .epoch = row.word<std::uint32_t>(11),
                               .first_seq = row.word<std::uint64_t>(12),
                               .last_seq = row.word<std::uint64_t>(13),
                               .started = {.boot = row.word<std::uint32_t>(14),
                                           .mono = Instant{Millis{row.integer(15)}}},
                               .last_frame = row.word<LogId>(16)};
        },
        post, session);
    std::vector<CurvePoint> steps;
    std::vector<CurvePoint> frames;
    if (span) {
        body_->add_progress(*span, steps);
        LogId frame = span->last_frame;
        if (!span->session.ended_at) {
            Statement newest{body_->database,
                             "SELECT last_id FROM lane WHERE post = ?1 AND lane = 2"};
            frame = newest.first([](Row row) { return row.word<LogId>(0); }, post).value_or(0);
        }
        for (std::size_t step = 0; frame != 0 && step < walk_limit; ++step)
            frame = body_->add_frame(*span, frame, frames);
    }
    body_->database.run("COMMIT");
    auto curve = joined(steps, frames);
    if (span && span->session.ended_at)
        std::erase_if(curve,
                      [&](const auto& point) { return point.elapsed > span->session.elapsed; });
    return thinned(std::move(curve), points);
}

std::vector<ChainedRow> Reader::chain(Table table, LogId after, std::size_t limit)
{
    const char* sql = table == Table::frames
                          ? "SELECT id, seq, standing, arrived_ms, bytes, post, epoch, 2 FROM "
                            "frame WHERE id > ?1 ORDER BY id LIMIT ?2"
                          : "SELECT id, seq, standing, arrived_ms, bytes, post, epoch, lane FROM "
                            "evidence WHERE id > ?1 ORDER BY id LIMIT ?2";
    Statement read{body_->database, sql};
    std::vector<ChainedRow> rows;
    read.each(
        [&](Row row) {
            const auto bytes = row.blob(4);
            rows.push_back({.id = row.word<LogId>(0),
                            .key = {.post = row.word<PostNo>(5),
                                    .epoch = row.word<std::uint32_t>(6),
                                    .lane = row.word<Lane>(7),
                                    .seq = row.word<std::uint64_t>(1)},
                            .standing = row.word<Standing>(2),
                            .arrived = UnixMillis{row.integer(3)},
                            .bytes = {bytes.begin(), bytes.end()}});
        },
        after, limit);
    return rows;
}

std::vector<GapRow> Reader::gaps(PostNo post)
{
    Statement read{body_->database, "SELECT post, epoch, lane, from_seq, to_seq, origin, last, "
                                    "at_ms FROM gap WHERE post = ?1"};
    std::vector<GapRow> rows;
    read.each(
        [&](Row row) {
            rows.push_back({.post = row.word<PostNo>(0),
                            .epoch = row.word<std::uint32_t>(1),
                            .lane = row.word<Lane>(2),
                            .from = row.word<std::uint64_t>(3),
                            .to = row.word<std::uint64_t>(4),
                            .origin = row.word<GapOrigin>(5),
                            .last = row.bytes<16>(6),
                            .at = UnixMillis{row.integer(7)}});
        },
        post);
    return rows;
}

}  // namespace ks::edge
