#pragma once

#include "edge/ctl/settings_changes.hpp"
#include "edge/ctl/settings_words.hpp"
#include "firmware/protocol/command.hpp"

#include <boost/json/fwd.hpp>

#include <iosfwd>

namespace ks::edge {

/// Who approved it: «a», «b».
[[nodiscard]] std::vector<std::string> approvers_of(const protocol::SetSettings& record);

/// The first 8 bytes of the settings' digest in hexadecimal: how posts and records call them.
[[nodiscard]] std::string mark_of(const protocol::Settings& settings);

/// One line a change, in columns.
void print(const std::vector<SettingsChange>& changes, const SettingsWords& words,
           std::ostream& out);
[[nodiscard]] boost::json::array json_of(const std::vector<SettingsChange>& changes,
                                         const SettingsWords& words);

/// What a post makes of a change from `now` to `wanted`, in one sentence each.
[[nodiscard]] std::vector<std::string> verdict(const protocol::Settings& now,
                                               const protocol::Settings& wanted,
                                               const SettingsWords& words);

}  // namespace ks::edge
