#include "sim/fleet/control.hpp"

#include "sim/fleet/measure.hpp"
#include "sim/fleet/mishap_words.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace ks::sim {

namespace {

namespace json = boost::json;

/// Why a line is refused; never leaves this file.
struct Refused {
    std::string why;
};

/// The keys of one request, each of which has to be asked for.
class Request {
public:
    explicit Request(json::object object) : object_{std::move(object)} {}

    [[nodiscard]] std::optional<std::string> text(std::string_view key)
    {
        const auto value = take(key);
        if (!value) return std::nullopt;
        if (!value->is_string()) throw Refused{std::string{key} + " must be a text"};
        return std::string{value->as_string()};
    }
    [[nodiscard]] std::string need_text(std::string_view key)
    {
        auto value = text(key);
        if (!value) throw Refused{std::string{key} + " is missing"};
        return *value;
    }
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key)
    {
        const auto value = take(key);
        if (!value) return std::nullopt;
        if (!value->is_int64()) throw Refused{std::string{key} + " must be a whole number"};
        return value->as_int64();
    }
    [[nodiscard]] double need(std::string_view key, std::optional<double> (*from)(std::string_view),
                              double most, std::string_view example)
    {
        const auto value = from(need_text(key));
        if (!value || *value < 0.0 || *value > most)
            throw Refused{std::string{key} + " must be like \"" + std::string{example} + "\""};
        return *value;
    }
    void finish() const
    {
        if (!object_.empty())
            throw Refused{std::string{object_.begin()->key()} + " is not known here"};
    }

private:
    std::optional<json::value> take(std::string_view key)
    {
        const auto found = object_.find(key);
        if (found == object_.end()) return std::nullopt;
        auto value = found->value();
        object_.erase(found);
        return value;
    }

    json::object object_;
};

// As wide as in scenario files.
constexpr double watt_hours_most = 10'000.0;
constexpr double amperes_most = 200.0;
constexpr double factor_most = 100.0;

Bike bike_in(Request& request)
{
    const auto name = request.need_text("charger");
    const auto profile = charger_profile(name);
    if (!profile) throw Refused{"there is no charger " + name};
    const double capacity = request.need("capacity", watt_hours_from, watt_hours_most, "2.5Wh");
    if (capacity < 0.1) throw Refused{"capacity must be at least \"0.1Wh\""};
    const double charge = request.need("charge", share_from, 1.0 + 1e-9, "40%");
    return {.battery = {.chemistry = profile->chemistry,
                        .capacity_wh = capacity,
                        .charge = std::min(charge, 1.0)},
            .charger = *profile};
}

std::optional<double> parameter_in(Request& request, const MishapWord& word)
{
    const auto given = [&](std::string_view key) { return request.text(key); };
    switch (word.parameter) {
    case MishapParameter::none: return std::nullopt;
    case MishapParameter::current: {
        const auto written = given("current");
        if (!written) return std::nullopt;
        const auto amps = amperes_from(*written);
        if (!amps || *amps <= 0.0 || *amps > amperes_most)
            throw Refused{"current must be like \"12A\", and at most 200 A"};
        return amps;
    }
    case MishapParameter::factor: {
        const auto written = given("factor");
        if (!written) return std::nullopt;
        const auto percent = share_from(*written);
        if (!percent || *percent <= 0.0 || *percent > factor_most)
            throw Refused{"factor must be like \"50%\""};
        return percent;
    }
    }
    return std::nullopt;
}

Action action_in(Request& request, const std::string& word)
{
    if (word == "plug") return Plug{bike_in(request)};
    if (word == "tap") {
        const auto token = token_from(request.need_text("card"));
        if (!token || *token == 0) throw Refused{"card must be like \"0xC0FFEE01\""};
        return Tap{*token};
    }
    const auto mishap_is = mishap_word(word);
    if (!mishap_is) {
        std::string known = "plug, tap, look, fleet";
        for (const auto& other : mishap_words())
            known += ", " + std::string{other.word};
        throw Refused{"do has no word \"" + word + "\"; known are " + known};
    }
    return mishap(*mishap_is, parameter_in(request, *mishap_is));
}

json::object look_at(SimPost& post, std::uint8_t outlet)
{
    const auto truth = post.plant().outlet(outlet).truth();
    return {
        {"contact_closed", truth.contact_closed},
        {"contactor_closed", post.plant().contactor().closed()},
        {"plugged", truth.plugged},
        {"milliamps", std::llround(truth.amps * 1000.0)},
        {"milliwatts", std::llround(truth.watts * 1000.0)},
        {"millivolts", std::llround(post.plant().mains().volts() * 1000.0)},
        {"delivered_mwh", std::llround(truth.delivered / joules_per_watt_hour * 1000.0)},
        {"contact_celsius", truth.contact_temperature},
        {"charge", truth.charge ? json::value(*truth.charge) : json::value(nullptr)},
    };
}

json::array list_of(Fleet& fleet)
{
    json::array posts;
    for (std::size_t i = 0; i < fleet.size(); ++i) {
        const auto& post = fleet.post(i);
        posts.push_back(
            {{"post", post.id()}, {"powered", post.powered()}, {"linked", post.linked()}});
    }
    return posts;
}

json::object carried_out(Request request, Fleet& fleet)
{
    auto word = request.text("do");
    if (const auto fault = request.text("fault")) {
        if (word) throw Refused{"do and fault are the same; give one"};
        word = fault;
    }
    if (!word) throw Refused{"do is missing"};
    json::object answer{{"ok", true}};
    if (*word == "fleet") {
        request.finish();
        answer["posts"] = list_of(fleet);
        return answer;
    }

    const auto id = request.need_text("post");
    const auto post = fleet.number_of(id);
    if (!post) throw Refused{"there is no post " + id};
    const auto outlet = request.whole("outlet").value_or(0);
    if (outlet < 0 || outlet > fleet.outlets())
        throw Refused{"outlet must be 1 to " + std::to_string(fleet.outlets())};
    auto& there = fleet.post(*post - 1U);
    answer["at_ms"] = there.plant().now().since_boot().count();
    if (*word == "look") {
        request.finish();
        if (outlet == 0) throw Refused{"outlet is missing"};
        answer["outlet"] = look_at(there, static_cast<std::uint8_t>(outlet));
        return answer;
    }
    const auto action = action_in(request, *word);
    request.finish();
    const auto done = fleet.carry_out(
        {.post = *post, .outlet = static_cast<std::uint8_t>(outlet), .action = action});
    if (!done) throw Refused{std::string{told(done.reason())}};
    return answer;
}

}  // namespace

std::string answer_to(std::string_view line, Fleet& fleet)
{
    boost::system::error_code error;
    auto value = json::parse(json::string_view{line.data(), line.size()}, error);
    try {
        if (error || !value.is_object()) throw Refused{"a line must be one JSON object"};
        return json::serialize(carried_out(Request{std::move(value.as_object())}, fleet));
    } catch (const Refused& refused) {
        return json::serialize(json::object{{"error", refused.why}});
    }
}

}  // namespace ks::sim
