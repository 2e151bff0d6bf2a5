#include "edge/ctl/message_json.hpp"

#include "edge/ctl/json_words.hpp"
#include "edge/runtime/hex.hpp"
#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/names.hpp"

#include <boost/json.hpp>

namespace ks::edge {

namespace json = boost::json;
using namespace protocol;

namespace {

json::string text(std::string_view is) { return json::string{is.data(), is.size()}; }

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
            if constexpr (requires { body.outlet; }) out["outlet"] = body.outlet;
        },
        is.body);
    if (const auto* set = std::get_if<SetSettings>(&is.body))
        out["settings"] = settings_json(set->settings);
    if (const auto* cards = std::get_if<SetCards>(&is.body)) {
        out["version"] = cards->version;
        out["first"] = cards->first;
        out["part"] = cards->cards.size();
        out["total"] = cards->total;
    }
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
