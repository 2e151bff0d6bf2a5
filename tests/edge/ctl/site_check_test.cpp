#include "edge/ctl/site_check.hpp"
#include "edge/ctl/site_folder.hpp"
#include "tests/edge/ctl/site_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& file, const std::string& content)
{
    const auto mode = fs::status(file).permissions();
    std::ofstream{file, std::ios::binary} << content;
    fs::permissions(file, mode);
}

bool names(const std::vector<std::string>& faults, const std::string& what)
{
    return std::any_of(faults.begin(), faults.end(), [&](const std::string& fault) {
        return fault.find(what) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("S-20: each file that is missing, empty or altered is named", "[edge][site][unit][slow]")
{
    // Slow, because every file of a site is spoilt in three ways, and each time all keys are tried.
    const SiteFixture site;
    auto request = site.request();
    request.post_count = 1;
    static_cast<void>(init_site(request, made_at));
    const auto before = contents_of(site.folder);
    const auto named = [&](const std::string& what) {
        return names(check_site(site.folder, made_at), what);
    };

    for (const auto& [name, content] : before) {
        if (name == "site.toml") continue;
        INFO(name);
        const auto file = site.folder / name;
        fs::rename(file, site.home.path() / "aside");
        CHECK(named(name + ": is missing"));
        fs::rename(site.home.path() / "aside", file);
        put(file, "");
        CHECK(named(name + ": "));

        // In a text one byte may be a comment's, so something that counts is put in its place.
        auto altered = content;
        if (name == "broker/acl" || name == "broker/mosquitto.conf")
            altered += "topic readwrite #\nallow_anonymous true\n";
        else if (name.ends_with(".secret"))
            altered = "secret\n";
        else if (name.starts_with("ca/"))
            altered = before.at("edge/edge.key");
        else
            altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
        put(file, altered);
        CHECK(named(""));
        put(file, content);
    }
    CHECK(check_site(site.folder, made_at).empty());
    CHECK(contents_of(site.folder) == before);
}

TEST_CASE("S-20: a site with a fault is not extended, and stays as it is", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    put(site.folder / "broker/acl", "");
    const auto before = contents_of(site.folder);
    auto more = site.request();
    more.post_count = 3;
    CHECK(refusal_of(more).find("broker/acl: is empty") != std::string::npos);
    CHECK(contents_of(site.folder) == before);
    CHECK_FALSE(fs::exists(site.folder / "posts/POST-0003"));

    put(site.folder / "broker/mosquitto.conf", "");
    CHECK(refusal_of(more).find("more: kickstand site check") != std::string::npos);
}

TEST_CASE("S-39, S-40: a secret that others may read is named", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    for (const auto* name : {"ca/ca.key", "edge/command.key", "posts/POST-0001/signing.key"}) {
        const auto file = site.folder / name;
        fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
        CHECK(
            names(check_site(site.folder, made_at), std::string{name} + ": can be read by others"));
        fs::permissions(file, fs::perms::group_read, fs::perm_options::remove);
    }
}

TEST_CASE("identities that were exchanged are found out", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    const auto files = contents_of(site.folder);
    const auto with = [&](const std::string& name, const std::string& other) {
        put(site.folder / name, files.at(other));
        const auto faults = check_site(site.folder, made_at);
        put(site.folder / name, files.at(name));
        return faults;
    };
    CHECK(names(with("posts/POST-0001/post.crt.der", "posts/POST-0002/post.crt.der"),
                "is the certificate of POST-0002"));
    CHECK(names(with("posts/POST-0001/post.key", "posts/POST-0002/post.key"),
                "is not the key of its certificate"));
    CHECK(names(with("posts/POST-0001/command.key", "posts/POST-0002/command.key"),
                "does not come from edge/command.key"));
    CHECK(names(with("posts/POST-0001/signing.key", "posts/POST-0002/signing.key"),
                "does not belong to"));
    CHECK(names(with("broker/broker.crt", "edge/edge.crt"), "or for another use"));
    CHECK(names(with("edge/edge.crt", "edge/tail.crt"), "is the certificate of TAIL-0001"));

    const SiteFixture other;
    static_cast<void>(other.init());
    put(site.folder / "edge/edge.crt", contents_of(other.folder).at("edge/edge.crt"));
    CHECK(names(check_site(site.folder, made_at), "is not from this site's authority"));
}

TEST_CASE("certificates that have expired are named", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    constexpr std::int64_t day = 86'400'000;
    CHECK(check_site(site.folder, made_at + Millis{729 * day}).empty());
    const auto after_two_years = check_site(site.folder, made_at + Millis{730 * day});
    REQUIRE(after_two_years.size() == 1);
    CHECK(names(after_two_years, "edge/console.crt: has expired"));
    CHECK(names(check_site(site.folder, made_at + Millis{3'652 * day}), "ca/ca.crt: has expired"));
}

TEST_CASE("a list of posts that is wrong is refused with file, line and key", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    const auto refused = [&](const std::string& text) {
        put(site.folder / "site.toml", text);
        return refusal_of(site.request());
    };
    const std::string site_line = "site = 'SHED-NORTH'\n";
    const std::string created = "created = 2027-01-15T08:00:00Z\n";

    CHECK(refused("").find("site.toml: is empty") != std::string::npos);
    CHECK(refused(site_line + created).find("posts is missing") != std::string::npos);
    CHECK(refused(created + "posts = []\n").find("site is missing") != std::string::npos);
    CHECK(refused(site_line + "posts = []\n").find("created is missing") != std::string::npos);
    CHECK(refused(site_line + created + "posts = 3\n").find("site.toml:3: posts is not a list") !=
          std::string::npos);
    CHECK(refused(site_line + created + "posts = ['POST/0001']\n")
              .find("site.toml:3: \"POST/0001\"") != std::string::npos);
    CHECK(refused(site_line + created + "posts = ['POST-0001', 'POST-0001']\n")
              .find("POST-0001 is there twice") != std::string::npos);
    CHECK(refused("site = 17\n" + created + "posts = []\n").find("site.toml:1: ") !=
          std::string::npos);
    CHECK(refused(site_line + "created = 'today'\nposts = []\n").find("site.toml:2: created") !=
          std::string::npos);
    CHECK(refused(site_line + created + "posts = []\ncolour = 1\n").find("colour is not known") !=
          std::string::npos);
    CHECK(refused(site_line + created + "posts = [\n").find("site.toml:") != std::string::npos);
}

TEST_CASE("a list of posts is read as it was written", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    const auto manifest = read_manifest(site.folder / "site.toml");
    CHECK(manifest.site == "SHED-NORTH");
    CHECK(manifest.created == made_at);

    put(site.folder / "site.toml",
        "site = 'SHED-NORTH'\ncreated = 2027-01-15T10:00:00+02:00\nposts = []\n");
    CHECK(read_manifest(site.folder / "site.toml").created == made_at);
}
