#pragma once

#include <initializer_list>
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

    struct Part {
        std::string_view name;
        std::string value;
    };
    /// A sentence of [settings] with its {placeholders} filled.
    [[nodiscard]] std::string say(std::string_view key, std::initializer_list<Part> parts) const;

private:
    [[nodiscard]] std::string text(std::string_view section, std::string_view key) const;

    toml::table table_;
    std::string language_;
};

}  // namespace ks::edge
