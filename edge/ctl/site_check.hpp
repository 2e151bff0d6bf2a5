#pragma once

#include "edge/ctl/site_manifest.hpp"

namespace ks::edge {

/// Everything that is wrong with a site's folder, one line each, file first; empty when a broker
/// and an edge may be started on it (S-20). Throws `SiteFault` when it is no site's folder at all.
[[nodiscard]] std::vector<std::string> check_site(const std::filesystem::path& folder,
                                                  UnixMillis now);

}  // namespace ks::edge
