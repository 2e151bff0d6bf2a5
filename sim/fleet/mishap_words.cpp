#include "sim/fleet/mishap_words.hpp"

#include <algorithm>
#include <array>

namespace ks::sim {

namespace {

using enum MishapPlace;
using enum MishapParameter;

struct Row {
    MishapWord word;
    Action (*action)(std::optional<double> value);
};

constexpr double lying_factor = 0.5;  // our choice: a meter that shows half is the dangerous kind

constexpr std::array rows{
    Row{{"short", outlet, current},
        [](std::optional<double> value) {
            return Action{Inject{ShortCircuit{.amps = value.value_or(ShortCircuit{}.amps)}}};
        }},
    Row{{"overload", outlet, current},
        [](std::optional<double> value) {
            return Action{Inject{Overload{.amps = value.value_or(Overload{}.amps)}}};
        }},
    Row{{"relay_welded", outlet, none},
        [](std::optional<double>) { return Action{Inject{RelayFault{ContactFault::welded}}}; }},
    Row{{"relay_stuck_open", outlet, none},
        [](std::optional<double>) { return Action{Inject{RelayFault{ContactFault::stuck_open}}}; }},
    Row{{"meter_dead", outlet, none},
        [](std::optional<double>) {
            return Action{Inject{MeterFaulty{.kind = MeterFault::dead}}};
        }},
    Row{{"meter_frozen", outlet, none},
        [](std::optional<double>) {
            return Action{Inject{MeterFaulty{.kind = MeterFault::frozen}}};
        }},
    Row{{"meter_lying", outlet, factor},
        [](std::optional<double> value) {
            return Action{Inject{
                MeterFaulty{.kind = MeterFault::lying, .factor = value.value_or(lying_factor)}}};
        }},
    Row{{"loose_plug", outlet, none},
        [](std::optional<double>) { return Action{Inject{LoosePlug{}}}; }},
    Row{{"sensor_open", outlet, none},
        [](std::optional<double>) { return Action{Inject{SensorFaulty{SensorFault::open}}}; }},
    Row{{"sensor_shorted", outlet, none},
        [](std::optional<double>) { return Action{Inject{SensorFaulty{SensorFault::shorted}}}; }},
    Row{{"unplug", outlet, none}, [](std::optional<double>) { return Action{Unplug{}}; }},
    Row{{"clear", outlet, none}, [](std::optional<double>) { return Action{ClearFaults{}}; }},
    Row{{"contactor_welded", post, none},
        [](std::optional<double>) { return Action{ContactorIs{ContactFault::welded}}; }},
    Row{{"contactor_sound", post, none},
        [](std::optional<double>) { return Action{ContactorIs{ContactFault::none}}; }},
    Row{{"mains_off", post, none},
        [](std::optional<double>) { return Action{MainsAre{Supply::off}}; }},
    Row{{"mains_on", post, none},
        [](std::optional<double>) { return Action{MainsAre{Supply::on}}; }},
    Row{{"power_cut", post, none},
        [](std::optional<double>) { return Action{PostPower{Supply::off}}; }},
    Row{{"power_cut_mid_write", post, none},
        [](std::optional<double>) { return Action{TornPower{}}; }},
    Row{{"power_up", post, none},
        [](std::optional<double>) { return Action{PostPower{Supply::on}}; }},
};

constexpr auto words = [] {
    std::array<MishapWord, rows.size()> all{};
    for (std::size_t i = 0; i < rows.size(); ++i)
        all[i] = rows[i].word;
    return all;
}();

}  // namespace

std::span<const MishapWord> mishap_words() { return words; }

std::optional<MishapWord> mishap_word(std::string_view word)
{
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const MishapWord& known) { return known.word == word; });
    if (found == words.end()) return std::nullopt;
    return *found;
}

Action mishap(const MishapWord& word, std::optional<double> value)
{
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const Row& row) { return row.word.word == word.word; });
    check(found != rows.end());
    return found->action(value);
}

}  // namespace ks::sim
