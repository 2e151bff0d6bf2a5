#include "sim/fleet/parking_words.hpp"

#include "edge/toml/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ks::sim {

namespace {

using Need = ScenarioTable::Need;

struct KindWord {
    std::string_view word;
    hal::SensorKind kind;
};
constexpr std::array kinds{
    KindWord{"smoke", hal::SensorKind::smoke},
    KindWord{"temperature", hal::SensorKind::temperature},
    KindWord{"bay", hal::SensorKind::bay},
    KindWord{"tag_reader", hal::SensorKind::tag_reader},
    KindWord{"zone", hal::SensorKind::zone},
    KindWord{"barrier", hal::SensorKind::barrier},
    KindWord{"annunciator", hal::SensorKind::annunciator},
};
static_assert(kinds.size() == hal::sensor_kind_count);

std::string kind_names()
{
    std::string names;
    for (const auto& known : kinds)
        names += (names.empty() ? "" : ", ") + std::string{known.word};
    return names;
}

std::optional<hal::SensorKind> read_kind(ScenarioTable& table)
{
    const auto word = table.text("kind", Need::required);
    if (!word) return std::nullopt;
    for (const auto& known : kinds)
        if (known.word == *word) return known.kind;
    table.refuse("kind", "is not known; known are " + kind_names());
    return std::nullopt;
}

void read_sensor(ScenarioTable& table, drivers::SlaveTable& slaves)
{
    const auto kind = read_kind(table);
    const auto address = table.whole("address", Need::required, {1, drivers::slave_address_most});
    std::optional<std::int64_t> place{0};
    if (kind && *kind != hal::SensorKind::annunciator)
        place = table.whole("place", Need::required, {1, drivers::place_most});
    // Without a kind nobody knows whether it has a place.
    if (!kind) return;
    table.finish();
    if (!address || !place) return;
    if (slaves.rows.full())
        return table.refuse("address", "is one too many: a bus has 24 slaves at most");

    auto wanted = slaves;
    wanted.rows.push_back({.address = static_cast<drivers::SlaveAddress>(*address),
                           .kind = *kind,
                           .place = static_cast<hal::Place>(*place),
                           .map = 0});
    const auto checked = drivers::check_table(wanted);
    if (checked.ok())
        slaves = wanted;
    else if (checked.reason().reason == drivers::TableReason::address_twice)
        table.refuse("address", "is that of another sensor");
    else
        table.refuse("place", "has a sensor of that kind already");
}

struct TimeWord {
    std::string_view key;
    Millis core::BaySettings::*field;
    core::bay_range::Range range;
};
constexpr std::array times{
    TimeWord{"taken_hold", &core::BaySettings::taken_hold, core::bay_range::hold},
    TimeWord{"free_hold", &core::BaySettings::free_hold, core::bay_range::hold},
    TimeWord{"silent_after", &core::BaySettings::silent_after, core::bay_range::silence},
    TimeWord{"not_charging_after", &core::BaySettings::not_charging_after,
             core::bay_range::parking},
    TimeWord{"overstay_after", &core::BaySettings::overstay_after, core::bay_range::parking},
    TimeWord{"zone_hold", &core::BaySettings::zone_hold, core::bay_range::zone},
    TimeWord{"barrier_hold", &core::BaySettings::barrier_hold, core::bay_range::barrier},
    TimeWord{"remind_after", &core::BaySettings::remind_after, core::bay_range::reminding},
    TimeWord{"announce_for", &core::BaySettings::announce_for, core::bay_range::announcing},
};

constexpr double tenths = 10.0;
constexpr double degrees(DeciCelsius value) { return static_cast<double>(value.count()) / tenths; }

void read_parking(ScenarioTable& table, core::BaySettings& bays)
{
    for (const auto& word : times)
        if (const auto time =
                table.duration(word.key, Need::optional, {word.range.least, word.range.most}))
            bays.*word.field = *time;
    if (const auto heat = table.measure("heat_limit", Need::optional,
                                        {edge::celsius_from, degrees(core::bay_range::least_heat),
                                         degrees(core::bay_range::most_heat), "70°C"}))
        bays.heat_limit = DeciCelsius{static_cast<DeciCelsius::rep>(std::llround(*heat * tenths))};
    if (const auto aloud = table.text("aloud", Need::optional)) {
        if (*aloud == "parking_too")
            bays.aloud = core::Aloud::parking_too;
        else if (*aloud != "dangers_only")
            table.refuse("aloud", "must be \"dangers_only\" or \"parking_too\"");
    }
    table.finish();
}

}  // namespace

app::Fittings read_fittings(ScenarioTable& top, std::uint8_t outlets)
{
    auto fittings = app::no_fittings;
    for (auto& table : top.tables("sensor"))
        read_sensor(table, fittings.slaves);
    for (const auto& row : fittings.slaves.rows)
        if (row.kind == hal::SensorKind::bay)
            fittings.bays.bays = std::max(fittings.bays.bays, row.place);
    for (std::size_t i = outlets; i < fittings.bays.outlets.size(); ++i)
        fittings.bays.outlets[i] = protocol::whole_post;
    if (auto table = top.table("parking", Need::optional)) read_parking(*table, fittings.bays);
    check(core::check_bay_settings(fittings.bays).ok());
    return fittings;
}

void read_parked(ScenarioTable& table, Scenario& scenario)
{
    const auto post = table.whole("post", Need::required, {1, scenario.posts});
    const auto bay = table.whole("bay", Need::required, {1, drivers::place_most});
    const auto at = table.duration("at", Need::required, {Millis{0}, scenario_longest});
    const auto leaves = table.duration("leaves_at", Need::optional, {Millis{0}, scenario_longest});
    const auto tag = table.token("tag");
    if (at && leaves && *leaves <= *at)
        table.refuse("leaves_at", "must be later than " + table.path_of("at"));
    table.finish();
    if (!post || !bay || !at) return;

    const auto place = static_cast<hal::Place>(*bay);
    const auto deed = [&](Millis when, const Action& action, std::string_view key) {
        if (!is_mounted(action, scenario.fittings.slaves))
            return table.refuse(key, "needs a sensor there; mount one with [[sensor]]");
        scenario.deeds.push_back({when, {static_cast<std::uint16_t>(*post), 0, action}});
    };
    deed(*at, SensorSees{hal::SensorKind::bay, place, hal::Finding::active}, "bay");
    if (tag) deed(*at, TagNear{place, *tag}, "tag");
    if (!leaves) return;
    deed(*leaves, SensorSees{hal::SensorKind::bay, place, hal::Finding::quiet}, "bay");
    if (tag) deed(*leaves, TagNear{place, 0}, "tag");
}

bool is_mounted(const Action& action, const drivers::SlaveTable& sensors)
{
    const auto any = [&](auto matches) {
        return std::any_of(sensors.rows.begin(), sensors.rows.end(), matches);
    };
    if (const auto* sees = std::get_if<SensorSees>(&action))
        return any([&](const drivers::SlaveRow& row) {
            return row.kind == sees->kind && row.place == sees->place;
        });
    if (const auto* tag = std::get_if<TagNear>(&action))
        return any([&](const drivers::SlaveRow& row) {
            return row.kind == hal::SensorKind::tag_reader && row.place == tag->place;
        });
    if (const auto* suffers = std::get_if<SlaveSuffers>(&action))
        return any([&](const drivers::SlaveRow& row) { return row.address == suffers->address; });
    return true;
}

}  // namespace ks::sim
