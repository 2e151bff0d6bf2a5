#pragma once

#include "edge/ctl/certify.hpp"
#include "edge/ctl/site_folder.hpp"

namespace ks::edge {

/// What a site needs to make another post.
struct SiteKeys {
    Identity authority;
    std::vector<std::byte> command_key;   ///< of the site; each post's is derived from it
    std::vector<std::byte> settings_pub;  ///< both approvers' public keys, 65 bytes each
};

/// Fills a new site's folder with all that is not a post's: authority, broker, edge, console, tool,
/// approvers and secrets.
[[nodiscard]] SiteKeys add_site_identities(const FolderInTheMaking& folder, const std::string& site,
                                           const std::vector<std::string>& hosts, UnixMillis now);

/// Reads them back from a complete site.
[[nodiscard]] SiteKeys read_site_keys(const std::filesystem::path& folder);

/// The public half of a post's signing key, which the edge keeps.
using SigningPublic = std::array<std::byte, 65>;

/// Fills `where` below the folder with a post's identity. It runs as long as the authority: a post
/// in the field must not drop off the link because nobody came by.
[[nodiscard]] SigningPublic add_post_identity(const FolderInTheMaking& folder,
                                              const std::filesystem::path& where,
                                              const std::string& post, const SiteKeys& keys,
                                              UnixMillis now);

}  // namespace ks::edge
