#pragma once

#include "tests/stories/site.hpp"

// What people and misfortune do at the posts of a story.
namespace ks::test {

inline boost::json::object at_outlet(int post, int outlet, const char* what)
{
    return {{"post", Site::post(post)}, {"outlet", outlet}, {"do", what}};
}

/// A bike with a battery large enough to charge through any story.
inline void plug(Site& site, int post, int outlet)
{
    auto command = at_outlet(post, outlet, "plug");
    command["charger"] = "pb-48v-20ah";
    command["capacity"] = "100Wh";
    command["charge"] = "10%";
    site.control(command);
}

inline void tap(Site& site, int post, int outlet)
{
    auto command = at_outlet(post, outlet, "tap");
    command["card"] = "0x5A0200000000000" + std::to_string(outlet % 10);
    site.control(command);
}

/// How often a record of this kind (its number in the protocol) of a post is in the log. Kinds lie
/// behind heads of different lengths, so the tables that are derived from records are asked.
inline std::string post_no(int post)
{
    return "(SELECT no FROM post WHERE id = '" + Site::post(post) + "')";
}

inline std::int64_t open_sessions(const Site& site, int post, int outlet)
{
    return site.ask_log("SELECT count(*) FROM session WHERE ended_ms IS NULL AND post = " +
                        post_no(post) + " AND outlet = " + std::to_string(outlet));
}

inline std::int64_t alarms(const Site& site, int post, int outlet)
{
    return site.ask_log("SELECT count(*) FROM alarm WHERE kind < 100 AND post = " + post_no(post) +
                        " AND outlet = " + std::to_string(outlet));
}

/// Holds a card to the reader again and again, as people do, until it has had its effect.
inline void tap_until(Site& site, int post, int outlet, const std::string& what,
                      const std::function<bool()>& holds)
{
    using Clock = std::chrono::steady_clock;
    site.until(what, std::chrono::seconds{40}, [&, next = Clock::time_point{}]() mutable {
        if (Clock::now() >= next) {
            tap(site, post, outlet);
            next = Clock::now() + std::chrono::seconds{8};
        }
        return holds();
    });
}

/// A bike that charges, seen in the edge's log.
inline void charge(Site& site, int post, int outlet)
{
    plug(site, post, outlet);
    tap_until(site, post, outlet, "a session opens on outlet " + std::to_string(outlet),
              [&] { return open_sessions(site, post, outlet) == 1; });
}

inline boost::json::object look(Site& site, int post, int outlet)
{
    return site.control(at_outlet(post, outlet, "look")).at("outlet").as_object();
}

inline bool contact_closed(Site& site, int post, int outlet)
{
    return look(site, post, outlet).at("contact_closed").as_bool();
}

inline std::int64_t delivered_mwh(Site& site, int post, int outlet)
{
    return look(site, post, outlet).at("delivered_mwh").as_int64();
}

/// Whether the posts' own truth and the log are the same: every record that a journal made durable
/// is in the log exactly once with the same digest, up to what the posts have. Gives what is wrong.
std::vector<std::string> differences(const Site& site);

/// Waits until nothing of the posts' truth is missing in the log.
void settle(Site& site, std::chrono::seconds limit);

}  // namespace ks::test
