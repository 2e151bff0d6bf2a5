#include "edge/domain/disk.hpp"

#include "edge/domain/site.hpp"
#include "firmware/protocol/codec.hpp"

#include <algorithm>

namespace ks::edge {

using namespace protocol;

static_assert(disk_steps.back().from_permille - disk_hysteresis_permille >
              disk_steps[1].from_permille);

void give_up_telemetry(Batch& batch)
{
    std::map<std::pair<PostNo, std::uint32_t>, GapRow> gaps;
    for (const auto& accepted : batch.records) {
        const auto& key = accepted.key;
        if (key.lane != Lane::tele) continue;
        auto [known, is_new] = gaps.try_emplace({key.post, key.epoch});
        auto& gap = known->second;
        // A post's own gap may lie between two frames; then there are two of ours.
        if (!is_new && key.seq != gap.to + 1) {
            batch.gaps.push_back(gap);
            is_new = true;
        }
        if (is_new)
            gap = {.post = key.post,
                   .epoch = key.epoch,
                   .lane = key.lane,
                   .from = key.seq,
                   .to = key.seq,
                   .origin = GapOrigin::disk_full,
                   .last = {},
                   .at = accepted.arrived};
        gap.to = key.seq;
        gap.last = digest_of(batch.bytes_of(accepted));
    }
    for (const auto& [of, gap] : gaps)
        batch.gaps.push_back(gap);
    std::erase_if(batch.records,
                  [](const auto& accepted) { return accepted.key.lane == Lane::tele; });
    for (auto& row : batch.quarantine)
        row.bytes.clear();
}

void Site::look_at(const DiskState& disk, Now now)
{
    for (const auto& step : disk_steps) {
        const bool out = step.kind == AlarmKind::disk_full && disk.room == DiskState::Room::out;
        const bool active = alarms_.active(0, whole_post, step.kind);
        if (!active && (out || disk.used_permille >= step.from_permille))
            raise({.post = 0,
                   .outlet = whole_post,
                   .kind = step.kind,
                   .measured = disk.used_permille,
                   .limit = step.from_permille,
                   .at = now.wall},
                  now.mono);
        if (active && !out && disk.used_permille < step.from_permille - disk_hysteresis_permille)
            if (auto change = alarms_.clear(0, whole_post, step.kind, now)) log(std::move(*change));
    }
}

}  // namespace ks::edge
