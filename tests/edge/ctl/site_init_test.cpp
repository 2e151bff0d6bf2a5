#include "edge/ctl/certify.hpp"
#include "edge/ctl/site_check.hpp"
#include "edge/ctl/site_folder.hpp"
#include "firmware/crypto/hmac.hpp"
#include "firmware/crypto/tls_credentials.hpp"
#include "tests/edge/ctl/site_fixture.hpp"

#include <catch2/catch.hpp>
#include <openssl/x509v3.h>

#include <fstream>
#include <set>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;
namespace fs = std::filesystem;

namespace {

bool is_secret(const std::string& name)
{
    return name.ends_with(".key") || name.ends_with(".secret") || name.starts_with("broker/acl") ||
           name.ends_with(".conf");
}

/// As OpenSSL's own clients and servers would judge it.
bool accepted(X509* certificate, X509* authority, int purpose, const char* host)
{
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, authority);
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, certificate, nullptr);
    X509_STORE_CTX_set_purpose(context, purpose);
    auto* parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(parameters, made_at.count() / 1000);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
    if (host != nullptr) X509_VERIFY_PARAM_set1_host(parameters, host, 0);
    const bool good = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return good;
}

}  // namespace

TEST_CASE("a new site has all that broker, edge and posts need, and nothing is wrong with it",
          "[edge][site][unit]")
{
    const SiteFixture site;
    const auto report = site.init();
    CHECK(report.made);
    CHECK(report.posts_added == std::vector<std::string>{"POST-0001", "POST-0002"});
    CHECK(report.broker_port == 8883);

    const auto files = contents_of(site.folder);
    for (const auto* name :
         {"site.toml", "ca/ca.crt", "ca/ca.key", "broker/broker.crt", "broker/broker.key",
          "broker/mosquitto.conf", "broker/acl", "edge/edge.crt", "edge/edge.key",
          "edge/console.crt", "edge/console.key", "edge/tail.crt", "edge/command.key",
          "edge/webhook.secret", "edge/settings-a.pub", "edge/settings-b.pub",
          "edge/posts/POST-0001.pub", "approvers/a.key", "approvers/b.key"})
        CHECK(files.count(name) == 1);
    CHECK(files.at("posts/POST-0002/post.key").size() == 32);
    CHECK(files.at("posts/POST-0002/command.key").size() == 32);
    CHECK(files.at("posts/POST-0002/signing.key").size() == 32);
    CHECK(files.at("posts/POST-0002/settings.pub") ==
          files.at("edge/settings-a.pub") + files.at("edge/settings-b.pub"));
    CHECK(files.at("edge/webhook.secret").size() == 6 + 44 + 1);
    CHECK(check_site(site.folder, made_at).empty());
}

TEST_CASE("S-40: secrets are their owner's alone, and so is the way to them", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    for (const auto& entry : fs::recursive_directory_iterator{site.folder}) {
        const auto name = fs::relative(entry.path(), site.folder).string();
        INFO(name);
        const auto mode = static_cast<unsigned>(entry.status().permissions());
        if (entry.is_directory())
            CHECK(mode == 0700);
        else
            CHECK(mode == (is_secret(name) ? 0600U : 0644U));
    }
    CHECK(static_cast<unsigned>(fs::status(site.folder).permissions()) == 0700);
}

TEST_CASE("S-01, S-40: no secret is there twice, in one site or in two", "[edge][site][unit]")
{
    std::set<std::string> seen;
    for (int i = 0; i < 2; ++i) {
        const SiteFixture site;
        static_cast<void>(site.init());
        for (const auto& [name, content] : contents_of(site.folder)) {
            if (!name.ends_with(".key") && !name.ends_with(".secret")) continue;
            INFO(name);
            CHECK(seen.insert(content).second);
        }
    }
}

