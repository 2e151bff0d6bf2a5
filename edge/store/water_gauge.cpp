#include "edge/store/water_gauge.hpp"

#include <algorithm>

namespace ks::edge {

WaterGauge::WaterGauge(Database& database, std::optional<HighWater> known)
{
    if (known) water_ = std::move(*known);
    for (std::size_t i = 0; i < water_.posts.size(); ++i)
        places_[water_.posts[i].post] = i;
    Statement posts{database, "SELECT no, id FROM post"};
    posts.each([&](Row row) { number(row.word<PostNo>(0), row.text(1)); });
    Statement lanes{database, "SELECT post, lane, epoch, next, digest FROM lane"};
    lanes.each([&](Row row) {
        note(LaneMark{.post = row.word<PostNo>(0),
                      .epoch = row.word<std::uint32_t>(2),
                      .lane = row.word<protocol::Lane>(1),
                      .next = row.word<std::uint64_t>(3),
                      .digest = row.bytes<16>(4)});
    });
}

void WaterGauge::number(PostNo no, const std::string& id)
{
    if (!places_.contains(id) && water_.posts.size() >= post_limit) return;
    const auto [place, is_new] = places_.try_emplace(id, water_.posts.size());
    if (is_new) water_.posts.push_back({.post = id, .lanes = {}});
    numbered_[no] = place->second;
}

void WaterGauge::note(const LaneMark& mark)
{
    const auto place = numbered_.find(mark.post);
    if (place == numbered_.end()) return;  // a lane without a post: only in a log that was altered
    auto& lane = water_.posts[place->second].lanes[static_cast<std::size_t>(mark.lane)];
    if (mark.epoch < lane.epoch || (mark.epoch == lane.epoch && mark.next <= lane.next)) return;
    lane = {.epoch = mark.epoch, .next = mark.next, .digest = mark.digest};
}

void WaterGauge::note(const Commit& commit)
{
    for (const auto& post : commit.batch.posts)
        note(post);
    for (const auto& mark : commit.batch.marks)
        note(mark);
    if (!commit.batch.records.empty())
        water_.newest = std::max(water_.newest, commit.batch.records.back().id);
    for (const auto& change : commit.batch.alarms) {
        water_.newest = std::max(water_.newest, change.id);
        water_.next_alarm = std::max(water_.next_alarm, change.alarm.id + 1);
    }
    for (const auto& delivery : commit.deliveries)
        water_.next_delivery = std::max(water_.next_delivery, delivery.id + 1);
}

}  // namespace ks::edge
