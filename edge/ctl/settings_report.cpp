#include "edge/ctl/settings_report.hpp"

#include "edge/runtime/hex.hpp"
#include "firmware/protocol/codec.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <ostream>

namespace ks::edge {

namespace {

namespace json = boost::json;

/// A column's width as a terminal shows it: bytes that continue a character take no room.
std::size_t width_of(const std::string& text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string padded(const std::string& text, std::size_t width)
{
    return text + std::string(width - std::min(width, width_of(text)), ' ');
}

std::string_view name_of(Effect effect)
{
    switch (effect) {
    case Effect::tightens: return "tightens";
    case Effect::loosens: return "loosens";
    }
    return "";
}

std::string place_of(const SettingsChange& change) { return change.where + "." + change.what; }

}  // namespace

std::vector<std::string> approvers_of(const protocol::SetSettings& record)
{
    std::vector<std::string> approvers;
    if (record.approval_a) approvers.emplace_back("a");
    if (record.approval_b) approvers.emplace_back("b");
    return approvers;
}

std::string mark_of(const protocol::Settings& settings)
{
    constexpr std::size_t mark_size = 8;
    const auto digest = protocol::settings_digest(settings);
    return hex_of(Bytes{digest}.first(mark_size));
}

void print(const std::vector<SettingsChange>& changes, const SettingsWords& words,
           std::ostream& out)
{
    std::size_t place = 0;
    std::size_t from = 0;
    std::size_t to = 0;
    for (const auto& change : changes) {
        place = std::max(place, width_of(place_of(change)));
        from = std::max(from, width_of(change.from));
        to = std::max(to, width_of(change.to));
    }
    for (const auto& change : changes)
        out << "    " << padded(place_of(change), place) << "  " << padded(change.from, from)
            << " → " << padded(change.to, to) << "  "
            << padded(words.say(name_of(change.effect), {}), 7) << " " << words.limit(change.what)
            << '\n';
}

json::array json_of(const std::vector<SettingsChange>& changes, const SettingsWords& words)
{
    json::array all;
    for (const auto& change : changes) {
        json::object one;
        one["where"] = change.where;
        one["what"] = change.what;
        one["from"] = change.from;
        one["to"] = change.to;
        one["effect"] = json::string{name_of(change.effect)};
        one["means"] = words.limit(change.what);
        all.push_back(std::move(one));
    }
    return all;
}

std::vector<std::string> verdict(const protocol::Settings& now, const protocol::Settings& wanted,
                                 const SettingsWords& words)
{
    std::vector<std::string> sentences;
    const auto changes = changes_between(now, wanted);
    if (changes.empty()) sentences.push_back(words.say("nothing_changes", {}));
    const auto looser = std::count_if(changes.begin(), changes.end(), [](const auto& change) {
        return change.effect == Effect::loosens;
    });
    if (loosens(wanted, now))
        sentences.push_back(words.say("needs_both", {{"count", std::to_string(looser)}}));
    else
        sentences.push_back(words.say("needs_nobody", {}));
    if (wanted.version <= now.version)
        sentences.push_back(words.say("not_newer", {{"from", std::to_string(now.version)},
                                                    {"to", std::to_string(wanted.version)}}));
    return sentences;
}

}  // namespace ks::edge
