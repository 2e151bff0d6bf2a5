#pragma once

#include "firmware/base/instant.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace ks::edge {

/// What `site.toml` says: whose folder this is, and which posts it knows.
struct SiteManifest {
    std::string site;
    UnixMillis created;
    std::vector<std::string> posts;  ///< in the order in which they were added

    [[nodiscard]] std::string text() const;
};

/// Throws `SiteFault` with file, line and key when something is missing or wrong.
[[nodiscard]] SiteManifest read_manifest(const std::filesystem::path& file);

}  // namespace ks::edge
