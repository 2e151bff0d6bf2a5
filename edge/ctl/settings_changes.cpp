#include "edge/ctl/settings_changes.hpp"

#include "edge/toml/written.hpp"

#include <algorithm>

namespace ks::edge {

namespace {

using protocol::Loosens;
using protocol::Settings;

template <class Owner>
void add_limits(const Owner& now, const Owner& wanted, std::string_view where,
                std::vector<SettingsChange>& changes)
{
    protocol::each_limit_of<Owner>([&](const auto& row) {
        const auto from = now.*row.field;
        const auto to = wanted.*row.field;
        if (from == to) return;
        const bool loosens = (to > from) == (row.loosens == Loosens::upwards);
        changes.push_back({.where = std::string{where},
                           .what = std::string{row.name},
                           .from = written(from),
                           .to = written(to),
                           .effect = loosens ? Effect::loosens : Effect::tightens});
    });
}

void add_gain(Gain now, Gain wanted, const std::string& where, const char* what,
              std::vector<SettingsChange>& changes)
{
    if (now == wanted) return;
    changes.push_back({.where = where,
                       .what = what,
                       .from = written(now),
                       .to = written(wanted),
                       .effect = Effect::loosens});
}

bool has_type(const Settings& settings, std::size_t type)
{
    return std::find(settings.type_of.begin(), settings.type_of.end(), type) !=
           settings.type_of.end();
}

}  // namespace

std::string_view name_of_type(std::size_t type)
{
    constexpr std::array<std::string_view, protocol::outlet_types> names{"standard", "second"};
    return names.at(type);
}

std::vector<SettingsChange> changes_between(const Settings& now, const Settings& wanted)
{
    std::vector<SettingsChange> changes;
    for (std::size_t type = 0; type < protocol::outlet_types; ++type)
        if (has_type(now, type) || has_type(wanted, type))
            add_limits(now.types[type], wanted.types[type], name_of_type(type), changes);
    for (protocol::OutletNumber outlet = 1; outlet <= protocol::outlet_limit; ++outlet) {
        const auto i = outlet - 1U;
        if (now.type_of[i] == wanted.type_of[i]) continue;
        const bool looser = loosens(wanted.of(outlet), now.of(outlet));
        changes.push_back({.where = "outlet " + std::to_string(outlet),
                           .what = "type",
                           .from = std::string{name_of_type(now.type_of[i])},
                           .to = std::string{name_of_type(wanted.type_of[i])},
                           .effect = looser ? Effect::loosens : Effect::tightens});
    }
    add_limits(now.post, wanted.post, "post", changes);
    for (std::size_t i = 0; i < protocol::outlet_limit; ++i) {
        const auto where = "meter " + std::to_string(i + 1);
        const auto& had = now.calibration[i];
        const auto& has = wanted.calibration[i];
        add_gain(had.voltage, has.voltage, where, "voltage", changes);
        add_gain(had.current, has.current, where, "current", changes);
    }
    return changes;
}

}  // namespace ks::edge
