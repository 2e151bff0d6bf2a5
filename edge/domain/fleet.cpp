#include "edge/domain/fleet.hpp"

#include "firmware/base/check.hpp"

namespace ks::edge {

using namespace protocol;

UnixMillis wall_of(const RecordHead& head, UnixMillis arrived)
{
    if (head.wall && head.wall->error <= believable_error) return head.wall->at;
    return arrived;
}

/// One record laid over a post's picture. Each part of the picture remembers how new it is,
/// because lanes overtake each other: an alarm may be hours newer than the telemetry behind it.
struct Fleet::Apply {
    PostView& post;
    const RecordHead& head;
    UnixMillis arrived;

    [[nodiscard]] PostTime time() const { return {.boot = head.boot, .mono = head.mono}; }
    [[nodiscard]] OutletView* outlet(OutletNumber n) const
    {
        return n >= 1 && n <= outlet_limit ? &post.outlets[n - 1u] : nullptr;
    }
    void enter(OutletView& view, OutletState state) const
    {
        if (time() < view.state_of) return;
        view.state_of = time();
        if (view.state != state) view.since = wall_of(head, arrived);
        view.state = state;
    }

    void operator()(const Booted& booted) const
    {
        post.outlet_count = booted.outlets;
        post.firmware = booted.firmware;
        post.settings = booted.settings;
        for (auto& view : post.outlets) {
            if (time() < view.state_of) continue;
            // Every reset ends with all outlets off; a latched trip is told again by the post.
            view.state = OutletState::idle;
            view.since = wall_of(head, arrived);
            view.state_of = time();
            view.current = {};
            view.power = {};
        }
    }
    void operator()(const OutletChanged& changed) const
    {
        if (auto* view = outlet(changed.outlet)) enter(*view, changed.to);
    }
    void operator()(const SessionStarted& started) const
    {
        auto* view = outlet(started.outlet);
        if (!view || time() < view->session_of) return;
        view->session_of = time();
        view->session = started.session;
        view->card = started.card;
        view->energy = {};
        view->session_since = wall_of(head, arrived);
    }
    void operator()(const SessionProgressed& progressed) const
    {
        auto* view = outlet(progressed.outlet);
        if (!view || view->session != progressed.session || time() < view->session_of) return;
        view->session_of = time();
        view->energy = progressed.energy;
    }
    void operator()(const SessionEnded& ended) const
    {
        auto* view = outlet(ended.outlet);
        if (!view || time() < view->session_of) return;
        view->session_of = time();
        view->session = 0;
        view->card = 0;
        view->energy = {};
    }
    void operator()(const Tripped& tripped) const
    {
        // A trip of the whole post, a welded contactor, locks every outlet.
        const std::size_t first = tripped.outlet == whole_post ? 1 : tripped.outlet;
        const std::size_t last = tripped.outlet == whole_post ? post.outlet_count : tripped.outlet;
        for (std::size_t n = first; n <= last && n <= outlet_limit; ++n) {
            auto& view = post.outlets[n - 1];
            if (time() < view.trip_of) continue;
            view.trip_of = time();
            view.trip = tripped.cause;
        }
    }
    void operator()(const TripCleared& cleared) const
    {
        const std::size_t first = cleared.outlet == whole_post ? 1 : cleared.outlet;
        const std::size_t last = cleared.outlet == whole_post ? post.outlet_count : cleared.outlet;
        for (std::size_t n = first; n <= last && n <= outlet_limit; ++n) {
            auto& view = post.outlets[n - 1];
            if (time() < view.trip_of) continue;
            view.trip_of = time();
            view.trip.reset();
        }
    }
    void operator()(const Telemetry& frame) const
    {
        post.mains = frame.mains;
        post.outlet_count =
            std::max(post.outlet_count, static_cast<std::uint8_t>(frame.outlets.size()));
        for (std::size_t i = 0; i < frame.outlets.size(); ++i) {
            const auto& reading = frame.outlets[i];
            auto& view = post.outlets[i];
            if (time() < view.reading_of) continue;
            view.reading_of = time();
            view.current = reading.current;
            view.power = reading.power;
            view.contact = reading.contact;
            if (view.session != 0 && time() >= view.session_of) view.energy = reading.energy;
            enter(view, reading.state);
        }
    }
    void operator()(const SettingsChanged& changed) const
    {
        post.settings = changed.settings;
        post.settings_version = changed.version;
    }
    // These change nothing that a viewer of the site sees.
    void operator()(const Gap&) const {}
    void operator()(const CommandResult&) const {}
    void operator()(const CommandsRefused&) const {}
    void operator()(const CardPresented&) const {}
    void operator()(const HeadsSigned&) const {}
};

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

void Fleet::apply(PostNo no, const Record& record, Now now)
{
    check(no >= 1 && no <= posts_.size());
    auto& view = posts_[no - 1];
    view.boot = std::max(view.boot, record.head.boot);
    std::visit(Apply{view, record.head, now.wall}, record.body);
    ++version_;
}

void Fleet::restarted(PostNo no)
{
    check(no >= 1 && no <= posts_.size());
    posts_[no - 1].outlets = {};
    posts_[no - 1].boot = 0;
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
