#include "sim/fleet/mishap_words.hpp"

#include "edge/toml/measure.hpp"
#include "sim/fleet/mishap_table.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace ks::sim {

namespace {

using edge::amperes_from;
using edge::volts_from;
using edge::watts_from;

const MishapRow* row_of(std::string_view word)
{
    for (const auto rows : {outlet_mishaps(), post_mishaps(), place_mishaps()})
        for (const auto& row : rows)
            if (row.word.word == word) return &row;
    return nullptr;
}

constexpr std::array<std::string_view, hal::post_input_count> inputs{
    "smoke", "heat", "water", "emergency", "extinguisher", "enclosure", "tilt", "group"};
static_assert(!inputs.back().empty(), "every input has a word");

}  // namespace

std::span<const MishapWord> mishap_words()
{
    static const auto words = [] {
        std::vector<MishapWord> all;
        for (const auto rows : {outlet_mishaps(), post_mishaps(), place_mishaps()})
            for (const auto& row : rows)
                all.push_back(row.word);
        return all;
    }();
    return words;
}

std::optional<MishapWord> mishap_word(std::string_view word)
{
    const auto* row = row_of(word);
    if (row == nullptr) return std::nullopt;
    return row->word;
}

std::optional<MishapMeasure> measure_of(MishapParameter parameter)
{
    switch (parameter) {
    case MishapParameter::current: return MishapMeasure{"current", amperes_from, 0.1, 200.0, "12A"};
    case MishapParameter::leak: return MishapMeasure{"current", amperes_from, 0.001, 10.0, "30mA"};
    case MishapParameter::voltage: return MishapMeasure{"voltage", volts_from, 0.0, 500.0, "160V"};
    case MishapParameter::power: return MishapMeasure{"power", watts_from, 0.0, 5'000.0, "100W"};
    case MishapParameter::none:
    case MishapParameter::factor:
    case MishapParameter::input:
    case MishapParameter::circuit:
    case MishapParameter::place:
    case MishapParameter::address: return std::nullopt;
    }
    return std::nullopt;
}

std::span<const std::string_view> post_input_words() { return inputs; }

std::string post_input_names()
{
    std::string names;
    for (const auto input : inputs)
        names += (names.empty() ? "" : ", ") + std::string{input};
    return names;
}

std::optional<hal::PostInput> post_input(std::string_view word)
{
    const auto found = std::find(inputs.begin(), inputs.end(), word);
    if (found == inputs.end()) return std::nullopt;
    return static_cast<hal::PostInput>(found - inputs.begin());
}

Action mishap(const MishapWord& word, std::optional<double> value)
{
    const auto* row = row_of(word.word);
    check(row != nullptr);
    return row->action(value);
}

}  // namespace ks::sim
