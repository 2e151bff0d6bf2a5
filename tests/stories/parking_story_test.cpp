#include "tests/stories/evening.hpp"

#include <catch2/catch.hpp>

using namespace ks::test;
using namespace std::chrono_literals;

namespace {

/// A bay at outlet 1 with a tag reader, and a smoke detector, on the post's RS-485 line.
constexpr auto sensors = R"(
[[sensor]]
address = 1
kind = "bay"
place = 1
[[sensor]]
address = 2
kind = "tag_reader"
place = 1
[[sensor]]
address = 3
kind = "smoke"
place = 1
)";

void at_place(Site& site, const char* what)
{
    site.control({{"post", Site::post(1)}, {"do", what}, {"place", 1}});
}

// Of the contract: record kinds, and the kinds of places.
constexpr int bay_changed = 23;
constexpr int bay_noticed = 24;
constexpr int bay = 1;
constexpr int smoke_detector = 4;

/// What is kept as the newest word about a place, as the daemon would read it after a restart.
bool is_known(const Site& site, int kind, int about)
{
    return site.ask_log("SELECT count(*) FROM newest WHERE post = " + post_no(1) + " AND kind = " +
                        std::to_string(kind) + " AND about = " + std::to_string(about)) == 1;
}

int matter_at(int place_kind, int place) { return place_kind << 16 | place << 1; }

}  // namespace

TEST_CASE("a bike that charged and stays is known as such, and smoke beside it cuts the post",
          "[story][system]")
{
    Site site{{.posts = 1, .scenario = sensors}};
    at_place(site, "bike_in_bay");
    site.control({{"post", Site::post(1)}, {"do", "tag"}, {"place", 1}, {"tag", "0xE2801160"}});
    site.until("the bay is taken", 30s, [&] { return is_known(site, bay_changed, 1); });

    charge(site, 1, 1);
    tap(site, 1, 1);
    site.until("the session is over", 30s, [&] { return open_sessions(site, 1, 1) == 0; });
    site.until("the bike still stands there", 10s,
               [&] { return is_known(site, bay_noticed, matter_at(bay, 1)); });

    charge(site, 1, 4);
    at_place(site, "detector_smokes");
    site.until("smoke is an alarm of the whole post", 5s, [&] {
        return site.ask_log("SELECT count(*) FROM alarm WHERE kind = 25 AND outlet = 0") == 1;
    });
    site.until("the contact is open", 1s, [&] { return !contact_closed(site, 1, 4); });
    site.until("the detector is named", 5s,
               [&] { return is_known(site, bay_noticed, matter_at(smoke_detector, 1)); });
    settle(site, 10s);
}
