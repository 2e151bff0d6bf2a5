#include "edge/domain/high_water.hpp"

#include "edge/domain/batch.hpp"

#include <map>

namespace ks::edge {

using namespace protocol;

namespace {

using Lanes = std::array<LaneWater, lane_count>;

std::map<std::string_view, Lanes> lanes_in(const Restored& restored)
{
    std::map<PostNo, std::string_view> ids;
    for (const auto& post : restored.posts)
        ids[post.no] = post.id;
    std::map<std::string_view, Lanes> lanes;
    for (const auto& mark : restored.marks)
        lanes[ids[mark.post]][static_cast<std::size_t>(mark.lane)] = {
            .epoch = mark.epoch, .next = mark.next, .digest = mark.digest};
    return lanes;
}

/// Records that the log lacks at least.
std::uint64_t lacks(const LaneWater& had, const LaneWater& has)
{
    if (had.epoch == 0 || had.epoch < has.epoch) return 0;
    if (had.epoch == has.epoch) return had.next > has.next ? had.next - has.next : 0;
    return had.next - 1;
}

}  // namespace

void hold_against(const HighWater& water, Restored& restored)
{
    const auto lanes = lanes_in(restored);
    WentBack found;
    for (const auto& had : water.posts) {
        const auto known = lanes.find(had.post);
        PostWater behind{.post = had.post, .lanes = {}};
        std::uint64_t missing = 0;
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const auto has = known == lanes.end() ? LaneWater{} : known->second[lane];
            const auto records = lacks(had.lanes[lane], has);
            if (records > 0) behind.lanes[lane] = had.lanes[lane];
            missing += records;
        }
        found.records += missing;
        if (missing > 0) found.posts.push_back(std::move(behind));
    }
    if (found.records == 0 && water.newest <= restored.newest) return;
    restored.newest = std::max(restored.newest, water.newest) + numbers_left_out;
    restored.next_alarm = std::max(restored.next_alarm, water.next_alarm) + numbers_left_out;
    restored.next_delivery =
        std::max(restored.next_delivery, water.next_delivery) + numbers_left_out;
    restored.went_back = std::move(found);
}

}  // namespace ks::edge
