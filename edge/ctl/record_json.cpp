#include "edge/ctl/json_words.hpp"
#include "edge/ctl/message_json.hpp"
#include "edge/runtime/hex.hpp"

// A record's body and settings as JSON: one field per field, the unit in its name.
namespace ks::edge {

namespace json = boost::json;
using namespace protocol;

namespace {

struct BodyJson {
    json::object& out;

    void operator()(const Booted& is) const
    {
        out["cause"] = name(is.cause);
        out["outlets"] = is.outlets;
        out["firmware"] = hex_of(is.firmware);
        out["settings"] = hex_of(is.settings);
    }
    void operator()(const OutletChanged& is) const
    {
        out["outlet"] = is.outlet;
        out["from"] = name(is.from);
        out["to"] = name(is.to);
    }
    void operator()(const SessionStarted& is) const
    {
        out["session"] = wide(is.session);
        out["outlet"] = is.outlet;
        out["means"] = name(is.means);
        out["card"] = wide(is.card);
        out["command"] = hex_of(is.command);
        out["time_limit_ms"] = is.time_limit.count();
        out["energy_limit_mwh"] = is.energy_limit.count();
    }
    void operator()(const SessionProgressed& is) const
    {
        out["session"] = wide(is.session);
        out["outlet"] = is.outlet;
        out["elapsed_ms"] = is.elapsed.count();
        out["energy_mwh"] = is.energy.count();
        out["lowest_mw"] = is.lowest.count();
        out["mean_mw"] = is.mean.count();
        out["highest_mw"] = is.highest.count();
    }
    void operator()(const SessionEnded& is) const
    {
        out["session"] = wide(is.session);
        out["outlet"] = is.outlet;
        out["reason"] = name(is.reason);
        out["elapsed_ms"] = is.elapsed.count();
        out["energy_mwh"] = is.energy.count();
        out["peak_mw"] = is.peak.count();
    }
    void operator()(const Tripped& is) const
    {
        out["outlet"] = is.outlet;
        out["cause"] = name(is.cause);
        out["session"] = wide(is.session);
        out["measured"] = is.measured;
        out["limit"] = is.limit;
        out["held_for_ms"] = is.held_for.count();
        out["count"] = is.count;
    }
    void operator()(const TripCleared& is) const
    {
        out["outlet"] = is.outlet;
        out["cause"] = name(is.cause);
        out["command"] = hex_of(is.command);
    }
    void operator()(const Telemetry& is) const
    {
        out["mains_mv"] = is.mains.count();
        json::array outlets;
        for (const auto& reading : is.outlets) {
            json::object outlet;
            outlet["state"] = name(reading.state);
            outlet["current_ma"] = reading.current.count();
            outlet["power_mw"] = reading.power.count();
            outlet["energy_mwh"] = reading.energy.count();
            if (reading.contact) outlet["contact_dc"] = reading.contact->count();
            outlets.push_back(std::move(outlet));
        }
        out["outlets"] = std::move(outlets);
    }
    void operator()(const Gap& is) const
    {
        out["from"] = is.from;
        out["to"] = is.to;
        out["before"] = hex_of(is.before);
        out["last"] = hex_of(is.last);
    }
    void operator()(const CommandResult& is) const
    {
        out["command"] = hex_of(is.command);
        out["action"] = name(is.action);
        out["outlet"] = is.outlet;
        out["outcome"] = name(is.outcome);
    }
    void operator()(const CommandsRefused& is) const
    {
        out["outcome"] = name(is.outcome);
        out["count"] = is.count;
    }
    void operator()(const CardPresented& is) const
    {
        out["outlet"] = is.outlet;
        out["card"] = wide(is.card);
    }
    void operator()(const SettingsChanged& is) const
    {
        out["version"] = is.version;
        out["settings"] = hex_of(is.settings);
        out["command"] = hex_of(is.command);
    }
    void operator()(const HeadsSigned& is) const
    {
        json::object heads;
        for (const auto lane : all_lanes) {
            const auto& head = is.heads[static_cast<std::size_t>(lane)];
            json::object of_lane;
            of_lane["seq"] = head.seq;
            of_lane["digest"] = hex_of(head.digest);
            heads[name_of(lane).data()] = std::move(of_lane);
        }
        out["heads"] = std::move(heads);
        out["signature"] = hex_of(is.signature);
    }
    void operator()(const PostReading& is) const
    {
        if (is.cabinet) out["cabinet_dc"] = is.cabinet->count();
        out["rail_mv"] = is.rail.count();
        json::array residual;
        for (const auto& circuit : is.residual)
            residual.push_back(circuit ? json::value(circuit->count()) : json::value());
        out["residual_ma"] = std::move(residual);
        json::object inputs;
        for (std::size_t i = 0; i < is.inputs.size(); ++i)
            inputs[name_of(static_cast<InputName>(i))] = name(is.inputs[i]);
        out["inputs"] = std::move(inputs);
        out["current_ma"] = is.current.count();
        out["power_mw"] = is.power.count();
    }
    void operator()(const InputChanged& is) const
    {
        out["input"] = name(is.input);
        out["from"] = name(is.from);
        out["to"] = name(is.to);
    }
    void operator()(const RelayWear& is) const
    {
        out["outlet"] = is.outlet;
        out["closings"] = is.closings;
        out["hot_openings"] = is.hot_openings;
        out["left_permille"] = is.left_permille;
    }
    void operator()(const TripTrace& is) const
    {
        out["outlet"] = is.outlet;
        out["cause"] = name(is.cause);
        out["session"] = wide(is.session);
        json::array points;
        for (const auto& point : is.points) {
            json::object each;
            each["before_ms"] = point.before.count();
            each["current_ma"] = point.current.count();
            each["power_mw"] = point.power.count();
            if (point.contact) each["contact_dc"] = point.contact->count();
            points.push_back(std::move(each));
        }
        out["points"] = std::move(points);
    }
    void operator()(const AuthorityKept& is) const
    {
        out["session"] = wide(is.session);
        out["outlet"] = is.outlet;
        out["means"] = name(is.means);
        out["card"] = wide(is.card);
        out["time_limit_ms"] = is.time_limit.count();
        out["energy_limit_mwh"] = is.energy_limit.count();
        out["good_for_ms"] = is.good_for.count();
    }
    void operator()(const CardDecided& is) const
    {
        out["outlet"] = is.outlet;
        out["card"] = wide(is.card);
        out["outcome"] = name(is.outcome);
    }
    void operator()(const CardsChanged& is) const
    {
        out["version"] = is.version;
        out["cards"] = is.cards;
        out["command"] = hex_of(is.command);
    }
    void operator()(const SelfTestFailed& is) const
    {
        out["test"] = name(is.test);
        out["detail"] = is.detail;
        out["strikes"] = is.strikes;
    }
    void operator()(const BayChanged& is) const
    {
        out["bay"] = is.bay;
        out["from"] = name(is.from);
        out["to"] = name(is.to);
        out["tag"] = wide(is.tag);
        out["outlet"] = is.outlet;
        out["card"] = wide(is.card);
        out["stayed_ms"] = is.stayed ? json::value(is.stayed->count()) : json::value();
    }
    void operator()(const BayNoticed& is) const
    {
        out["place_kind"] = name(is.kind);
        out["place"] = is.place;
        out["matter"] = name(is.matter);
        out["outlet"] = is.outlet;
        out["card"] = wide(is.card);
        out["lasted_ms"] = is.lasted ? json::value(is.lasted->count()) : json::value();
    }
    void operator()(const LinkNoticed& is) const
    {
        out["matter"] = name(is.matter);
        out["lasted_ms"] = is.lasted.count();
    }
};

template <class Owner>
json::object limits_json(const Owner& limits)
{
    json::object out;
    each_limit_of<Owner>([&](const auto& row) {
        using Value = typename std::remove_cvref_t<decltype(row)>::Value;
        if constexpr (std::is_same_v<Value, std::uint32_t>)
            out[row.name] = limits.*row.field;
        else
            out[row.name] = (limits.*row.field).count();
    });
    return out;
}

}  // namespace

json::object json_of(const Record& record)
{
    json::object out;
    out["kind"] = name(kind_of(record.body));
    out["seq"] = record.head.seq;
    out["boot"] = record.head.boot;
    out["mono_ms"] = record.head.mono.since_boot().count();
    if (record.head.wall) {
        out["wall_unix_ms"] = record.head.wall->at.count();
        out["wall_error_ms"] = record.head.wall->error.count();
    }
    std::visit(BodyJson{out}, record.body);
    return out;
}

json::object settings_json(const Settings& settings)
{
    json::object out;
    out["version"] = settings.version;
    out["profile"] = settings.profile.text();
    json::array types;
    for (const auto& limits : settings.types)
        types.push_back(limits_json(limits));
    out["types"] = std::move(types);
    json::array type_of;
    for (const auto type : settings.type_of)
        type_of.push_back(type);
    out["type_of"] = std::move(type_of);
    out["post"] = limits_json(settings.post);
    json::array gains;
    for (const auto& meter : settings.calibration)
        gains.push_back({meter.voltage.ten_thousandths, meter.current.ten_thousandths});
    out["gains"] = std::move(gains);
    return out;
}

}  // namespace ks::edge
