#include "edge/console/json.hpp"

#include "edge/domain/names.hpp"
#include "edge/runtime/hex.hpp"
#include "firmware/protocol/names.hpp"

#include <algorithm>

namespace ks::edge {

namespace json = boost::json;

namespace {

json::value id_or_null(std::uint64_t id)
{
    return id == 0 ? json::value() : json::value(std::to_string(id));
}

json::value time_or_null(const std::optional<UnixMillis>& at)
{
    return at ? json::value(at->count()) : json::value();
}

std::string_view post_name(const Fleet& fleet, PostNo post)
{
    return post == 0 ? std::string_view{} : std::string_view{fleet.post(post).id};
}

/// The edge's own causes measure nothing that a page would show, and some cuts nothing at all.
bool measures(AlarmKind kind) { return is_trip(kind) && !unit_of(kind).empty(); }

}  // namespace

json::object alarm_json(const Fleet& fleet, const Alarm& alarm)
{
    const bool told = measures(alarm.kind);
    json::object result;
    result["id"] = std::to_string(alarm.id);
    result["post"] = post_name(fleet, alarm.post);
    result["outlet"] = alarm.outlet;
    result["cause"] = name_of(alarm.kind);
    result["severity"] = name_of(alarm.severity);
    result["condition"] = name_of(alarm.condition);
    result["attention"] = name_of(alarm.attention);
    result["raised"] = alarm.raised_at.count();
    result["cleared"] = time_or_null(alarm.cleared_at);
    result["count"] = alarm.count;
    result["measured"] = told ? json::value(alarm.measured) : json::value();
    result["limit"] = told ? json::value(alarm.limit) : json::value();
    result["session"] = id_or_null(alarm.session);
    return result;
}

json::object session_json(const Fleet& fleet, const SessionRow& row)
{
    const bool over = row.ended_at.has_value();
    // The log's row of a running session moves with its progress records, minutes apart; the outlet
    // tells the energy every few seconds.
    const auto& outlet = fleet.post(row.post).outlet(row.outlet);
    const bool running = !over && outlet.session == row.session;
    const auto energy = running ? std::max(row.energy, outlet.energy) : row.energy;
    json::object result;
    result["session"] = std::to_string(row.session);
    result["post"] = post_name(fleet, row.post);
    result["outlet"] = row.outlet;
    result["card"] = masked(row.card);
    result["started"] = row.started_at.count();
    result["ended"] = time_or_null(row.ended_at);
    result["reason"] = row.reason ? json::value(protocol::name_of(*row.reason)) : json::value();
    result["energy_mwh"] = energy.count();
    result["peak_mw"] =
        over || row.peak.count() > 0 ? json::value(row.peak.count()) : json::value();
    result["elapsed_ms"] = row.elapsed.count();
    return result;
}

std::size_t count_active(const AlarmBook& alarms)
{
    const auto active = [](const auto& each) { return each.second.condition == Condition::active; };
    return static_cast<std::size_t>(
        std::count_if(alarms.open().begin(), alarms.open().end(), active));
}

std::vector<Alarm> active_alarms(const AlarmBook& alarms, const AlarmQuery& query)
{
    std::vector<Alarm> rows;
    for (auto each = alarms.open().rbegin(); each != alarms.open().rend(); ++each) {
        const auto& [id, alarm] = *each;
        if (query.before && id >= *query.before) continue;
        if (alarm.condition == Condition::active) rows.push_back(alarm);
        if (rows.size() > query.limit) break;
    }
    return rows;
}

json::object alarms_json(const Fleet& fleet, const std::vector<Alarm>& rows,
                         const std::vector<AlarmTrace>& traces, std::size_t limit)
{
    check(rows.size() == traces.size());
    json::array list;
    for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i) {
        auto object = alarm_json(fleet, rows[i]);
        const auto& [delivery, held_for] = traces[i];
        object["held_for_ms"] = held_for ? json::value(held_for->count()) : json::value();
        object["delivered"] =
            delivery ? json::value(*delivery == DeliveryState::delivered) : json::value();
        list.push_back(std::move(object));
    }
    const bool more = rows.size() > limit;
    return {{"alarms", std::move(list)},
            {"next", more ? json::value(std::to_string(rows[limit - 1].id)) : json::value()}};
}

json::object sessions_json(const Fleet& fleet, std::vector<SessionRow> rows, std::size_t limit)
{
    const bool more = rows.size() > limit;
    if (more) rows.resize(limit);
    json::array list;
    for (const auto& row : rows)
        list.push_back(session_json(fleet, row));
    json::object result;
    result["sessions"] = std::move(list);
    result["next"] = more ? json::value(std::to_string(rows.back().id)) : json::value();
    return result;
}

json::object curve_json(const Fleet& fleet, const SessionRow& row,
                        const std::vector<CurvePoint>& points)
{
    json::array list;
    for (const auto& point : points) {
        json::object each;
        each["at"] = (row.started_at + point.elapsed).count();
        each["power_mw"] = point.power.count();
        each["energy_mwh"] = point.energy.count();
        list.push_back(std::move(each));
    }
    json::object result;
    result["session"] = session_json(fleet, row);
    result["points"] = std::move(list);
    result["thinned"] = points.size() >= curve_points;
    return result;
}

json::object status_json(const Site& site, const LogCounts& counts)
{
    const auto& figures = site.figures();
    json::object result;
    result["records"] = counts.records;
    result["sessions_started"] = counts.sessions_started;
    result["sessions_ended"] = counts.sessions_ended;
    result["gaps"] = counts.gaps;
    result["alarms"] = counts.alarms;
    result["behind"] = site.behind();
    result["posts"] = site.fleet().posts().size();
    result["duplicates"] = figures.duplicates;
    result["chain_breaks"] = figures.chain_breaks;
    result["quarantined"] = figures.quarantined;
    result["commands_refused"] = figures.refused_commands;
    return result;
}

}  // namespace ks::edge
