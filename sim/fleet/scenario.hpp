#pragma once

#include "firmware/base/result.hpp"
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
    /// What the posts are commissioned with; the factory's, unless the file says otherwise.
    protocol::Settings commissioned;
    std::vector<Timed> deeds;
};

/// One thing wrong with a scenario file.
struct ScenarioFault {
    std::uint32_t line;  // from 1; 0 when it concerns the file
    std::string key;     // as in «bike[2].charger»; empty when the text is no TOML
    std::string what;    // and what would be right

    auto operator<=>(const ScenarioFault&) const = default;
};

// Bounds of what a file may ask for; beyond them it is a slip of the finger.
inline constexpr std::size_t scenario_bytes_most = 1U << 20;
inline constexpr std::uint16_t scenario_posts_most = 10'000;
inline constexpr std::size_t scenario_entries_most = 10'000;
inline constexpr std::size_t scenario_faults_most = 100;
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

[[nodiscard]] ScenarioReading read_scenario(std::string_view text);
/// Also refuses what cannot be read or is too long.
[[nodiscard]] ScenarioReading read_scenario_file(const std::filesystem::path& file);

/// «file:line: key: what», as a person and an editor read it.
[[nodiscard]] std::string told(const ScenarioFault& fault, std::string_view file);

}  // namespace ks::sim
