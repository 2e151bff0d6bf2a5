#include "edge/uplinks/alarm_message.hpp"

#include "edge/domain/names.hpp"
#include "edge/runtime/hex.hpp"
#include "edge/uplinks/signature.hpp"
#include "firmware/crypto/sha256.hpp"
#include "firmware/protocol/names.hpp"

#include <boost/json.hpp>

namespace ks::edge {

namespace json = boost::json;

namespace {

std::string key_of_change(const AlarmChange& change, std::string_view site, std::string_view post)
{
    const auto& alarm = change.alarm;
    std::string text{site};
    text += '|';
    text += post;
    text += '|' + std::to_string(alarm.outlet);
    text += '|';
    text += name_of(alarm.kind);
    text += '|';
    text += name_of(change.step);
    if (alarm.source)
        text += '|' + std::to_string(alarm.source->epoch) + '.' +
                std::to_string(static_cast<unsigned>(alarm.source->lane)) + '.' +
                std::to_string(alarm.source->seq);
    else
        text += '|' + std::to_string(alarm.raised_at.count());
    const auto digest = crypto::sha256(bytes_of(text));
    return "msg_" + hex_of(Bytes{digest}.first(16));
}

}  // namespace

Delivery message_of(const AlarmChange& change, std::string_view site, const Fleet& fleet)
{
    const auto& alarm = change.alarm;
    const std::string post = alarm.post == 0 ? std::string{} : fleet.post(alarm.post).id;
    json::object data{{"site", json::string_view{site.data(), site.size()}},
                      {"alarm", alarm.id},
                      {"kind", std::string{name_of(alarm.kind)}},
                      {"severity", std::string{name_of(alarm.severity)}},
                      {"condition", std::string{name_of(alarm.condition)}},
                      {"attention", std::string{name_of(alarm.attention)}},
                      {"raised_at", iso_time(alarm.raised_at)},
                      {"count", alarm.count}};
    if (!post.empty()) data["post"] = post;
    if (alarm.outlet != protocol::whole_post) data["outlet"] = alarm.outlet;
    if (alarm.cleared_at) data["cleared_at"] = iso_time(*alarm.cleared_at);
    if (const auto unit = unit_of(alarm.kind); !unit.empty()) {
        data["measured"] = alarm.measured;
        data["limit"] = alarm.limit;
        data["unit"] = std::string{unit};
    }
    if (alarm.session != 0) data["session"] = std::to_string(alarm.session);
    if (alarm.source)
        data["record"] = json::object{{"epoch", alarm.source->epoch},
                                      {"lane", std::string{protocol::name_of(alarm.source->lane)}},
                                      {"seq", alarm.source->seq}};
    return {.id = 0,
            .key = key_of_change(change, site, post),
            .type = "alarm." + std::string{name_of(change.step)},
            .data = json::serialize(data),
            .created_at = change.at,
            .alarm = alarm.id,
            .attempts = 0,
            .heard = change.heard,
            .happened_at = {}};
}

std::string body_of(const Outbox::Due& due)
{
    const bool durable = due.standing == Outbox::Due::Standing::durable;
    return R"({"type":")" + due.delivery.type + R"(","timestamp":")" +
           iso_time(due.delivery.created_at) + R"(","durable":)" + (durable ? "true" : "false") +
           R"(,"data":)" + due.delivery.data + "}";
}

}  // namespace ks::edge
