#include "edge/ctl/broker_config.hpp"
#include "edge/ctl/site_folder.hpp"
#include "tests/edge/ctl/site_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;

namespace {

const std::string config =
    broker_config({.site_folder = "/srv/site", .user = "mosquitto", .port = 18'883});
const std::string acl = broker_acl("SHED-NORTH");

std::string with(std::string text, std::string_view from, std::string_view to)
{
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("the broker's templates are filled in whole and have no fault", "[edge][site][unit]")
{
    CHECK(config.find('{') == std::string::npos);
    CHECK(acl.find('{') == std::string::npos);
    CHECK(listener_port(config) == 18'883);
    CHECK(faults_in_config(config).empty());
    CHECK(faults_in_acl(acl, "SHED-NORTH").empty());
}

TEST_CASE("S-12, S-13, S-15, S-20: a configuration that lets strangers in is found out",
          "[edge][site][unit]")
{
    CHECK(faults_in_config("").size() == 1);
    CHECK(faults_in_config("# allow_anonymous false\n\n").size() == 1);

    for (const auto* line :
         {"require_certificate true", "use_identity_as_username true",
          "use_username_as_clientid true", "allow_anonymous false", "retain_available false",
          "tls_version tlsv1.2", "listener 18883 127.0.0.1", "acl_file /srv/site/broker/acl",
          "cafile /srv/site/ca/ca.crt", "certfile /srv/site/broker/broker.crt",
          "keyfile /srv/site/broker/broker.key"}) {
        INFO(line);
        CHECK(faults_in_config(with(config, line, "")).size() == 1);
        CHECK(faults_in_config(with(config, line, "# ")).size() == 1);
    }
    CHECK(faults_in_config(with(config, "require_certificate true", "require_certificate false"))
              .size() == 1);
    CHECK(faults_in_config(with(config, "tlsv1.2", "tlsv1.1")).size() == 1);

    // Said twice, the last one counts for mosquitto; more ways in are not looked at.
    for (const auto* line :
         {"allow_anonymous true", "listener 1883", "port 1883", "per_listener_settings true",
          "password_file /tmp/users", "include_dir /etc/mosquitto/conf.d", "plugin /tmp/open.so",
          "  allow_anonymous   true", "\tlistener\t1884"}) {
        INFO(line);
        CHECK(faults_in_config(config + line + "\n").size() == 1);
    }
    // What keeps nobody out may be changed.
    CHECK(faults_in_config(with(config, "max_queued_messages 50000", "max_queued_messages 9"))
              .empty());
    CHECK(faults_in_config(with(config, "18883 127.0.0.1", "18883 192.0.2.7")).empty());
    CHECK(faults_in_config(with(config, "tlsv1.2", "tlsv1.3")).empty());
}

TEST_CASE("S-16, S-20: rules that give more than they should are found out", "[edge][site][unit]")
{
    const auto faulty = [](const std::string& text) {
        return !faults_in_acl(text, "SHED-NORTH").empty();
    };
    CHECK(faulty(""));
    CHECK(faulty("# nothing\n"));
    CHECK(faulty(acl + "topic readwrite #\n"));
    CHECK(faulty("topic read $SYS/#\n" + acl));
    CHECK(faulty(with(acl, "%u/up/#", "+/up/#")));
    CHECK(faulty(with(acl, "pattern write", "pattern readwrite")));
    CHECK(faulty(with(acl, "user EDGE-0001", "user POST-0001")));
    CHECK(faulty(with(acl, "user EDGE-0001", "")));
    CHECK(faulty(with(acl, "topic deny", "topic read")));
    CHECK_FALSE(faults_in_acl(acl, "SHED-SOUTH").empty());

    // The same lines, but the right to command now hangs on the tool's name.
    const std::string right = "topic write ks/1/SHED-NORTH/+/down/#\n";
    CHECK(faulty(with(acl, right, "") + right));

    CHECK_FALSE(faulty("# a word of explanation\n\n" + acl));
}

TEST_CASE("a configuration moves to another port and stays as it was otherwise",
          "[edge][site][unit]")
{
    CHECK(moved_to_port(config, 20'000) ==
          with(config, "listener 18883 127.0.0.1", "listener 20000 127.0.0.1"));
    CHECK(listener_port("listener 1883") == 1883);
    CHECK_FALSE(listener_port("listener 0").has_value());
    CHECK_FALSE(listener_port("listener 65536").has_value());
    CHECK_FALSE(listener_port("listener 18x").has_value());
    CHECK_FALSE(listener_port("listener").has_value());
    CHECK_FALSE(listener_port("listener 1\nlistener 2").has_value());

    const SiteFixture site;
    static_cast<void>(site.init());
    const auto before = contents_of(site.folder);
    auto request = site.request();
    request.broker_port = 20'001;
    CHECK(init_site(request, made_at).broker_port == 20'001);
    // Not asked for, it stays where it is.
    CHECK(site.init().broker_port == 20'001);
    for (const auto& [name, content] : contents_of(site.folder))
        CHECK((content == before.at(name)) == (name != "broker/mosquitto.conf"));
}
