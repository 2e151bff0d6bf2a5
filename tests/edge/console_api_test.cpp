#include "tests/edge/console_shed.hpp"

#include <catch2/catch.hpp>

namespace ks::edge {

using namespace protocol;
using namespace ks::literals;

namespace {

constexpr SessionId first_session = (SessionId{1} << 32) + 1;

/// Post 1 boots and charges on outlet 2; post 2 boots.
void evening(Shed& shed)
{
    const Booted booted{
        .cause = ResetCause::power_on, .outlets = 4, .firmware = {}, .settings = {}};
    const SessionStarted started{.session = first_session,
                                 .outlet = 2,
                                 .means = StartMeans::command,
                                 .card = 0x1234'5678'9abcULL,
                                 .command = {},
                                 .time_limit = 4_h,
                                 .energy_limit = 1000_Wh};
    const OutletChanged changed{
        .outlet = 2, .from = OutletState::idle, .to = OutletState::charging};
    const SessionProgressed progressed{.session = first_session,
                                       .outlet = 2,
                                       .elapsed = 60_s,
                                       .energy = 3_Wh,
                                       .lowest = 170_W,
                                       .mean = 180_W,
                                       .highest = 190_W};
    shed.say("POST-0001", Lane::event, {booted, started, changed, progressed});
    shed.say("POST-0002", Lane::event, {booted});
}

void trip(Shed& shed)
{
    const Tripped tripped{.outlet = 2,
                          .cause = TripCause::hard_overcurrent,
                          .session = first_session,
                          .measured = 18'420,
                          .limit = 16'000,
                          .held_for = 20_ms,
                          .count = 1};
    shed.say("POST-0001", Lane::alarm, {tripped});
}

}  // namespace

TEST_CASE("the live page tells every outlet of every post", "[edge][console][api]")
{
    Shed shed;
    evening(shed);

    const auto site = shed.look("staff", "/api/v1/site").json();

    CHECK(site.at("site").as_string() == "SITE-0001");
    CHECK(site.at("seq").as_string() == std::to_string(shed.newest()));
    REQUIRE(site.at("posts").as_array().size() == 2);
    const auto& post = site.at("posts").at(0);
    CHECK(post.at("post").as_string() == "POST-0001");
    CHECK(post.at("online").as_bool());
    REQUIRE(post.at("outlets").as_array().size() == 4);
    const auto& outlet = post.at("outlets").at(1);
    CHECK(outlet.at("outlet").as_int64() == 2);
    CHECK(outlet.at("state").as_string() == "charging");
    CHECK(outlet.at("session").as_string() == std::to_string(first_session));
    CHECK(outlet.at("trip").is_null());
    // The card's own token never leaves the edge whole.
    CHECK(outlet.at("card").as_string() == "\u2022\u2022\u2022\u20223868");
}

TEST_CASE("a trip is on the live page and in the alarms with what was measured",
          "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    trip(shed);

    const auto site = shed.look("manager", "/api/v1/site").json();
    const auto active = shed.look("manager", "/api/v1/alarms").json();
    const auto all = shed.look("manager", "/api/v1/alarms?state=all&limit=5").json();

    CHECK(site.at("alarms_active").to_number<int>() == 1);
    const auto& told = site.at("posts").at(0).at("outlets").at(1).at("trip");
    CHECK(told.at("cause").as_string() == "hard_overcurrent");
    CHECK(told.at("measured").as_int64() == 18'420);
    CHECK(told.at("limit").as_int64() == 16'000);
    REQUIRE(active.at("alarms").as_array().size() == 1);
    const auto& alarm = active.at("alarms").at(0);
    CHECK(alarm.at("post").as_string() == "POST-0001");
    CHECK(alarm.at("severity").as_string() == "hazard");
    CHECK(alarm.at("condition").as_string() == "active");
    CHECK(alarm.at("session").as_string() == std::to_string(first_session));
    CHECK(alarm.at("held_for_ms").as_int64() == 20);
    CHECK(alarm.at("delivered").is_null());  // no uplink is to be told
    CHECK(active.at("next").is_null());
    CHECK(all.at("alarms").at(0).at("id") == alarm.at("id"));
}

TEST_CASE("a cut explains itself: what was measured, the limit, how long, and the curve before it",
          "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    trip(shed);
    TripTrace trace{
        .outlet = 2, .cause = TripCause::hard_overcurrent, .session = first_session, .points = {}};
    trace.points.push_back({.before = 1_s, .current = 820_mA, .power = 180_W, .contact = {}});
    trace.points.push_back(
        {.before = 0_s, .current = 18_A, .power = 3'900_W, .contact = DeciCelsius{412}});
    shed.say("POST-0001", Lane::event, {trace});

    const auto answer = shed.look("staff", "/api/v1/posts/POST-0001/outlets/2/trip").json();
    const auto site = shed.look("staff", "/api/v1/site").json();

    const auto& told = answer.at("trip");
    CHECK(told.at("cause").as_string() == "hard_overcurrent");
    CHECK(told.at("severity").as_string() == "hazard");
    CHECK(told.at("measured").as_int64() == 18'420);
    CHECK(told.at("held_for_ms").as_int64() == 20);
    REQUIRE(told.at("points").as_array().size() == 2);
    CHECK(told.at("points").at(0).at("contact_dc").is_null());
    CHECK(told.at("points").at(1).at("current_ma").as_int64() == 18'000);
    // The live page carries it without its curve.
    const auto& line = site.at("posts").at(0).at("outlets").at(1).at("last_trip");
    CHECK(line.at("cause") == told.at("cause"));
    CHECK(line.as_object().if_contains("points") == nullptr);
    CHECK(shed.look("staff", "/api/v1/posts/POST-0001/outlets/1/trip").json().at("trip").is_null());
    CHECK(shed.look("staff", "/api/v1/posts/POST-0001/outlets/5/trip").status == 404);
    CHECK(shed.look("staff", "/api/v1/posts/POST-0009/outlets/1/trip").status == 404);
    CHECK(shed.look("staff", "/api/v1/posts/POST-0001/outlets/x/trip").status == 404);
}

TEST_CASE("the live page tells a post's own condition", "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    PostReading reading{.cabinet = DeciCelsius{388},
                        .rail = 12_V,
                        .residual = {},
                        .inputs = {},
                        .current = 820_mA,
                        .power = 180_W};
    reading.residual.push_back(std::nullopt);
    reading.inputs.push_back(InputCondition::quiet);
    reading.inputs.push_back(InputCondition::absent);
    reading.inputs.push_back(InputCondition::fault);
    const RelayWear wear{.outlet = 2, .closings = 40, .hot_openings = 3, .left_permille = 970};
    shed.say("POST-0001", Lane::tele, {reading});
    shed.say("POST-0001", Lane::event, {wear});

    const auto site = shed.look("staff", "/api/v1/site").json();

    const auto& post = site.at("posts").at(0);
    CHECK(post.at("reading").at("cabinet_dc").as_int64() == 388);
    CHECK(post.at("reading").at("residual_ma").at(0).is_null());
    CHECK(post.at("inputs").at("smoke").as_string() == "quiet");
    CHECK(post.at("inputs").at("water").as_string() == "fault");
    CHECK(post.at("inputs").as_object().size() == 2);
    CHECK(post.at("outlets").at(1).at("relay").at("left_permille").to_number<int>() == 970);
    CHECK(post.at("outlets").at(1).at("means").as_string() == "command");
    CHECK(site.at("posts").at(1).at("reading").is_null());
}

TEST_CASE("the live page tells bays, who stands in them since when, and what nobody watches",
          "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    const BayChanged taken{.bay = 3,
                           .from = BayState::free,
                           .to = BayState::taken,
                           .tag = 0x1'2345,
                           .outlet = 2,
                           .card = 0x1'2346,
                           .stayed = std::nullopt};
    const BayNoticed overstay{.kind = PlaceKind::bay,
                              .place = 3,
                              .matter = BayMatter::overstay,
                              .outlet = 2,
                              .card = 0x1'2346,
                              .lasted = 2_h};
    const BayNoticed silent{.kind = PlaceKind::smoke_detector,
                            .place = 1,
                            .matter = BayMatter::sensor_silent,
                            .outlet = 0,
                            .card = 0,
                            .lasted = std::nullopt};
    shed.say("POST-0001", Lane::event, {taken, overstay, silent});

    const auto site = shed.look("staff", "/api/v1/site").json();

    const auto& post = site.at("posts").at(0);
    REQUIRE(post.at("bays").as_array().size() == 1);
    const auto& bay = post.at("bays").at(0);
    CHECK(bay.at("bay").to_number<int>() == 3);
    CHECK(bay.at("state").as_string() == "taken");
    CHECK(bay.at("matter").as_string() == "overstay");
    CHECK(bay.at("tag").as_string() == "\u2022\u2022\u2022\u20224565");
    CHECK(bay.at("card").as_string() == "\u2022\u2022\u2022\u20224566");
    CHECK(bay.at("outlet").to_number<int>() == 2);
    CHECK(bay.at("occupied_since") == bay.at("matter_since"));
    CHECK(post.at("outlets").at(1).at("occupied_since") == bay.at("matter_since"));
    CHECK(post.at("outlets").at(0).at("occupied_since").is_null());
    CHECK(boost::json::serialize(post.at("places")) ==
          R"([{"kind":"smoke_detector","place":1,"matter":null,"matter_since":null,)"
          R"("unseen":"sensor_silent"}])");
}

TEST_CASE("an outlet that is down with its post says so", "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    const Tripped smoke{.outlet = whole_post,
                        .cause = TripCause::smoke,
                        .session = 0,
                        .measured = 0,
                        .limit = 0,
                        .held_for = 20_ms,
                        .count = 1};
    shed.say("POST-0001", Lane::alarm, {smoke});

    const auto site = shed.look("staff", "/api/v1/site").json();
    const auto alarms = shed.look("staff", "/api/v1/alarms").json();

    const auto& told = site.at("posts").at(0).at("outlets").at(3).at("trip");
    CHECK(told.at("cause").as_string() == "smoke");
    CHECK(told.at("whole_post").as_bool());
    // A detector measures nothing that a person could read.
    CHECK(told.at("measured").is_null());
    CHECK(alarms.at("alarms").at(0).at("measured").is_null());
    CHECK(alarms.at("alarms").at(0).at("severity").as_string() == "fire");
}

TEST_CASE("a session has its line and its curve", "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    const auto target =
        "/api/v1/posts/POST-0001/sessions/" + std::to_string(first_session) + "/curve";

    const auto list = shed.look("staff", "/api/v1/sessions?post=POST-0001&outlet=2").json();
    const auto curve = shed.look("manager", target).json();

    REQUIRE(list.at("sessions").as_array().size() == 1);
    CHECK(list.at("sessions").at(0).at("reason").is_null());
    CHECK(list.at("sessions").at(0).at("outlet").as_int64() == 2);
    REQUIRE(curve.at("points").as_array().size() == 1);
    CHECK(curve.at("points").at(0).at("power_mw").as_int64() == 180'000);
    CHECK(curve.at("points").at(0).at("energy_mwh").as_int64() == 3'000);
    CHECK(curve.at("session").at("session").as_string() == std::to_string(first_session));
}

TEST_CASE("a running session's line has the energy of this moment", "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    Telemetry telemetry{.mains = 230_V, .outlets = {}};
    for (OutletNumber n = 1; n <= 4; ++n) {
        const auto state = n == 2 ? OutletState::charging : OutletState::idle;
        telemetry.outlets.push_back({.state = state,
                                     .current = 800_mA,
                                     .power = 180_W,
                                     .energy = n == 2 ? 5_Wh : 0_Wh,
                                     .contact = std::nullopt});
    }
    shed.say("POST-0001", Lane::tele, {telemetry});

    const auto list = shed.look("staff", "/api/v1/sessions?post=POST-0001").json();

    CHECK(list.at("sessions").at(0).at("energy_mwh").as_int64() == 5'000);
}

TEST_CASE("a session is found under its own post alone", "[edge][console][idor]")
{
    Shed shed;
    evening(shed);
    const auto own = std::to_string(first_session);
    const auto login = shed.signed_in_as("admin");
    for (const std::string& path :
         {std::string{"POST-0002/sessions/"} + own, std::string{"POST-9999/sessions/"} + own,
          std::string{"POST-0001/sessions/0"}, std::string{"POST-0001/sessions/1"},
          std::string{"POST-0001/sessions/-1"}, std::string{"POST-0001/sessions/x"},
          std::string{"POST-0001/sessions/18446744073709551616"},
          std::string{"post-0001/sessions/"} + own, std::string{"%2fPOST-0001/sessions/"} + own,
          std::string{"POST-0001'--/sessions/"} + own}) {
        CAPTURE(path);
        const auto target = "/api/v1/posts/" + path + "/curve";
        CHECK(shed.ask({.target = target, .headers = login}).status == 404);
    }
    CHECK(shed.ask({.target = "/api/v1/sessions?post=POST-9999", .headers = login}).status == 404);
}

TEST_CASE("each role sees what its line in the matrix names", "[edge][console][roles]")
{
    Shed shed;
    evening(shed);
    const auto curve =
        "/api/v1/posts/POST-0001/sessions/" + std::to_string(first_session) + "/curve";
    struct Row {
        std::string target;
        unsigned resident;
        unsigned staff;
        unsigned others;
    };
    const Row rows[] = {
        {"/api/v1/me", 200, 200, 200},
        {"/api/v1/site", 403, 200, 200},
        {"/api/v1/alarms", 403, 200, 200},
        {"/api/v1/sessions", 403, 200, 200},
        {curve, 403, 403, 200},
        {"/api/v1/status", 403, 403, 200},
        {"/api/v1/other", 404, 404, 404},
    };
    for (const auto& user : {"resident", "staff", "manager", "installer", "auditor", "admin"}) {
        const auto login = shed.signed_in_as(user);
        for (const auto& row : rows) {
            CAPTURE(user, row.target);
            const auto wanted = user == std::string{"resident"} ? row.resident
                                : user == std::string{"staff"}  ? row.staff
                                                                : row.others;
            CHECK(shed.ask({.target = row.target, .headers = login}).status == wanted);
        }
    }
    for (const auto& row : rows) {
        CAPTURE(row.target);
        CHECK(shed.ask({.target = row.target}).status == 401);
    }
}

TEST_CASE("the counters are those of the log", "[edge][console][api]")
{
    Shed shed;
    evening(shed);
    trip(shed);

    const auto status = shed.look("admin", "/api/v1/status").json();

    CHECK(status.at("records").to_number<int>() == 6);
    CHECK(status.at("sessions_started").to_number<int>() == 1);
    CHECK(status.at("sessions_ended").to_number<int>() == 0);
    CHECK(status.at("gaps").to_number<int>() == 0);
    CHECK(status.at("alarms").to_number<int>() == 1);
}

}  // namespace ks::edge
