#include "edge/ctl/settings_words.hpp"

#include "edge/ctl/settings_catalogue.hpp"
#include "firmware/base/check.hpp"

#include <utility>

namespace ks::edge {

SettingsWords::SettingsWords(std::string language)
    : table_{toml::parse(settings_words_toml)}, language_{std::move(language)}
{
    check(language_ == "en" || language_ == "zh");
}

std::string SettingsWords::text(std::string_view section, std::string_view key) const
{
    return table_[section][key][language_].value_or(std::string{});
}

std::string SettingsWords::limit(std::string_view name) const
{
    const auto found = text("limit", name);
    return found.empty() ? text("settings", name) : found;
}

std::string SettingsWords::say(std::string_view key, std::initializer_list<Part> parts) const
{
    auto sentence = text("settings", key);
    check(!sentence.empty());
    return filled(std::move(sentence), parts);
}

}  // namespace ks::edge
