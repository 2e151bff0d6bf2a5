#pragma once

#include "firmware/base/instant.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ks::edge {

/// What a person asked for.
struct SiteRequest {
    std::filesystem::path folder;
    std::string site;
    int post_count;                        ///< POST-0001 to here
    std::vector<std::string> named_posts;  ///< and these
    std::vector<std::string> hosts;        ///< further names of broker and console
    std::optional<int> broker_port;        ///< without one: 8883, or what it was
    std::string broker_user;
};

inline constexpr int default_broker_port = 8883;  // MQTT over TLS, as registered with IANA
inline constexpr int post_count_limit = 9'999;    // four digits of POST-0001

/// What was done.
struct SiteReport {
    std::filesystem::path folder;
    std::string site;
    bool made;  ///< false: it was there
    std::vector<std::string> posts_added;
    std::size_t posts;
    int broker_port;
};

/// Makes the folder of a site: its authority, the identities of broker, edge, console and posts,
/// and the secrets they share. Where the site is already, missing posts are added, the broker is
/// moved if another port is asked for, and nothing else changes. Throws `SiteFault` for a folder
/// that is damaged or not of this site, and leaves it alone.
[[nodiscard]] SiteReport init_site(const SiteRequest& request, UnixMillis now);

}  // namespace ks::edge