TEST_CASE("running again changes nothing, and another post changes nothing else",
          "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    const auto before = contents_of(site.folder);

    const auto again = site.init();
    CHECK_FALSE(again.made);
    CHECK(again.posts_added.empty());
    CHECK(contents_of(site.folder) == before);

    auto more = site.request();
    more.post_count = 3;
    more.named_posts = {"SHED-EAST-17", "POST-0001"};
    const auto report = init_site(more, made_at);
    CHECK(report.posts_added == std::vector<std::string>{"POST-0003", "SHED-EAST-17"});
    CHECK(report.posts == 4);
    const auto after = contents_of(site.folder);
    for (const auto& [name, content] : before)
        if (name != "site.toml") CHECK(after.at(name) == content);
    CHECK(read_manifest(site.folder / "site.toml").posts ==
          std::vector<std::string>{"POST-0001", "POST-0002", "POST-0003", "SHED-EAST-17"});
    CHECK(check_site(site.folder, made_at).empty());

    // Fewer than there are takes none away.
    auto fewer = site.request();
    fewer.post_count = 1;
    CHECK(init_site(fewer, made_at).posts == 4);
}

TEST_CASE("a post's folder is what its firmware takes", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(site.init());
    const auto folder = site.folder / "posts/POST-0002";

    const auto certificate = read_bytes(folder / "post.crt.der");
    const auto key = read_bytes(folder / "post.key");
    crypto::TlsCredentials credentials{
        .anchor = crypto::anchor_from(read_bytes(folder / "ca.crt.der")).value(),
        .chain = {},
        .key = {}};
    credentials.chain.push_back(certificate);
    std::copy(key.begin(), key.end(), credentials.key.bytes.begin());
    CHECK(crypto::examine_identity(credentials).ok());
    CHECK(crypto::read_certificate(certificate)->common_name == "POST-0002");
    // It lives as long as the authority: nobody comes by to renew it.
    CHECK(crypto::read_certificate(certificate)->not_after == credentials.anchor.not_after);

    CHECK(equal(
        read_bytes(folder / "command.key"),
        crypto::hmac_sha256(read_bytes(site.folder / "edge/command.key"), bytes_of("POST-0002"))));
}

TEST_CASE("S-10: each certificate is good for its own use and no other", "[edge][site][unit]")
{
    const SiteFixture site;
    auto request = site.request();
    request.hosts = {"shed.example", "192.0.2.7"};
    static_cast<void>(init_site(request, made_at));
    const auto authority = certificate_from_pem(read_text(site.folder / "ca/ca.crt"));
    const auto load = [&](const char* name) {
        return certificate_from_pem(read_text(site.folder / name));
    };

    for (const auto* name : {"broker/broker.crt", "edge/console.crt"}) {
        const auto server = load(name);
        for (const auto* host : {"localhost", "shed.example"})
            CHECK(accepted(server.get(), authority.get(), X509_PURPOSE_SSL_SERVER, host));
        CHECK(X509_check_ip_asc(server.get(), "127.0.0.1", 0) == 1);
        CHECK(X509_check_ip_asc(server.get(), "192.0.2.7", 0) == 1);
        CHECK_FALSE(accepted(server.get(), authority.get(), X509_PURPOSE_SSL_SERVER, "other"));
        CHECK_FALSE(accepted(server.get(), authority.get(), X509_PURPOSE_SSL_CLIENT, nullptr));
    }
    const auto edge = load("edge/edge.crt");
    CHECK(accepted(edge.get(), authority.get(), X509_PURPOSE_SSL_CLIENT, nullptr));
    CHECK_FALSE(accepted(edge.get(), authority.get(), X509_PURPOSE_SSL_SERVER, nullptr));
    CHECK(common_name_of(edge.get()) == "EDGE-0001");
}

