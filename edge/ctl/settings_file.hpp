#pragma once

#include "firmware/protocol/codec.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// Settings in a file: a profile that a person wrote, or a settings record between approvers.
struct SettingsFile {
    enum class Kind { profile, record } kind;
    /// A profile has no approvals.
    protocol::SetSettings record;
};

/// Either settings that every post can take, or all that is wrong with the file, each a line for a
/// person: «file:line: key: what».
struct SettingsLoading {
    std::optional<SettingsFile> file;
    std::vector<std::string> faults;
};
[[nodiscard]] SettingsLoading load_settings(const std::filesystem::path& file);

/// Puts the meters of one post, from a file of their own, into a profile's settings.
[[nodiscard]] SettingsLoading with_meters(const SettingsFile& profile,
                                          const std::filesystem::path& meters);

/// Which limits lie outside what is compiled in, a line each.
[[nodiscard]] std::vector<std::string> faults_in(const protocol::Settings& settings);

}  // namespace ks::edge
