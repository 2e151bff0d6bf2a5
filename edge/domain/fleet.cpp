#include "edge/domain/fleet.hpp"

#include "firmware/base/check.hpp"
#include "firmware/protocol/severity.hpp"

namespace ks::edge {

using namespace protocol;

UnixMillis wall_of(const RecordHead& head, UnixMillis arrived)
{
    if (head.wall && head.wall->error <= believable_error) return head.wall->at;
    return arrived;
}

std::optional<PostView::TripOn> PostView::trip_on(OutletNumber n) const
{
    std::optional<TripOn> found;
    if (outlet(n).trip) found = TripOn{.cause = *outlet(n).trip, .outlet = n};
    for (const auto cause : trips)
        if (!found || severity_of(cause) >= severity_of(found->cause))
            found = TripOn{.cause = cause, .outlet = whole_post};
    return found;
}

std::optional<UnixMillis> PostView::occupied_since(OutletNumber n) const
{
    for (const auto& bay : bays)
        if (n != whole_post && bay.outlet == n && bay.occupied_since()) return bay.occupied_since();
    return std::nullopt;
}

const PostView* Fleet::find(std::string_view id) const
{
    const auto found = numbers_.find(id);
    return found == numbers_.end() ? nullptr : &post(found->second);
}

const PostView& Fleet::post(PostNo no) const
{
    check(no >= 1 && no <= posts_.size());
    return posts_[no - 1];
}

PostNo Fleet::number_of(const PostId& id)
{
    if (const auto found = numbers_.find(id.text()); found != numbers_.end()) return found->second;
    if (posts_.size() >= post_limit) return 0;
    PostView view;
    view.no = static_cast<PostNo>(posts_.size() + 1);
    view.id = std::string{id.text()};
    restore(std::move(view));
    return static_cast<PostNo>(posts_.size());
}

void Fleet::restore(PostView view)
{
    check(view.no == posts_.size() + 1);
    check(is_id(view.id));
    numbers_.emplace(view.id, view.no);
    posts_.push_back(std::move(view));
    ++version_;
}

void Fleet::heard(PostNo no, Now now)
{
    check(no >= 1 && no <= posts_.size());
    auto& view = posts_[no - 1];
    if (view.presence != Presence::online) ++version_;
    view.presence = Presence::online;
    view.heard = now.mono;
    view.heard_at = now.wall;
}

void Fleet::apply(PostNo no, const Birth& birth, Now now)
{
    heard(no, now);
    auto& view = posts_[no - 1];
    view.boot = birth.boot;
    view.outlet_count = birth.outlets;
    view.firmware = birth.firmware;
    view.settings = birth.settings;
    view.settings_version = birth.settings_version;
    ++version_;
}

void Fleet::restarted(PostNo no)
{
    check(no >= 1 && no <= posts_.size());
    auto& view = posts_[no - 1];
    view.outlets = {};
    view.trips.clear();
    view.reading.reset();
    view.inputs = {};
    view.reading_of = {};
    view.inputs_of = {};
    view.bays = {};
    view.places.clear();
    view.boot = 0;
    ++version_;
}

bool Fleet::judge_silence(PostNo no, Instant now)
{
    check(no >= 1 && no <= posts_.size());
    auto& view = posts_[no - 1];
    if (view.presence == Presence::silent || now - view.heard <= silence_limit) return false;
    view.presence = Presence::silent;
    ++version_;
    return true;
}

}  // namespace ks::edge
