#pragma once

#include "edge/app/config.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

namespace ks::edge {

/// One table of a config file, read key by key. What is wrong is noted, with its line, and reading
/// goes on with the fallback, so that a person sees all faults at once. Whatever nobody asked for
/// is unknown, and unknown is wrong.
class TomlSection {
public:
    TomlSection(const toml::table& root, std::string name, std::string file,
                std::vector<ConfigFault>& faults);
    ~TomlSection();
    TomlSection(const TomlSection&) = delete;
    TomlSection& operator=(const TomlSection&) = delete;

    [[nodiscard]] bool present() const { return table_ != nullptr; }
    [[nodiscard]] bool has(std::string_view key) const;

    [[nodiscard]] std::string text(std::string_view key, std::string fallback);
    /// Wrong when missing or empty.
    [[nodiscard]] std::string required_text(std::string_view key);
    [[nodiscard]] std::string word(std::string_view key,
                                   std::initializer_list<std::string_view> allowed);
    struct Range {
        std::int64_t least;
        std::int64_t most;
    };
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t fallback, Range range);
    /// A number and `ms`, `s`, `min` or `h`.
    [[nodiscard]] Millis time(std::string_view key, Millis fallback, Range range_in_seconds);
    /// A number and `Wh` or `kWh`.
    [[nodiscard]] MilliwattHours energy(std::string_view key, MilliwattHours fallback,
                                        Range range_in_watt_hours);
    [[nodiscard]] std::vector<std::string> texts(std::string_view key,
                                                 std::vector<std::string> fallback);
    /// "any", or a list of tokens of up to 16 hexadecimal digits.
    [[nodiscard]] AccessPolicy cards(std::string_view key);

    void fault(std::string_view key, std::string what);

private:
    struct Unit {
        std::string_view name;
        std::int64_t factor;
    };
    [[nodiscard]] const toml::node* take(std::string_view key);
    [[nodiscard]] std::optional<std::int64_t>
    measure(std::string_view key, std::initializer_list<Unit> units, std::string_view right);

    const toml::table* table_;
    std::string name_;
    std::string file_;
    std::vector<ConfigFault>& faults_;
    std::vector<std::string> asked_;
};

}  // namespace ks::edge
