#include "edge/ctl/site_init.hpp"
#include "sim/fleet/site_folder.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <functional>

using namespace ks;
using namespace ks::sim;
namespace fs = std::filesystem;

namespace {

struct Bench {
    test::TempDir folder;
    fs::path site = folder.path() / "site";

    Bench()
    {
        static_cast<void>(edge::init_site({.folder = site,
                                           .site = "TEST-SITE",
                                           .post_count = 2,
                                           .named_posts = {},
                                           .hosts = {},
                                           .broker_port = std::nullopt,
                                           .broker_user = "nobody"},
                                          UnixMillis{1'790'000'000'000}));
    }
    void put(const fs::path& name, std::string_view text) const
    {
        std::ofstream{site / name, std::ios::binary} << text;
    }
};

}  // namespace

TEST_CASE("a provisioned post is who its folder says it is", "[sim][site][unit]")
{
    const Bench bench;
    const SiteFolder site{bench.site};
    REQUIRE(site.posts() == std::vector<std::string>{"POST-0001", "POST-0002"});

    const auto posts = site.provision_all(std::nullopt, "localhost");
    REQUIRE(posts.size() == 2);
    const auto& identity = posts[1]->identity;
    CHECK(identity.post.text() == "POST-0002");
    CHECK(identity.site.text() == "TEST-SITE");
    CHECK(identity.broker_name.text() == "localhost");
    CHECK(identity.credentials.chain.size() == 1);
    CHECK(crypto::examine_identity(identity.credentials).ok());
    CHECK(posts[0]->identity.command_key != identity.command_key);
    CHECK(site.provision_all(1, "localhost").size() == 1);
}

TEST_CASE("a site folder with something missing or wrong is refused by the file's name",
          "[sim][site][unit]")
{
    struct Row {
        std::string_view what;
        std::function<void(const Bench&)> spoil;
        std::string_view says;
    };
    const Row rows[] = {
        {"no manifest", [](const Bench& b) { fs::remove(b.site / "site.toml"); }, "site.toml"},
        {"manifest is no TOML", [](const Bench& b) { b.put("site.toml", "posts = "); },
         "site.toml"},
        {"no site id", [](const Bench& b) { b.put("site.toml", "posts = []"); }, "site is no id"},
        {"no posts", [](const Bench& b) { b.put("site.toml", "site = \"TEST-SITE\""); },
         "posts is no list"},
        {"a post out of the folder",
         [](const Bench& b) {
             b.put("site.toml", "site = \"TEST-SITE\"\nposts = [\"../../etc\"]");
         },
         "no id"},
        {"no certificate",
         [](const Bench& b) { fs::remove(b.site / "posts/POST-0001/post.crt.der"); },
         "post.crt.der"},
        {"empty certificate", [](const Bench& b) { b.put("posts/POST-0001/post.crt.der", ""); },
         "post.crt.der"},
        {"no certificate at all", [](const Bench& b) { b.put("posts/POST-0001/ca.crt.der", "CA"); },
         "no authority"},
        {"short key", [](const Bench& b) { b.put("posts/POST-0001/post.key", "short"); },
         "post.key: has 5 bytes instead of 32"},
        {"another's key",
         [](const Bench& b) {
             fs::copy_file(b.site / "posts/POST-0002/post.key", b.site / "posts/POST-0001/post.key",
                           fs::copy_options::overwrite_existing);
         },
         "do not belong together"},
        {"short approvers", [](const Bench& b) { b.put("posts/POST-0001/settings.pub", "x"); },
         "settings.pub"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const Bench bench;
        row.spoil(bench);
        CHECK_THROWS_WITH(SiteFolder{bench.site}.provision_all(1, "localhost"),
                          Catch::Matchers::Contains(std::string{row.says}));
    }
}

TEST_CASE("more posts than the site has are refused", "[sim][site][unit]")
{
    const Bench bench;
    CHECK_THROWS_WITH(SiteFolder{bench.site}.provision_all(3, "localhost"),
                      Catch::Matchers::Contains("has 2 posts and not 3"));
}
