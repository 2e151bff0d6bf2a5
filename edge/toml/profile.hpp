#pragma once

#include "edge/toml/toml_table.hpp"
#include "firmware/protocol/settings.hpp"

namespace ks::edge {

/// Settings as a person wrote them, or all that is wrong with the text, in the order of lines.
class ProfileReading {
public:
    explicit ProfileReading(const protocol::Settings& settings) : settings_{settings} {}
    explicit ProfileReading(std::vector<TomlFault> faults) : faults_{std::move(faults)}
    {
        check(!faults_.empty());
    }

    [[nodiscard]] bool ok() const { return faults_.empty(); }
    /// Within bounds.
    [[nodiscard]] const protocol::Settings& settings() const
    {
        check(ok());
        return settings_;
    }
    [[nodiscard]] const std::vector<TomlFault>& faults() const { return faults_; }

private:
    protocol::Settings settings_{};
    std::vector<TomlFault> faults_;
};

/// A profile: `name`, `version`, the limits of the `[standard]` and the `[second]` type of outlet
/// and of the `[post]`, and the gains of meters, `[[meter]]`. What it does not name is the
/// factory's; what a second type does not name is the standard one's.
[[nodiscard]] ProfileReading read_profile(std::string_view text);
[[nodiscard]] ProfileReading read_profile_file(const std::filesystem::path& file);

/// The meters of one post, in a file of their own, put into settings that name none.
[[nodiscard]] ProfileReading read_meters_file(const std::filesystem::path& file,
                                              const protocol::Settings& settings);

}  // namespace ks::edge
