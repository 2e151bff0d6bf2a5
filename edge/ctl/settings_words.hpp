#pragma once

#include "edge/ctl/filled.hpp"

#include <string>
#include <string_view>
#include <toml++/toml.h>

namespace ks::edge {

/// What `kickstand settings` says, in one language. The words are those of config/text.
class SettingsWords {
public:
    /// «en» or «zh».
    explicit SettingsWords(std::string language);

    /// What a limit means, by its row's name or a word of [settings].
    [[nodiscard]] std::string limit(std::string_view name) const;

    /// A sentence of [settings], with each part in its place.
    [[nodiscard]] std::string say(std::string_view key, std::initializer_list<Part> parts) const;

private:
    [[nodiscard]] std::string text(std::string_view section, std::string_view key) const;

    toml::table table_;
    std::string language_;
};

}  // namespace ks::edge
