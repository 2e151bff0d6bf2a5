#pragma once

#include "edge/ctl/site_init.hpp"
#include "tests/support/temp_dir.hpp"

#include <map>
#include <string>

namespace ks::test {

/// The moment at which these sites are made, so that no test needs a wall clock.
inline constexpr UnixMillis made_at{1'800'000'000'000};

/// A folder of its own with a site in it.
struct SiteFixture {
    [[nodiscard]] edge::SiteRequest request() const
    {
        return {.folder = folder,
                .site = "SHED-NORTH",
                .post_count = 2,
                .named_posts = {},
                .hosts = {},
                .broker_port = std::nullopt,
                .broker_user = "nobody"};
    }
    edge::SiteReport init() const { return edge::init_site(request(), made_at); }

    TempDir home;
    std::filesystem::path folder{home.path() / "site"};
};

/// Every file below a folder, by its path, with its content.
[[nodiscard]] std::map<std::string, std::string> contents_of(const std::filesystem::path& folder);

/// The words of the refusal; empty when there was none.
[[nodiscard]] std::string refusal_of(const edge::SiteRequest& request);

}  // namespace ks::test
