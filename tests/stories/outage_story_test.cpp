#include "tests/stories/evening.hpp"
#include "tests/support/rounds.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST_CASE("a broker that is gone for twenty seconds costs no record, and the alarm comes first",
          "[story][system]")
{
    Site site{{.posts = 2}};
    for (const int outlet : {2, 3, 4})
        charge(site, 1, outlet);
    charge(site, 2, 1);
    const auto before = site.ask_log("SELECT max(id) FROM evidence");

    site.broker().kill();
    const auto back_at = Clock::now() + 20s;
    auto overload = at_outlet(1, 3, "overload");
    overload["current"] = "13A";
    site.control(overload);
    site.until("the relay opens without anybody's help", 3s,
               [&] { return !contact_closed(site, 1, 3); });
    site.control(at_outlet(2, 1, "unplug"));
    site.until("twenty seconds have passed", 30s, [&] { return Clock::now() >= back_at; });
    site.start_broker();

    site.until("the alarm is in the log", 90s, [&] { return alarms(site, 1, 3) == 1; });
    settle(site, 60s);
    // Of what this post had to tell after the outage, the alarm was taken in first.
    CHECK(site.ask_log("SELECT lane FROM evidence WHERE post = " + post_no(1) + " AND id > " +
                       std::to_string(before) + " ORDER BY id LIMIT 1") == 0);
    CHECK(site.ask_log("SELECT count(*) FROM gap") == 0);
    site.run({program("edge/ctl/kickstand"), "log", "verify", (site.folder() / "log.db").string()});
}

TEST_CASE(
    "F-136: a link that is jammed as the fire begins costs nobody the cut, the sounder or the "
    "alarm of silence",
    "[story][system]")
{
    Site site{{.posts = 1}};
    charge(site, 1, 3);

    const auto of_post = [](const char* what) {
        return boost::json::object{{"post", Site::post(1)}, {"do", what}};
    };
    site.control(of_post("link_jammed"));
    const auto jammed = Clock::now();
    auto smoke = of_post("input_active");
    smoke["input"] = "smoke";
    site.control(smoke);

    site.until("the post cuts by itself", 2s, [&] { return !contact_closed(site, 1, 3); });
    site.until("its contactor as well", 2s,
               [&] { return !look(site, 1, 3).at("contactor_closed").as_bool(); });
    site.until("its sounder is heard", 2s,
               [&] { return look(site, 1, 3).at("sounds").as_string() == "alarm"; });
    site.until("somebody is told of the silence", 90s, [&] {
        for (const auto& webhook : site.webhooks())
            if (boost::json::serialize(webhook).find("post_silent") != std::string::npos)
                return true;
        return false;
    });
    CHECK(Clock::now() - jammed <= 90s);
    CHECK(alarms(site, 1, 0) == 0);

    site.control(of_post("link_clear"));
    site.until("the smoke is told as soon as it can be", 120s,
               [&] { return alarms(site, 1, 0) == 1; });
    settle(site, 60s);
}

TEST_CASE(
    "an edge that is killed again and again loses nothing it acknowledged and doubles nothing",
    "[story][system]")
{
    constexpr int posts = 20;
    Site site{{.posts = posts}};
    for (int post = 1; post <= posts; ++post)
        charge(site, post, 2);
    std::mt19937 random{7};

    for (std::uint64_t kill = 0; kill < rounds(10); ++kill) {
        // Every other tap ends the session that the one before has begun.
        for (int post = 1; post <= posts; ++post)
            tap(site, post, 2);
        const auto at = Clock::now() + std::chrono::milliseconds{200 + random() % 1'500};
        site.until("the moment to kill has come", 5s, [&] { return Clock::now() >= at; });
        site.edge().kill();
        site.start_edge();
    }

    site.until("all twenty posts are known", 120s,
               [&] { return site.ask_log("SELECT count(*) FROM post") == posts; });
    settle(site, 120s);
    CHECK(site.ask_log("SELECT count(*) FROM session") >= posts);
    CHECK(site.ask_log("SELECT count(*) FROM gap") == 0);
    site.run({program("edge/ctl/kickstand"), "log", "verify", (site.folder() / "log.db").string()});
}
