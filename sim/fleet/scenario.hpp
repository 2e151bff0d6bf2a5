#pragma once

#include "edge/toml/toml_table.hpp"
#include "firmware/app/bay_side.hpp"
#include "firmware/protocol/settings.hpp"
#include "sim/fleet/action.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ks::sim {

/// What happens at the posts, in the order of time, and how the installer had set them up.
struct Scenario {
    struct Timed {
        Millis at;  // since the start
        Deed deed;
    };

    std::string title;
    std::uint64_t seed;
    /// How many posts and outlets the file speaks of. A larger fleet repeats it, post by post.
    std::uint16_t posts;
    std::uint8_t outlets;
    /// Neighbours by their numbers share a group's line, so many each; 1: nobody is wired.
    std::uint16_t posts_of_a_group{1};
    /// What the posts are commissioned with; the profile's, unless the file says otherwise.
    protocol::Settings commissioned;
    /// What is mounted around each post.
    app::Fittings fittings{app::no_fittings};
    std::vector<Timed> deeds;
};

using ScenarioFault = edge::TomlFault;
using edge::told;

// Bounds of what a file may ask for; beyond them it is a slip of the finger.
inline constexpr std::uint16_t scenario_posts_most = 10'000;
inline constexpr auto scenario_entries_most = edge::toml_entries_most;
inline constexpr auto scenario_faults_most = edge::toml_faults_most;
inline constexpr Millis scenario_longest{7LL * 24 * 3'600'000};

/// A scenario, or all that is wrong with the text, in the order of lines. An empty text is a
/// scenario in which nothing happens.
class ScenarioReading {
public:
    explicit ScenarioReading(Scenario scenario) : scenario_{std::move(scenario)} {}
    explicit ScenarioReading(std::vector<ScenarioFault> faults) : faults_{std::move(faults)}
    {
        check(!faults_.empty());
    }

    [[nodiscard]] bool ok() const { return faults_.empty(); }
    [[nodiscard]] const Scenario& scenario() const
    {
        check(ok());
        return scenario_;
    }
    [[nodiscard]] const std::vector<ScenarioFault>& faults() const { return faults_; }

private:
    Scenario scenario_{};
    std::vector<ScenarioFault> faults_;
};

/// `profile` is what the installer had at hand when he commissioned the posts.
[[nodiscard]] ScenarioReading read_scenario(std::string_view text,
                                            const protocol::Settings& profile);
[[nodiscard]] inline ScenarioReading read_scenario(std::string_view text)
{
    return read_scenario(text, protocol::factory_settings);
}
/// Also refuses what cannot be read or is too long.
[[nodiscard]] ScenarioReading read_scenario_file(const std::filesystem::path& file,
                                                 const protocol::Settings& profile);
[[nodiscard]] inline ScenarioReading read_scenario_file(const std::filesystem::path& file)
{
    return read_scenario_file(file, protocol::factory_settings);
}

}  // namespace ks::sim
