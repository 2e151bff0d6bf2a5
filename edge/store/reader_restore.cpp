#include "edge/store/reader.hpp"
#include "edge/store/reader_body.hpp"

#include <algorithm>

// The site as it was when the daemon ended.
namespace ks::edge {

using namespace protocol;

namespace {

/// Frames to look back over for the newest telemetry and the newest reading of the post itself. A
/// busy post gives six of the one for one of the other, so that this finds both.
constexpr int look_back = 32;

std::vector<PostView> posts_in(Database& database)
{
    std::vector<PostView> posts;
    Statement read{database, "SELECT * FROM post ORDER BY no"};
    read.each([&](Row row) {
        PostView post;
        post.no = row.word<PostNo>(0);
        post.id = row.text(1);
        post.boot = row.word<std::uint32_t>(2);
        post.outlet_count = row.word<std::uint8_t>(3);
        post.firmware = row.bytes<8>(4);
        post.settings = row.bytes<8>(5);
        post.settings_version = row.word<std::uint32_t>(6);
        post.heard_at = UnixMillis{row.integer(7)};
        posts.push_back(std::move(post));
    });
    return posts;
}

}  // namespace

void Reader::Body::add_newest_frames(LogId newest, std::vector<RecordLogged>& out)
{
    bool outlets = false;
    bool post = false;
    LogId next = newest;
    for (int step = 0; step < look_back && next != 0 && !(outlets && post); ++step) {
        const LogId at = std::exchange(next, LogId{0});
        frame.each(
            [&](Row row) {
                next = row.word<LogId>(5);
                auto logged = logged_from(row);
                if (!logged) return;
                const auto kind = kind_of(logged->record.body);
                if (kind != RecordKind::telemetry && kind != RecordKind::post_reading) return;
                bool& seen = kind == RecordKind::telemetry ? outlets : post;
                if (!std::exchange(seen, true)) out.push_back(std::move(*logged));
            },
            at);
    }
}

namespace {

void add_numbers(Database& database, Restored& restored)
{
    Statement heads{database,
                    "SELECT max(coalesce((SELECT max(id) FROM frame), 0), coalesce((SELECT max(id) "
                    "FROM evidence), 0), coalesce((SELECT max(id) FROM alarm_change), 0)), "
                    "coalesce((SELECT max(id) FROM alarm), 0) + 1, "
                    "coalesce((SELECT max(id) FROM delivery), 0) + 1"};
    heads.each([&](Row row) {
        restored.newest = row.word<LogId>(0);
        restored.next_alarm = row.word<AlarmId>(1);
        restored.next_delivery = row.word<DeliveryId>(2);
    });
}

void add_reached(Database& database, Restored& restored)
{
    Statement evidence{database, "SELECT arrived_ms FROM evidence WHERE post = ?1 AND epoch = ?2 "
                                 "AND lane = ?3 AND seq = ?4"};
    Statement frame{database, "SELECT arrived_ms FROM frame JOIN lane ON id = last_id WHERE "
                              "lane.post = ?1 AND lane.lane = ?2 AND seq = ?3"};
    const auto arrived = [](Row row) { return UnixMillis{row.integer(0)}; };
    for (const auto& mark : restored.marks)
        restored.reached.push_back(
            mark.lane == Lane::tele
                ? frame.first(arrived, mark.post, mark.lane, mark.next - 1)
                : evidence.first(arrived, mark.post, mark.epoch, mark.lane, mark.next - 1));
}

}  // namespace

Restored Reader::restore()
{
    auto& database = body_->database;
    Restored restored;
    database.run("BEGIN");
    add_numbers(database, restored);
    restored.posts = posts_in(database);
    const auto add = [&](Row row) {
        if (auto logged = logged_from(row)) restored.newest_records.push_back(std::move(*logged));
    };
    Statement lanes{database, "SELECT post, lane, epoch, next, digest, last_id FROM lane"};
    lanes.each([&](Row row) {
        restored.marks.push_back({.post = row.word<PostNo>(0),
                                  .epoch = row.word<std::uint32_t>(2),
                                  .lane = row.word<Lane>(1),
                                  .next = row.word<std::uint64_t>(3),
                                  .digest = row.bytes<16>(4)});
        body_->add_newest_frames(row.word<LogId>(5), restored.newest_records);
    });
    add_reached(database, restored);
    Statement started{database,
                      "SELECT evidence.id, evidence.post, lane, arrived_ms, bytes FROM session "
                      "JOIN evidence ON evidence.id = session.id WHERE ended_ms IS NULL"};
    started.each(add);
    // Of an older epoch nothing holds: that journal is gone.
    Statement newest{database,
                     "SELECT evidence.id, evidence.post, evidence.lane, arrived_ms, bytes FROM "
                     "newest JOIN evidence ON evidence.id = newest.id JOIN lane ON lane.post = "
                     "evidence.post AND lane.lane = evidence.lane AND lane.epoch = evidence.epoch"};
    newest.each(add);
    Statement open{database, "SELECT * FROM alarm WHERE condition = 1 OR attention = 1"};
    open.each([&](Row row) {
        restored.open_alarms.push_back(alarm_from(row));
        const auto& alarm = restored.open_alarms.back();
        if (alarm.condition == Condition::active && alarm.source)
            body_->evidence.each(add, alarm.post, alarm.source->epoch, alarm.source->lane,
                                 alarm.source->seq);
    });
    database.run("COMMIT");
    std::sort(restored.newest_records.begin(), restored.newest_records.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return restored;
}

}  // namespace ks::edge
