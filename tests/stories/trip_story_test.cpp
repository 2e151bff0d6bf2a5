#include "tests/stories/evening.hpp"

#include <catch2/catch.hpp>

using namespace ks::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// The moment, on the plant's clock, of the newest event of this kind at an outlet; -1 for none.
std::int64_t moment_of(const Site& site, const std::string& event, int outlet)
{
    std::int64_t at = -1;
    for (const auto& line : site.truth())
        if (line.at("truth").as_string() == "plant" && line.at("event").as_string() == event &&
            line.contains("outlet") && line.at("outlet").as_int64() == outlet)
            at = line.at("at_ms").as_int64();
    return at;
}

/// The alarm may be in the log before a contact has come to rest: it takes up to 8 ms.
void until_open(Site& site, int post, int outlet)
{
    site.until("the contact is open", 1s, [&] { return !contact_closed(site, post, outlet); });
}

}  // namespace

TEST_CASE("an overcurrent opens its own relay, leaves the neighbours on, and reaches the manager",
          "[story][system]")
{
    Site site{{.posts = 1}};
    for (const int outlet : {2, 3, 4})
        charge(site, 1, outlet);

    auto overload = at_outlet(1, 3, "overload");
    overload["current"] = "13A";
    const auto injected = Clock::now();
    site.control(overload);
    site.until("the alarm is in the log", 2s, [&] { return alarms(site, 1, 3) == 1; });
    site.until("the webhook was delivered", 2s, [&] { return site.webhooks().size() == 1; });
    const auto delivered = Clock::now() - injected;

    CHECK(delivered < 2s);
    // A meter shows a new current within 400 ms, a poll round of four chips takes 110 ms, a relay
    // releases in 8 ms: what is left of the 600 is the firmware's, and must be under 100.
    until_open(site, 1, 3);
    const auto opened = moment_of(site, "contact_opened", 3);
    CHECK(opened - moment_of(site, "fault_injected", 3) <= 620);
    for (const int outlet : {2, 4}) {
        CHECK(contact_closed(site, 1, outlet));
        CHECK(open_sessions(site, 1, outlet) == 1);
    }
    const auto body = site.webhooks().front().at("body").as_object();
    CHECK(body.at("type").as_string() == "alarm.raised");
    settle(site, 10s);
}

TEST_CASE("a relay that welded takes the post down by its contactor, as a fire-grade alarm",
          "[story][system]")
{
    Site site{{.posts = 1}};
    charge(site, 1, 3);
    charge(site, 1, 6);

    site.control(at_outlet(1, 3, "relay_welded"));
    auto overload = at_outlet(1, 3, "overload");
    overload["current"] = "13A";
    site.control(overload);

    site.until("the contactor opens", 5s, [&] {
        return !site.control(at_outlet(1, 3, "look"))
                    .at("outlet")
                    .as_object()
                    .at("contactor_closed")
                    .as_bool();
    });
    site.until("the alarm is fire grade", 5s, [&] {
        return site.ask_log("SELECT count(*) FROM alarm WHERE kind = 6 AND severity = 4") == 1;
    });
    site.until("the neighbour's session ends and says why", 10s, [&] {
        return site.ask_log("SELECT count(*) FROM session WHERE outlet = 6 AND reason = 10") == 1;
    });
    CHECK(look(site, 1, 3).at("milliamps").as_int64() == 0);
}

TEST_CASE("an outlet that is overloaded from the very start trips, and a hot one does too",
          "[story][system]")
{
    Site site{{.posts = 1}};

    // The load is there before the relay closes: no step is ever seen, only a level.
    auto overload = at_outlet(1, 5, "overload");
    overload["current"] = "13A";
    site.control(overload);
    tap_until(site, 1, 5, "the overloaded outlet trips", [&] { return alarms(site, 1, 5) == 1; });
    until_open(site, 1, 5);

    // A sensor that reads nothing is a fault, never cold.
    plug(site, 1, 7);
    site.control(at_outlet(1, 7, "sensor_open"));
    tap_until(site, 1, 7, "the outlet without a temperature trips",
              [&] { return alarms(site, 1, 7) == 1; });
    until_open(site, 1, 7);
}

TEST_CASE("a post that loses its power says so afterwards, and its outlet stays off",
          "[story][system]")
{
    Site site{{.posts = 1}};
    charge(site, 1, 3);
    site.until("a frame with some energy is in the log", 30s,
               [&] { return delivered_mwh(site, 1, 3) > 700; });

    site.control({{"post", Site::post(1)}, {"do", "power_cut"}});
    const auto delivered = delivered_mwh(site, 1, 3);
    site.control({{"post", Site::post(1)}, {"do", "power_up"}});

    site.until("the session is closed with power_lost", 20s, [&] {
        return site.ask_log("SELECT count(*) FROM session WHERE outlet = 3 AND reason = 9") == 1;
    });
    const auto told =
        site.ask_log("SELECT energy_mwh FROM session WHERE outlet = 3 AND reason = 9");
    // One checkpoint is the ten seconds between two frames: 200 W make 556 mWh of them.
    CHECK(told <= delivered + 50);
    CHECK(told >= delivered - 556 - 50);
    CHECK_FALSE(contact_closed(site, 1, 3));
    CHECK(site.ask_log("SELECT count(*) FROM session") == 1);
    settle(site, 10s);
}

TEST_CASE("F-002: where the profile allows it a session goes on once after the mains was away, and "
          "every closing had its authority",
          "[story][system]")
{
    Site site{{.posts = 1, .scenario = "[commissioned]\nresume_within = \"5 min\"\n"}};
    charge(site, 1, 3);
    site.until("it has drawn for a while", 30s, [&] { return delivered_mwh(site, 1, 3) > 700; });
    const auto ended_by_loss = [&] {
        return site.ask_log("SELECT count(*) FROM session WHERE outlet = 3 AND reason = 9");
    };

    site.control({{"post", Site::post(1)}, {"do", "mains_off"}});
    site.until("the session is over, and told so", 30s, [&] { return ended_by_loss() == 1; });
    CHECK_FALSE(contact_closed(site, 1, 3));
    site.control({{"post", Site::post(1)}, {"do", "mains_on"}});
    // Up to 30 s of spread after the return, and the try that comes every 5 s.
    site.until("it goes on", 60s, [&] { return open_sessions(site, 1, 3) == 1; });
    CHECK(contact_closed(site, 1, 3));
    CHECK(site.ask_log("SELECT count(DISTINCT card) FROM session WHERE outlet = 3") == 1);
    const auto delivered = delivered_mwh(site, 1, 3);
    site.until("it draws again", 30s, [&] { return delivered_mwh(site, 1, 3) > delivered + 100; });

    site.control({{"post", Site::post(1)}, {"do", "mains_off"}});
    site.until("the mains fails once more", 30s, [&] { return ended_by_loss() == 2; });
    site.control({{"post", Site::post(1)}, {"do", "mains_on"}});
    settle(site, 10s);
    const auto waited = std::chrono::steady_clock::now() + 45s;
    site.until("nobody resumes twice", 60s, [&] {
        return contact_closed(site, 1, 3) || std::chrono::steady_clock::now() >= waited;
    });
    CHECK_FALSE(contact_closed(site, 1, 3));
    CHECK(alarms(site, 1, 3) == 0);
}