TEST_CASE("S-17: what is no id names neither site nor post", "[edge][site][unit]")
{
    const SiteFixture site;
    for (const std::string bad : {"", "POST-01", "POST-000000000000000000000000001X2", "POST_0001",
                                  "post-0001", "POST 0001", "POST+0001", "POST/0001", "POST#0001",
                                  "POST$0001", "POST%0001", "../POST-1", "POST-000\n",
                                  "POST-\xC3\x84"
                                  "001",
                                  "POST-\xFF"
                                  "0001"}) {
        INFO(bad);
        auto request = site.request();
        request.named_posts = {bad};
        CHECK(refusal_of(request).find("an id has 8 to 32") != std::string::npos);
        request = site.request();
        request.site = bad;
        CHECK(refusal_of(request).find("an id has 8 to 32") != std::string::npos);
    }
    // These would be posts with the edge's rights.
    for (const std::string taken : {"EDGE-0001", "EDGE-0002", "TAIL-0001"}) {
        auto request = site.request();
        request.named_posts = {taken};
        CHECK(refusal_of(request).find("belong to the edge") != std::string::npos);
    }
    CHECK_FALSE(fs::exists(site.folder));
}

TEST_CASE("numbers and hosts that make no sense are refused before anything is made",
          "[edge][site][unit]")
{
    const SiteFixture site;
    const auto refused = [&](auto change, const char* words) {
        auto request = site.request();
        change(request);
        CHECK(refusal_of(request).find(words) != std::string::npos);
        CHECK_FALSE(fs::exists(site.folder));
    };
    refused([](SiteRequest& r) { r.post_count = -1; }, "--posts -1");
    refused([](SiteRequest& r) { r.post_count = 10'000; }, "--posts 10000");
    refused([](SiteRequest& r) { r.broker_port = 0; }, "--port 0");
    refused([](SiteRequest& r) { r.broker_port = 65'536; }, "--port 65536");
    refused([](SiteRequest& r) { r.hosts = {"a,DNS:evil"}; }, "neither a name nor an address");
    refused([](SiteRequest& r) { r.hosts = {""}; }, "neither a name nor an address");
    refused([](SiteRequest& r) { r.folder = "a\nlistener 1883"; }, "--dir");
}

TEST_CASE("a folder that is not this site's is refused and left alone", "[edge][site][unit]")
{
    const SiteFixture foreign;
    fs::create_directory(foreign.folder);
    std::ofstream{foreign.folder / "holiday.jpg"} << "sand";
    CHECK(refusal_of(foreign.request()).find("not a site of ours") != std::string::npos);
    CHECK(contents_of(foreign.folder).size() == 1);

    const SiteFixture file;
    std::ofstream{file.folder} << "text";
    CHECK(refusal_of(file.request()).find("is not a folder") != std::string::npos);

    const SiteFixture other;
    static_cast<void>(other.init());
    const auto before = contents_of(other.folder);
    auto request = other.request();
    request.site = "SHED-SOUTH";
    CHECK(refusal_of(request).find("is the folder of site SHED-NORTH") != std::string::npos);
    CHECK(contents_of(other.folder) == before);
}

TEST_CASE("an empty folder is filled, and what a cut-off run left is no hindrance",
          "[edge][site][unit]")
{
    const SiteFixture site;
    fs::create_directory(site.folder);
    fs::create_directories(site.home.path() / ".making-site/ca");
    std::ofstream{site.home.path() / ".making-site/ca/ca.key"} << "half";
    CHECK(site.init().made);
    CHECK_FALSE(fs::exists(site.home.path() / ".making-site"));

    // Cut between the post's folder and the list: the folder is there, the list does not name it.
    auto more = site.request();
    more.post_count = 3;
    static_cast<void>(init_site(more, made_at));
    auto manifest = read_manifest(site.folder / "site.toml");
    manifest.posts.pop_back();
    replace_file(site.folder / "site.toml", bytes_of(manifest.text()), Access::everybody);
    CHECK(init_site(more, made_at).posts_added == std::vector<std::string>{"POST-0003"});
    CHECK(check_site(site.folder, made_at).empty());
}
