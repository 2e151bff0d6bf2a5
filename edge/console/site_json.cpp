#include "edge/console/json.hpp"
#include "edge/domain/names.hpp"
#include "edge/runtime/hex.hpp"
#include "firmware/protocol/names.hpp"

#include <algorithm>

// The live page: every post with its outlets, its own condition and its bays.
namespace ks::edge {

namespace json = boost::json;

namespace {

json::value id_or_null(std::uint64_t id)
{
    return id == 0 ? json::value() : json::value(std::to_string(id));
}

/// What it measured, where it measured anything.
void add_figures(json::object& trip, protocol::TripCause cause, std::int64_t measured,
                 std::int64_t limit)
{
    if (unit_of(cause).empty()) return;
    trip["measured"] = measured;
    trip["limit"] = limit;
}

const Alarm* open_alarm(const AlarmBook& alarms, PostNo post, protocol::OutletNumber outlet,
                        AlarmKind kind)
{
    // Newest first: a cause that cleared and came again is told as it is now.
    for (auto each = alarms.open().rbegin(); each != alarms.open().rend(); ++each) {
        const auto& alarm = each->second;
        if (alarm.post == post && alarm.outlet == outlet && alarm.kind == kind) return &alarm;
    }
    return nullptr;
}

json::value trip_json(const Site& site, const PostView& post, protocol::OutletNumber outlet)
{
    const auto on = post.trip_on(outlet);
    if (!on) return {};
    json::object trip{{"cause", protocol::name_of(on->cause)},
                      {"whole_post", on->outlet == protocol::whole_post},
                      {"measured", nullptr},
                      {"limit", nullptr},
                      {"at", post.outlet(outlet).since.count()}};
    if (const auto* alarm = open_alarm(site.alarms(), post.no, on->outlet, kind_of(on->cause))) {
        add_figures(trip, on->cause, alarm->measured, alarm->limit);
        trip["at"] = alarm->raised_at.count();
    }
    return trip;
}

json::object last_trip_object(const LastTrip& last)
{
    json::object trip{{"cause", protocol::name_of(last.cause)},
                      {"severity", name_of(severity_of(kind_of(last.cause)))},
                      {"whole_post", last.outlet == protocol::whole_post},
                      {"session", id_or_null(last.session)},
                      {"measured", nullptr},
                      {"limit", nullptr},
                      {"held_for_ms", last.held_for.count()},
                      {"at", last.at.count()}};
    add_figures(trip, last.cause, last.measured, last.limit);
    return trip;
}

json::value relay_json(const std::optional<RelayLife>& relay)
{
    if (!relay) return {};
    return json::object{{"closings", relay->closings},
                        {"hot_openings", relay->hot_openings},
                        {"left_permille", relay->left_permille}};
}

json::value reading_json(const std::optional<protocol::PostReading>& reading)
{
    if (!reading) return {};
    json::array residual;
    for (const auto& circuit : reading->residual)
        residual.push_back(circuit ? json::value(circuit->count()) : json::value());
    json::object result;
    result["cabinet_dc"] =
        reading->cabinet ? json::value(reading->cabinet->count()) : json::value();
    result["rail_mv"] = reading->rail.count();
    result["residual_ma"] = std::move(residual);
    result["current_ma"] = reading->current.count();
    result["power_mw"] = reading->power.count();
    return result;
}

/// Inputs that the post has and has told of.
json::object inputs_json(const PostView& post)
{
    json::object result;
    for (std::size_t i = 0; i < post.inputs.size(); ++i) {
        const auto& condition = post.inputs[i];
        if (condition && *condition != protocol::InputCondition::absent)
            result[protocol::name_of(static_cast<protocol::InputName>(i))] =
                protocol::name_of(*condition);
    }
    return result;
}

/// What is the matter at a place of either kind.
template <class View>
void add_matter(json::object& each, const View& view)
{
    const auto word = [](const std::optional<protocol::BayMatter>& matter) {
        return matter ? json::value(protocol::name_of(*matter)) : json::value();
    };
    each["matter"] = word(view.matter);
    each["matter_since"] = view.matter ? json::value(view.matter_since.count()) : json::value();
    each["unseen"] = word(view.unseen);
}

json::value time_or_null(const std::optional<UnixMillis>& at)
{
    return at ? json::value(at->count()) : json::value();
}

/// Bays that anything is known of.
json::array bays_json(const PostView& post)
{
    json::array result;
    for (std::size_t i = 0; i < post.bays.size(); ++i) {
        const auto& bay = post.bays[i];
        const bool told = bay.state_of != PostTime{} || bay.matter_of != PostTime{};
        if (!told) continue;
        json::object each;
        each["bay"] = i + 1;
        each["state"] = protocol::name_of(bay.state);
        each["since"] = bay.state_of == PostTime{} ? json::value() : json::value(bay.since.count());
        each["outlet"] = bay.outlet == 0 ? json::value() : json::value(bay.outlet);
        each["card"] = masked(bay.card);
        each["tag"] = masked(bay.tag);
        each["occupied_since"] = time_or_null(bay.occupied_since());
        add_matter(each, bay);
        result.push_back(std::move(each));
    }
    return result;
}

/// Zones, barriers, detectors and readers that were told of.
json::array places_json(const PostView& post)
{
    json::array result;
    for (const auto& [place, view] : post.places) {
        json::object each;
        each["kind"] = protocol::name_of(place.first);
        each["place"] = place.second;
        add_matter(each, view);
        result.push_back(std::move(each));
    }
    return result;
}

}  // namespace

json::value masked(protocol::CardToken card)
{
    if (card == 0) return {};
    const auto text = std::to_string(10'000 + card % 10'000);
    return json::value("\u2022\u2022\u2022\u2022" + text.substr(1));
}

json::object outlet_json(const Site& site, const PostView& post, protocol::OutletNumber outlet,
                         UnixMillis now)
{
    const auto& view = post.outlet(outlet);
    const bool running = view.session != 0;
    const bool known = view.since != UnixMillis{};
    const std::string_view state = known ? protocol::name_of(view.state) : "unknown";
    json::object result;
    result["outlet"] = outlet;
    result["state"] = state;
    result["since"] = known ? json::value(view.since.count()) : json::value();
    result["power_mw"] = view.power.count();
    result["current_ma"] = view.current.count();
    result["energy_mwh"] = view.energy.count();
    result["elapsed_ms"] = nullptr;
    result["session"] = id_or_null(view.session);
    result["card"] = masked(view.card);
    result["contact_dc"] = nullptr;
    result["means"] = running ? json::value(protocol::name_of(view.means)) : json::value();
    result["trip"] = trip_json(site, post, outlet);
    result["last_trip"] =
        view.last_trip ? json::value(last_trip_object(*view.last_trip)) : json::value();
    result["relay"] = relay_json(view.relay);
    result["occupied_since"] = time_or_null(post.occupied_since(outlet));
    if (running)
        result["elapsed_ms"] = std::max<std::int64_t>(0, (now - view.session_since).count());
    if (view.contact) result["contact_dc"] = view.contact->count();
    return result;
}

json::object post_json(const PostView& post)
{
    const bool online = post.presence == Presence::online;
    const bool heard = post.heard_at != UnixMillis{};
    json::object result;
    result["post"] = post.id;
    result["online"] = online;
    result["since"] = !online && heard ? json::value(post.heard_at.count()) : json::value();
    result["firmware"] = post.boot == 0 ? json::value() : json::value(hex_of(post.firmware));
    result["mains_mv"] =
        post.mains == Millivolts{} ? json::value() : json::value(post.mains.count());
    result["reading"] = reading_json(post.reading);
    result["inputs"] = inputs_json(post);
    result["bays"] = bays_json(post);
    result["places"] = places_json(post);
    return result;
}

json::object site_json(const Site& site, LogId seq, UnixMillis now)
{
    json::array posts;
    for (const auto& post : site.fleet().posts()) {
        json::array outlets;
        for (protocol::OutletNumber n = 1; n <= post.outlet_count; ++n)
            outlets.push_back(outlet_json(site, post, n, now));
        auto object = post_json(post);
        object["outlets"] = std::move(outlets);
        const auto complete = site.complete(post.no);
        object["missing"] = complete.missing;
        object["complete_to"] = complete.to ? json::value(complete.to->count()) : json::value();
        posts.push_back(std::move(object));
    }
    json::object result;
    result["site"] = site.id().text();
    result["now"] = now.count();
    result["seq"] = std::to_string(seq);
    result["behind"] = site.behind();
    result["posts"] = std::move(posts);
    result["alarms_active"] = count_active(site.alarms());
    return result;
}

json::value last_trip_json(const OutletView& outlet)
{
    if (!outlet.last_trip) return {};
    auto trip = last_trip_object(*outlet.last_trip);
    json::array points;
    for (const auto& point : outlet.last_trip->points) {
        json::object each;
        each["before_ms"] = point.before.count();
        each["current_ma"] = point.current.count();
        each["power_mw"] = point.power.count();
        each["contact_dc"] = point.contact ? json::value(point.contact->count()) : json::value();
        points.push_back(std::move(each));
    }
    trip["points"] = std::move(points);
    return trip;
}

}  // namespace ks::edge
