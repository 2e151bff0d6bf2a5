#include "sim/fleet/control.hpp"

#include "edge/toml/measure.hpp"
#include "sim/fleet/mishap_words.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace ks::sim {

namespace {

namespace json = boost::json;
using edge::share_from;
using edge::token_from;
using edge::watt_hours_from;

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

Bike bike_in(Request& request)
{
    const auto name = request.need_text("charger");
    const auto profile = charger_profile(name);
    if (!profile) throw Refused{"there is no charger " + name};
    const double capacity = request.need("capacity", watt_hours_from, watt_hours_most, "2.5Wh");
    if (capacity < 0.1) throw Refused{"capacity must be at least \"0.1Wh\""};
    const double charge = request.need("charge", share_from, 1.0 + 1e-9, "40%");
    const auto habit = charger_habit(request.text("habit").value_or("plain"));
    if (!habit) throw Refused{"habit has no such word"};
    return {.battery = {.chemistry = profile->chemistry,
                        .capacity_wh = capacity,
                        .charge = std::min(charge, 1.0)},
            .charger = *profile,
            .habit = *habit};
}

double measured(std::string_view text, const MishapMeasure& measure)
{
    const auto value = measure.from(text);
    if (value && *value >= measure.least && *value <= measure.most) return *value;
    std::ostringstream why;
    why << measure.key << " must be like \"" << measure.example << "\", from " << measure.least
        << " to " << measure.most;
    throw Refused{why.str()};
}

double factor_in(std::string_view text)
{
    const auto percent = share_from(text);
    if (!percent || *percent < mishap_factor_least || *percent > mishap_factor_most)
        throw Refused{"factor must be like \"50%\""};
    return *percent;
}

double input_in(std::string_view text)
{
    const auto input = post_input(text);
    if (!input) throw Refused{"input must be one of " + post_input_names()};
    return static_cast<double>(*input);
}

double circuit_in(std::optional<std::int64_t> circuit)
{
    if (!circuit || *circuit < 1 || *circuit > std::int64_t{hal::circuits_most})
        throw Refused{"circuit must be 1 to " + std::to_string(hal::circuits_most)};
    return static_cast<double>(*circuit);
}

/// From 1, and it must be given.
double number_in(Request& request, std::string_view key, std::int64_t most)
{
    const auto number = request.whole(key);
    if (!number || *number < 1 || *number > most)
        throw Refused{std::string{key} + " must be 1 to " + std::to_string(most)};
    return static_cast<double>(*number);
}

std::optional<double> parameter_in(Request& request, const MishapWord& word)
{
    if (const auto measure = measure_of(word.parameter)) {
        const auto written = request.text(measure->key);
        return written ? std::optional{measured(*written, *measure)} : std::nullopt;
    }
    switch (word.parameter) {
    case MishapParameter::factor: {
        const auto written = request.text("factor");
        return written ? std::optional{factor_in(*written)} : std::nullopt;
    }
    case MishapParameter::input: return input_in(request.need_text("input"));
    case MishapParameter::circuit: return circuit_in(request.whole("circuit"));
    case MishapParameter::place: return number_in(request, "place", drivers::place_most);
    case MishapParameter::address:
        return number_in(request, "address", drivers::slave_address_most);
    case MishapParameter::none:
    case MishapParameter::current:
    case MishapParameter::leak:
    case MishapParameter::voltage:
    case MishapParameter::power: return std::nullopt;
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
    if (word == "tag") {
        const auto place = number_in(request, "place", drivers::place_most);
        const auto tag = token_from(request.need_text("tag"));
        if (!tag) throw Refused{"tag must be like \"0xE28011\""};
        return TagNear{static_cast<hal::Place>(place), *tag};
    }
    const auto mishap_is = mishap_word(word);
    if (!mishap_is) {
        std::string known = "plug, tap, tag, look, fleet";
        for (const auto& other : mishap_words())
            known += ", " + std::string{other.word};
        throw Refused{"do has no word \"" + word + "\"; known are " + known};
    }
    return mishap(*mishap_is, parameter_in(request, *mishap_is));
}

std::string_view name_of(hal::Sound sound)
{
    switch (sound) {
    case hal::Sound::silent: return "silent";
    case hal::Sound::reminder: return "reminder";
    case hal::Sound::trouble: return "trouble";
    case hal::Sound::alarm: return "alarm";
    }
    return "";
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
        {"leak_microamps", std::llround(truth.leak * 1e6)},
        {"sounds", name_of(post.sounds())},
        {"coil_closed", post.plant().coil(outlet) == hal::Relay::closed},
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
