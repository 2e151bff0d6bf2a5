#include "edge/ctl/message_json.hpp"

#include "edge/runtime/hex.hpp"
#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/names.hpp"

#include <boost/json.hpp>

namespace ks::edge {

namespace json = boost::json;
using namespace protocol;

namespace {

template <class Word>
json::string name(Word word)
{
    const auto text = name_of(word);
    return json::string{text.data(), text.size()};
}

json::string text(std::string_view is) { return json::string{is.data(), is.size()}; }

/// Sessions and cards use all 64 bits, which JSON's numbers do not hold in every reader.
std::string wide(std::uint64_t value) { return std::to_string(value); }

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
};

void add(json::object& out, const Birth& is)
{
    out["boot"] = is.boot;
    out["mono_ms"] = is.mono.since_boot().count();
    out["outlets"] = is.outlets;
    out["firmware"] = hex_of(is.firmware);
    out["settings"] = hex_of(is.settings);
    out["settings_version"] = is.settings_version;
    json::object lanes;
    for (const auto lane : all_lanes) {
        const auto& stand = is.lanes[static_cast<std::size_t>(lane)];
        json::object of_lane;
        of_lane["oldest"] = stand.oldest;
        of_lane["next"] = stand.next;
        of_lane["before"] = hex_of(stand.before);
        lanes[name_of(lane).data()] = std::move(of_lane);
    }
    out["lanes"] = std::move(lanes);
}
void add(json::object& out, const NonceOffer& is)
{
    out["boot"] = is.boot;
    out["mono_ms"] = is.mono.since_boot().count();
    // Shown in full: a nonce is no secret, and without the post's key it starts nothing.
    out["nonce"] = hex_of(is.nonce);
}
void add(json::object& out, const Will& is) { out["boot"] = is.boot; }
void add(json::object& out, const Ack& is)
{
    for (const auto lane : all_lanes)
        out[name_of(lane).data()] = is.upto[static_cast<std::size_t>(lane)];
}
void add(json::object& out, const TimeNotice& is)
{
    out["echo_ms"] = is.echo.since_boot().count();
    out["now_unix_ms"] = is.now.count();
}
void add(json::object& out, const RangeRequest& is)
{
    out["lane"] = name(is.lane);
    out["from"] = is.from;
    out["to"] = is.to;
}
void add(json::object&, const NonceRequest&) {}
void add(json::object& out, const Command& is)
{
    out["id"] = hex_of(is.id);
    out["action"] = name(action_of(is.body));
    out["role"] = name(is.role);
    out["issuer"] = hex_of(is.issuer);
    out["issued_unix_ms"] = is.issued.count();
    out["good_for_ms"] = is.good_for.count();
    if (is.nonce) out["nonce"] = hex_of(*is.nonce);
    std::visit(
        [&]<class Body>(const Body& body) {
            if constexpr (!std::is_same_v<Body, SetSettings>) out["outlet"] = body.outlet;
        },
        is.body);
}

template <class Message>
void add_or_say_why(json::object& out, const Result<Message, Refusal>& decoded, Bytes payload)
{
    if (decoded) {
        json::object message;
        add(message, decoded.value());
        out["message"] = std::move(message);
        return;
    }
    out["refused"] = name(decoded.reason());
    out["bytes"] = hex_of(payload);
}

void add_up(json::object& out, Up what, Bytes payload)
{
    switch (what) {
    case Up::alarm:
    case Up::event:
    case Up::tele: {
        const auto record = decode_record(static_cast<Lane>(what), payload);
        if (record) {
            out["record"] = json_of(record.value());
        } else {
            out["refused"] = name(record.reason());
            out["bytes"] = hex_of(payload);
        }
        return;
    }
    case Up::birth: return add_or_say_why(out, decode_birth(payload), payload);
    case Up::nonce: return add_or_say_why(out, decode_nonce_offer(payload), payload);
    case Up::will: return add_or_say_why(out, decode_will(payload), payload);
    }
}

void add_down(json::object& out, Down what, Bytes payload)
{
    switch (what) {
    case Down::ack: return add_or_say_why(out, decode_ack(payload), payload);
    case Down::time: return add_or_say_why(out, decode_time_notice(payload), payload);
    case Down::range: return add_or_say_why(out, decode_range_request(payload), payload);
    case Down::command: return add_or_say_why(out, decode_command(payload), payload);
    case Down::nonce: return add_or_say_why(out, decode_nonce_request(payload), payload);
    }
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

std::string line_of_message(std::string_view topic, Bytes payload)
{
    json::object out;
    out["topic"] = text(topic);
    if (const auto up = parse_up(topic)) {
        out["post"] = text(up->post.text());
        add_up(out, up->what, payload);
    } else if (const auto down = parse_down(topic)) {
        out["post"] = text(down->post.text());
        add_down(out, down->what, payload);
    } else {
        out["refused"] = "unknown_topic";
        out["bytes"] = hex_of(payload);
    }
    return json::serialize(out);
}

}  // namespace ks::edge
