#include "edge/console/live.hpp"

#include "edge/console/json.hpp"

namespace ks::edge {

namespace json = boost::json;

namespace {

using protocol::Record;

void note_outlets(Missed& missed, const PostView& post)
{
    for (protocol::OutletNumber n = 1; n <= post.outlet_count; ++n)
        missed.outlets.emplace(post.no, n);
}

/// Which parts of the page a record may have changed. `outlet` is none for a record about no
/// single one.
struct NoteRecord {
    Missed& missed;
    PostNo no;
    const PostView& post;

    void outlet(protocol::OutletNumber n) const
    {
        if (n >= 1 && n <= post.outlet_count) missed.outlets.emplace(no, n);
    }

    void operator()(const protocol::Booted&) const
    {
        missed.posts.insert(no);
        note_outlets(missed, post);
    }
    void operator()(const protocol::OutletChanged& body) const { outlet(body.outlet); }
    void operator()(const protocol::SessionStarted& body) const
    {
        missed.sessions.emplace(no, body.session);
        outlet(body.outlet);
    }
    void operator()(const protocol::SessionProgressed& body) const
    {
        missed.sessions.emplace(no, body.session);
        outlet(body.outlet);
    }
    void operator()(const protocol::SessionEnded& body) const
    {
        missed.sessions.emplace(no, body.session);
        outlet(body.outlet);
    }
    void operator()(const protocol::Tripped& body) const { trip(body.outlet); }
    void operator()(const protocol::TripCleared& body) const { trip(body.outlet); }
    void operator()(const protocol::Telemetry&) const
    {
        missed.posts.insert(no);
        note_outlets(missed, post);
    }
    void operator()(const protocol::PostReading&) const { missed.posts.insert(no); }
    void operator()(const protocol::InputChanged&) const { missed.posts.insert(no); }
    void operator()(const protocol::BayChanged&) const { missed.posts.insert(no); }
    void operator()(const protocol::BayNoticed&) const { missed.posts.insert(no); }
    void operator()(const protocol::RelayWear& body) const { outlet(body.outlet); }
    template <class Other>
    void operator()(const Other&) const
    {}

    void trip(protocol::OutletNumber n) const
    {
        if (n == protocol::whole_post) {
            note_outlets(missed, post);
        } else {
            outlet(n);
        }
    }
};

void append(std::string& text, std::string_view kind, const json::object& data)
{
    text += "event: ";
    text += kind;
    text += "\ndata: " + json::serialize(data) + "\n\n";
}

}  // namespace

Missed missed_since(LogId seen, const LiveFeed& feed, const Fleet& fleet)
{
    Missed missed{.newest = feed.newest()};
    // Ahead of us is as lost as far behind: that log is not this one any more.
    if (!feed.covers(seen) || seen > feed.newest()) {
        missed.extent = Missed::Extent::too_much;
        return missed;
    }
    for (const auto* event = feed.after(seen); event; event = feed.after(id_of(*event))) {
        missed.extent = Missed::Extent::some;
        if (const auto* logged = std::get_if<RecordLogged>(event)) {
            const NoteRecord note{missed, logged->post, fleet.post(logged->post)};
            std::visit(note, logged->record.body);
        } else if (const auto* change = std::get_if<AlarmChange>(event)) {
            missed.alarms.insert_or_assign(change->alarm.id, change->alarm);
            if (change->alarm.kind == AlarmKind::post_silent && change->alarm.post != 0)
                missed.posts.insert(change->alarm.post);
            if (change->alarm.post != 0 && change->alarm.outlet != protocol::whole_post)
                missed.outlets.emplace(change->alarm.post, change->alarm.outlet);
        }
    }
    return missed;
}

std::string events_of(const Missed& missed, const std::vector<SessionRow>& sessions,
                      const Site& site, UnixMillis now)
{
    const auto& fleet = site.fleet();
    const auto seq = std::to_string(missed.newest);
    std::string text;
    const auto tell = [&](std::string_view kind, json::object data) {
        data["seq"] = seq;
        append(text, kind, data);
    };
    // Alarms overtake: what a person must act on is told first.
    for (const auto& [id, alarm] : missed.alarms) {
        auto data = alarm_json(fleet, alarm);
        data["alarms_active"] = count_active(site.alarms());
        tell("alarm", std::move(data));
    }
    for (const auto no : missed.posts)
        tell("post", post_json(fleet.post(no)));
    for (const auto& [no, outlet] : missed.outlets) {
        auto data = outlet_json(site, fleet.post(no), outlet, now);
        data["post"] = fleet.post(no).id;
        tell("outlet", std::move(data));
    }
    for (const auto& row : sessions)
        tell("session", session_json(fleet, row));
    // Within the last event, before the empty line that ends it.
    if (!text.empty()) text.insert(text.size() - 1, "id: " + seq + "\n");
    return text;
}

std::string beat_of(LogId seen, const Site& site, UnixMillis now)
{
    std::string text;
    append(text, "beat", {{"now", now.count()}, {"behind", site.behind()}});
    text.insert(text.size() - 1, "id: " + std::to_string(seen) + "\n");
    return text;
}

std::string resync_of(LogId newest)
{
    const auto seq = std::to_string(newest);
    std::string text;
    append(text, "resync", {{"seq", seq}});
    text.insert(text.size() - 1, "id: " + seq + "\n");
    return text;
}

}  // namespace ks::edge
