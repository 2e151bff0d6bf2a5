#include "edge/ctl/site_folder.hpp"
#include "tests/stories/evening.hpp"
#include "tests/stories/thief.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::test;
using namespace std::chrono_literals;

namespace {

constexpr int posts = 3;
constexpr int intruder = posts + 1;

/// One more post of the same authority, which the edge and the posts know nothing of.
void provision_intruder(const Site& site, const std::filesystem::path& folder)
{
    static_cast<void>(site.run({program("edge/ctl/kickstand"), "site", "init", "--dir", folder,
                                "--site", "STORY-SITE", "--posts", std::to_string(intruder),
                                "--port", std::to_string(site.broker_port())}));
}

SiteCaller caller_as(const Site& site, int post, const std::string& calls_itself)
{
    return {site.broker_port(),
            post_identity(site.folder() / "site", Site::post(post)),
            {.client_id = calls_itself, .user_name = calls_itself}};
}

/// Whether the usual command-line client gets in with these files.
bool gets_in(const Site& site, const std::vector<std::string>& certificate)
{
    auto more = certificate;
    more.insert(more.end(), {"-i", "TAIL-0001", "-t", topic_at(1, "down/command"), "-m", "forged"});
    const auto command = mosquitto_pub(site.folder() / "site", site.broker_port(), more);
    Process client{command, site.folder() / "client.log"};
    return client.wait(20s) == 0;
}

std::int64_t count(const Site& site, const std::string& table)
{
    return site.ask_log("SELECT count(*) FROM " + table);
}

}  // namespace

TEST_CASE("S-12, S-13, S-16: a post with a certificate of its own says and hears nothing in "
          "another's name, and nothing forged is ever in the log",
          "[story][system]")
{
    Site site{{.posts = posts}};
    provision_intruder(site, site.folder() / "site");
    site.until("the posts are in the log", 30s, [&] { return count(site, "post") == posts; });
    // What a post really said, to be said again in the wrong place.
    std::string genuine;
    for (const auto& row : site.rows_of_log("SELECT hex(bytes) FROM evidence LIMIT 1"))
        genuine = row.at(0);
    REQUIRE_FALSE(genuine.empty());

    for (const auto* calls_itself :
         {"POST-0004", "POST-0001", "EDGE-0001", "#", "+", "TAIL-0001"}) {
        CAPTURE(calls_itself);
        auto stranger = caller_as(site, intruder, calls_itself);
        if (!stranger.connected()) continue;
        for (const std::string& filter : std::initializer_list<std::string>{
                 "#", "+/#", "ks/#", "ks/1/#", "ks/1/+/#", "ks/1/STORY-SITE/#", "$SYS/#",
                 "ks/1/STORY-SITE/+/up/#", "ks/1/STORY-SITE/+/down/#", "ks/1/+/+/+/+",
                 topic_at(1, "#"), topic_at(2, "down/command"), topic_at(3, "up/+")})
            stranger.subscribe(filter);
        for (int victim = 1; victim <= posts; ++victim) {
            for (const auto* kind :
                 {"up/alarm", "up/event", "up/tele", "up/birth", "up/nonce", "up/will",
                  "down/command", "down/ack", "down/time", "down/range", "down/nonce"})
                for (const auto& payload : {std::string{"forged"}, genuine})
                    stranger.publish(topic_at(victim, kind), payload);
            tap(site, victim, 1);
        }
        stranger.publish(topic_at(intruder, "down/command"), "forged");
        static_cast<void>(stranger.until([] { return false; }));
        CHECK(stranger.delivered.empty());
    }

    // Fence: what the posts themselves say after all of it is in the log.
    site.until("each post's cards are in the log", 60s,
               [&] { return count(site, "command") >= posts; });
    settle(site, 90s);
    CHECK(count(site, "post") == posts);
    CHECK(count(site, "quarantine") == 0);
    CHECK(count(site, "alarm WHERE kind >= 100") == 0);
    CHECK(count(site, "evidence WHERE standing <> 0") == 0);
    CHECK(site.ask_log("SELECT count(*) FROM evidence WHERE instr(bytes, 'forged')") == 0);
    CHECK(refusals(site).empty());
    CHECK_NOTHROW(
        site.run({program("edge/ctl/kickstand"), "log", "verify", site.folder() / "log.db"}));
}

TEST_CASE("S-10, S-12: without a certificate, with another authority's, or with the broker's own, "
          "nobody gets in",
          "[story][system]")
{
    Site site{{.posts = 1}};
    const auto folder = site.folder();
    static_cast<void>(site.run({program("edge/ctl/kickstand"), "site", "init", "--dir",
                                folder / "other", "--site", "STORY-SITE", "--posts", "1", "--port",
                                std::to_string(site.broker_port())}));

    CHECK(gets_in(
        site, {"--cert", folder / "site/edge/tail.crt", "--key", folder / "site/edge/tail.key"}));
    CHECK_FALSE(gets_in(site, {}));
    CHECK_FALSE(gets_in(
        site, {"--cert", folder / "other/edge/edge.crt", "--key", folder / "other/edge/edge.key"}));
    CHECK_FALSE(gets_in(site, {"--cert", folder / "site/broker/broker.crt", "--key",
                               folder / "site/broker/broker.key"}));
    CHECK_FALSE(gets_in(
        site, {"--cert", folder / "site/edge/edge.crt", "--key", folder / "site/edge/tail.key"}));
    CHECK(refusals(site).empty());
}
