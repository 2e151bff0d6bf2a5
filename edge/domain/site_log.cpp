#include "edge/domain/site.hpp"
#include "firmware/base/check.hpp"

#include <algorithm>

// What a site makes of the state of its own log.
namespace ks::edge {

using namespace protocol;

PostNo Site::meet(const PostId& id)
{
    const PostNo no = fleet_.number_of(id);
    if (no != 0 && durable_.size() < no) {
        durable_.resize(no);
        touched_.resize(no);
        touch_post(no);
    }
    return no;
}

// The posts are asked for what is missing as soon as somebody carries the question; what they no
// longer hold, they say in a birth.
void Site::went_back(const WentBack& lost, Now now)
{
    for (const auto& had : lost.posts) {
        const auto id = PostId::from(had.post);
        const PostNo no = id ? meet(*id) : 0;
        if (no == 0) continue;
        for (const Lane lane : all_lanes) {
            const auto& water = had.lanes[static_cast<std::size_t>(lane)];
            if (water.epoch == 0) continue;
            const auto what = ingest_.lacks(no, *id, lane, water, now.mono);
            if (what == Ingest::Lack::whole_epoch) durable_[no - 1] = {};
        }
    }
    raise({.post = 0,
           .outlet = whole_post,
           .kind = AlarmKind::log_went_back,
           .measured = static_cast<std::int64_t>(lost.records),
           .at = now.wall},
          now.mono);
}

Site::Complete Site::complete(PostNo no) const
{
    const auto& post = fleet_.post(no);
    Complete complete{.missing = 0, .to = {}};
    if (post.presence != Presence::unheard || post.heard_at.count() != 0)
        complete.to = post.heard_at;
    for (const Lane lane : all_lanes) {
        const auto missing = ingest_.missing(no, lane);
        if (missing == 0) continue;
        complete.missing += missing;
        const auto reached = durable_[no - 1].reached[static_cast<std::size_t>(lane)];
        complete.to =
            reached && complete.to ? std::optional{std::min(*reached, *complete.to)} : std::nullopt;
    }
    return complete;
}

}  // namespace ks::edge
