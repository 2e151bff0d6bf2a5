#pragma once

#include "firmware/protocol/command.hpp"

#include <filesystem>
#include <string>

namespace ks::edge {

/// Adds an approver's signature to a settings record: `approver` is «a» or «b», whose key lies in
/// the site's folder. Throws `SiteFault` when it is no key of this site, or when the record carries
/// an approval that is none: a forgery must not be passed on with a good name beside it.
[[nodiscard]] protocol::SetSettings sign_settings(const protocol::SetSettings& record,
                                                  const std::filesystem::path& site,
                                                  const std::string& approver);

/// Whether each approval that the record carries is of this site's approvers. Throws `SiteFault`
/// when not.
void check_approvals(const protocol::SetSettings& record, const std::filesystem::path& site);

}  // namespace ks::edge
