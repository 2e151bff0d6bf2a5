#include "sim/fleet/scenario.hpp"

#include "edge/toml/measure.hpp"
#include "sim/fleet/commissioned.hpp"
#include "sim/fleet/mishap_words.hpp"
#include "sim/fleet/parking_words.hpp"
#include "sim/fleet/scenario_table.hpp"

#include <algorithm>

namespace ks::sim {

namespace {

using edge::share_from;
using edge::watt_hours_from;
using Need = ScenarioTable::Need;

// Ranges wide enough for every pack of docs/sources.md, Charging, and every demo pack.
constexpr ScenarioTable::Measure capacity{watt_hours_from, 0.1, 10'000.0, "2.5Wh"};
constexpr ScenarioTable::Measure charge{share_from, 0.0, 1.0, "40%"};
constexpr ScenarioTable::Measure gassing{share_from, 0.0, 1.0, "50%"};
constexpr Millis tap_after_plug{1'000};

std::string charger_names()
{
    std::string names;
    for (const auto& profile : charger_profiles())
        names += (names.empty() ? "" : ", ") + std::string{profile.name};
    return names;
}

std::string habit_names()
{
    std::string names;
    for (const auto& known : charger_habit_words())
        names += (names.empty() ? "" : ", ") + std::string{known.word};
    return names;
}

std::string mishap_names()
{
    std::string names;
    for (const auto& word : mishap_words())
        names += (names.empty() ? "" : ", ") + std::string{word.word};
    return names;
}

constexpr bool must_be_given(MishapParameter parameter)
{
    return parameter == MishapParameter::input || parameter == MishapParameter::place ||
           parameter == MishapParameter::address;
}

/// A number from 1 that must be given.
std::optional<double> read_number(ScenarioTable& table, std::string_view key, std::int64_t most)
{
    const auto number = table.whole(key, Need::required, {1, most});
    return number ? std::optional{static_cast<double>(*number)} : std::nullopt;
}

struct Stay {
    std::uint16_t post;
    std::uint8_t outlet;
    Millis from;
    Millis until;
    std::uint32_t line;
    std::string key;
};

class Reader {
public:
    explicit Reader(const protocol::Settings& profile) { scenario_.commissioned = profile; }

    ScenarioReading read(const toml::table& root)
    {
        ScenarioTable top{root, "", faults_};
        scenario_.title = top.text("title", Need::optional).value_or("");
        constexpr std::int64_t seed_most = INT64_MAX;
        scenario_.seed = static_cast<std::uint64_t>(
            top.whole("seed", Need::optional, {0, seed_most}).value_or(1));
        scenario_.posts = static_cast<std::uint16_t>(
            top.whole("posts", Need::optional, {1, scenario_posts_most}).value_or(1));
        scenario_.outlets =
            static_cast<std::uint8_t>(top.whole("outlets", Need::optional, {1, outlets_of_a_post})
                                          .value_or(outlets_of_a_post));
        scenario_.posts_of_a_group = static_cast<std::uint16_t>(
            top.whole("posts_of_a_group", Need::optional, {1, scenario_posts_most}).value_or(1));
        if (auto table = top.table("commissioned", Need::optional))
            scenario_.commissioned = read_commissioned(*table, scenario_.commissioned);
        scenario_.fittings = read_fittings(top, scenario_.outlets);
        for (auto& table : top.tables("parked"))
            read_parked(table, scenario_);
        for (auto& table : top.tables("bike"))
            read_bike(table);
        for (auto& table : top.tables("fault"))
            read_fault(table);
        top.finish();
        refuse_overlaps();
        if (!faults_.empty()) return ScenarioReading{faults_.take()};
        std::stable_sort(scenario_.deeds.begin(), scenario_.deeds.end(),
                         [](const auto& a, const auto& b) { return a.at < b.at; });
        return ScenarioReading{std::move(scenario_)};
    }

private:
    /// Ten outlets on three meter buses: what the host board has.
    static constexpr std::int64_t outlets_of_a_post = 10;

    void read_bike(ScenarioTable& table);
    std::optional<Bike> read_battery_and_charger(ScenarioTable& table);
    void read_fault(ScenarioTable& table);
    std::optional<double> read_parameter(ScenarioTable& table, const MishapWord& word);
    void refuse_overlaps();
    std::optional<std::uint16_t> read_post(ScenarioTable& table);
    std::optional<std::uint8_t> read_outlet(ScenarioTable& table);

    Scenario scenario_{};
    std::vector<Stay> stays_;
    FaultList faults_;
};

std::optional<std::uint16_t> Reader::read_post(ScenarioTable& table)
{
    const auto post = table.whole("post", Need::required, {1, scenario_.posts});
    if (!post) return std::nullopt;
    return static_cast<std::uint16_t>(*post);
}

std::optional<std::uint8_t> Reader::read_outlet(ScenarioTable& table)
{
    const auto outlet = table.whole("outlet", Need::required, {1, scenario_.outlets});
    if (!outlet) return std::nullopt;
    return static_cast<std::uint8_t>(*outlet);
}

std::optional<Bike> Reader::read_battery_and_charger(ScenarioTable& table)
{
    std::optional<ChargerProfile> profile;
    if (const auto name = table.text("charger", Need::required)) {
        profile = charger_profile(*name);
        if (!profile) table.refuse("charger", "is not known; known are " + charger_names());
    }
    auto habit = ChargerHabit::plain;
    if (const auto name = table.text("habit", Need::optional)) {
        const auto known = charger_habit(*name);
        if (!known) table.refuse("habit", "is not known; known are " + habit_names());
        habit = known.value_or(habit);
    }
    auto battery = table.table("battery", Need::required);
    if (!battery) return std::nullopt;
    std::optional<Chemistry> chemistry;
    if (const auto kind = battery->text("kind", Need::required)) {
        if (*kind == "lead_acid") chemistry = Chemistry::lead_acid;
        if (*kind == "lithium") chemistry = Chemistry::lithium;
        if (!chemistry) battery->refuse("kind", "must be \"lead_acid\" or \"lithium\"");
    }
    const auto watt_hours = battery->measure("capacity", Need::required, capacity);
    const auto share = battery->measure("charge", Need::required, charge);
    const auto aged = battery->measure("gassing", Need::optional, gassing);
    battery->finish();
    if (profile && chemistry && profile->chemistry != *chemistry) {
        table.refuse("charger", std::string{"is made for the other kind of battery than "} +
                                    battery->path_of("kind"));
        return std::nullopt;
    }
    if (!profile || !chemistry || !watt_hours || !share) return std::nullopt;
    return Bike{.battery = {.chemistry = *chemistry,
                            .capacity_wh = *watt_hours,
                            .charge = std::clamp(*share, 0.0, 1.0),
                            .gassing = aged.value_or(0.0)},
                .charger = *profile,
                .habit = habit};
}

void Reader::read_bike(ScenarioTable& table)
{
    const auto post = read_post(table);
    const auto outlet = read_outlet(table);
    const auto at = table.duration("at", Need::required, {Millis{0}, scenario_longest});
    const auto bike = read_battery_and_charger(table);
    const auto card = table.token("card");
    const auto tap_after =
        table.duration("taps_after", Need::optional, {Millis{0}, scenario_longest});
    const auto leaves = table.duration("leaves_at", Need::optional, {Millis{0}, scenario_longest});
    if (tap_after && !card) table.refuse("taps_after", "needs a card to tap with");
    if (at && leaves && *leaves <= *at)
        table.refuse("leaves_at", "must be later than " + table.path_of("at"));
    table.finish();
    if (!post || !outlet || !at || !bike) return;

    stays_.push_back({.post = *post,
                      .outlet = *outlet,
                      .from = *at,
                      .until = leaves.value_or(Millis{INT64_MAX}),
                      .line = table.line_of("outlet"),
                      .key = table.path_of("outlet")});
    auto& deeds = scenario_.deeds;
    deeds.push_back({*at, {*post, *outlet, Plug{*bike}}});
    if (card)
        deeds.push_back({*at + tap_after.value_or(tap_after_plug), {*post, *outlet, Tap{*card}}});
    if (leaves) deeds.push_back({*leaves, {*post, *outlet, Unplug{}}});
}

std::optional<double> Reader::read_parameter(ScenarioTable& table, const MishapWord& word)
{
    if (const auto measure = measure_of(word.parameter))
        return table.measure(measure->key, Need::optional,
                             {measure->from, measure->least, measure->most, measure->example});
    switch (word.parameter) {
    case MishapParameter::factor:
        return table.number("factor", mishap_factor_least, mishap_factor_most);
    case MishapParameter::circuit: return read_number(table, "circuit", hal::circuits_most);
    case MishapParameter::input: {
        const auto name = table.text("input", Need::required);
        const auto input = name ? post_input(*name) : std::nullopt;
        if (name && !input) table.refuse("input", "is not known; known are " + post_input_names());
        return input ? std::optional{static_cast<double>(*input)} : std::nullopt;
    }
    case MishapParameter::place: return read_number(table, "place", drivers::place_most);
    case MishapParameter::address:
        return read_number(table, "address", drivers::slave_address_most);
    case MishapParameter::none:
    case MishapParameter::current:
    case MishapParameter::leak:
    case MishapParameter::voltage:
    case MishapParameter::power: return std::nullopt;
    }
    return std::nullopt;
}

void Reader::read_fault(ScenarioTable& table)
{
    const auto post = read_post(table);
    const auto at = table.duration("at", Need::required, {Millis{0}, scenario_longest});
    const auto kind = table.text("kind", Need::required);
    const auto word = kind ? mishap_word(*kind) : std::nullopt;
    if (kind && !word) table.refuse("kind", "is not known; known are " + mishap_names());
    // Without a kind nobody knows which other keys belong here.
    if (!word) return;
    std::optional<std::uint8_t> outlet{0};
    if (word->place == MishapPlace::outlet) outlet = read_outlet(table);
    const auto parameter = read_parameter(table, *word);
    table.finish();
    if (!post || !at || !outlet || (must_be_given(word->parameter) && !parameter)) return;
    const auto action = mishap(*word, parameter);
    if (!is_mounted(action, scenario_.fittings.slaves))
        return table.refuse(word->parameter == MishapParameter::place ? "place" : "address",
                            "has no such sensor; mount one with [[sensor]]");
    scenario_.deeds.push_back({*at, {*post, *outlet, action}});
}

void Reader::refuse_overlaps()
{
    std::sort(stays_.begin(), stays_.end(), [](const Stay& a, const Stay& b) {
        return std::tie(a.post, a.outlet, a.from) < std::tie(b.post, b.outlet, b.from);
    });
    for (std::size_t i = 1; i < stays_.size(); ++i) {
        const auto& before = stays_[i - 1];
        const auto& stay = stays_[i];
        if (before.post != stay.post || before.outlet != stay.outlet || stay.from > before.until)
            continue;
        faults_.add(stay.line, stay.key,
                    "is still taken by the bike of line " + std::to_string(before.line) +
                        "; let that one leave earlier, or choose another outlet");
    }
}

}  // namespace

ScenarioReading read_scenario(std::string_view text, const protocol::Settings& profile)
{
    const auto parsed = edge::parse_toml(text);
    return parsed.table ? Reader{profile}.read(*parsed.table) : ScenarioReading{parsed.faults};
}

ScenarioReading read_scenario_file(const std::filesystem::path& file,
                                   const protocol::Settings& profile)
{
    const auto content = edge::read_file(file);
    return content.text ? read_scenario(*content.text, profile) : ScenarioReading{content.faults};
}

}  // namespace ks::sim
