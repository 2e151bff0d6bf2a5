#include "sim/fleet/control.hpp"
#include "tests/sim/fleet_rig.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <initializer_list>

using namespace ks;
using namespace ks::sim;

namespace {

Scenario one_bike_at(std::uint16_t posts)
{
    const auto reading = read_scenario("posts = " + std::to_string(posts) +
                                       "\n[[bike]]\npost = " + std::to_string(posts) +
                                       "\noutlet = 3\nat = \"20ms\"\n"
                                       "battery = { kind = \"lead_acid\", capacity = \"5Wh\", "
                                       "charge = \"40%\" }\n"
                                       "charger = \"pb-48v-20ah\"\nleaves_at = \"60ms\"\n");
    REQUIRE(reading.ok());
    return reading.scenario();
}

void run(Fleet& fleet, Millis from, Millis to)
{
    for (Millis at = from; at <= to; at += 5_ms)
        fleet.pass(Instant{at});
}

}  // namespace

TEST_CASE("fire at one post cuts those on its group's line within a fire's budget, and no others",
          "[sim][fleet][unit]")
{
    const auto reading = read_scenario("posts = 4\nposts_of_a_group = 2\n[[fault]]\npost = 2\n"
                                       "at = \"7s\"\nkind = \"input_active\"\ninput = \"smoke\"\n");
    REQUIRE(reading.ok());
    Fleet fleet{rig_identities(4), rig_fleet_setup(), reading.scenario()};
    fleet.power_up_all();
    const auto closed = [&](std::size_t post) {
        return fleet.post(post).plant().contactor().closed();
    };
    run(fleet, 5_ms, 7_s);
    for (std::size_t post = 0; post < 4; ++post)
        CHECK(closed(post));

    // 50 ms of its own, a tick until the line is sensed next door, 50 ms there.
    run(fleet, 7'005_ms, 7'105_ms);
    CHECK_FALSE(closed(1));
    CHECK_FALSE(closed(0));
    CHECK(closed(2));
    CHECK(closed(3));
    CHECK(fleet.post(0).group_line() == hal::GroupLine::released);
}

TEST_CASE("a larger fleet repeats the scenario, post by post", "[sim][fleet][unit]")
{
    Fleet fleet{rig_identities(5), rig_fleet_setup(), one_bike_at(2)};
    run(fleet, 5_ms, 40_ms);
    for (std::size_t i = 0; i < fleet.size(); ++i) {
        CAPTURE(i);
        CHECK(fleet.post(i).plant().outlet(3).plugged() == (i == 1 || i == 3));
    }
    run(fleet, 45_ms, 100_ms);
    CHECK_FALSE(fleet.post(1).plant().outlet(3).plugged());
}

TEST_CASE("a smaller fleet leaves out what happens at posts it has not got", "[sim][fleet][unit]")
{
    Fleet fleet{rig_identities(1), rig_fleet_setup(), one_bike_at(2)};
    run(fleet, 5_ms, 100_ms);
    CHECK_FALSE(fleet.post(0).plant().outlet(3).plugged());
}

TEST_CASE("what cannot be done is refused by name", "[sim][fleet][unit]")
{
    Fleet fleet{rig_identities(1), rig_fleet_setup(), read_scenario("").scenario()};
    const Bike bike{.battery = {.chemistry = Chemistry::lithium, .capacity_wh = 1.0, .charge = 0.5},
                    .charger = charger_profile("li-48v-13s").value()};
    const auto refusal = [&](const Deed& deed) { return fleet.carry_out(deed).reason(); };
    CHECK(refusal({2, 1, Unplug{}}) == DeedRefusal::no_such_post);
    CHECK(refusal({0, 1, Unplug{}}) == DeedRefusal::no_such_post);
    CHECK(refusal({1, 11, Unplug{}}) == DeedRefusal::no_such_outlet);
    CHECK(refusal({1, 0, Plug{bike}}) == DeedRefusal::no_such_outlet);
    CHECK(refusal({1, 0, ClearFaults{}}) == DeedRefusal::no_such_outlet);
    CHECK(refusal({1, 1, Unplug{}}) == DeedRefusal::empty);
    CHECK(refusal({1, 1, Tap{7}}) == DeedRefusal::off_already);
    CHECK(refusal({1, 0, PostPower{Supply::off}}) == DeedRefusal::off_already);
    CHECK(refusal({1, 0, TornPower{}}) == DeedRefusal::off_already);
    REQUIRE(fleet.carry_out({1, 0, PostPower{Supply::on}}).ok());
    CHECK(refusal({1, 0, PostPower{Supply::on}}) == DeedRefusal::on_already);
    REQUIRE(fleet.carry_out({1, 1, Plug{bike}}).ok());
    CHECK(refusal({1, 1, Plug{bike}}) == DeedRefusal::taken);
    for (std::size_t i = 0; i < PlantPost::taps_most; ++i)
        REQUIRE(fleet.carry_out({1, 1, Tap{7}}).ok());
    CHECK(refusal({1, 1, Tap{7}}) == DeedRefusal::reader_busy);
}

TEST_CASE("the truth file has a line for each record, contact and boot, each with its post",
          "[sim][fleet][unit]")
{
    const test::TempDir folder;
    auto setup = rig_fleet_setup();
    setup.truth = folder.path() / "truth.jsonl";
    setup.state = folder.path() / "posts";
    {
        Fleet fleet{rig_identities(2), setup, one_bike_at(1)};
        fleet.power_up_all();
        run(fleet, 5_ms, 1_s);
        CHECK(fleet.truth().boots() == 2);
        CHECK(fleet.truth().records(protocol::Lane::event) >= 2);
    }
    CHECK(std::filesystem::exists(folder.path() / "posts" / "POST-0002.nor"));

    std::ifstream in{*setup.truth};
    std::map<std::string, int> kinds;
    for (std::string line; std::getline(in, line);) {
        const auto value = boost::json::parse(line).as_object();
        CHECK(value.at("post").as_string().starts_with("POST-000"));
        const auto& kind = value.at("truth").as_string();
        ++kinds[std::string{kind}];
        if (kind == "record") CHECK(value.at("digest").as_string().size() == 32);
        if (kind == "plant") CHECK(value.at("milliamps").is_int64());
        if (kind != "record") CHECK(value.at("at_ms").is_int64());
    }
    CHECK(kinds["life"] == 2);
    CHECK(kinds["record"] >= 2);
    CHECK(kinds["plant"] >= 4);  // two contactors, a plug and an unplug
}

TEST_CASE("a truth that cannot be written stops the simulator", "[sim][fleet][unit]")
{
    auto setup = rig_fleet_setup();
    setup.truth = "/no/such/folder/truth.jsonl";
    CHECK_THROWS_AS((Fleet{rig_identities(1), setup, one_bike_at(1)}), Trouble);

    setup.truth = "/dev/full";
    Fleet fleet{rig_identities(1), setup, one_bike_at(1)};
    fleet.power_up_all();
    CHECK_THROWS_AS(fleet.pass(Instant{5_ms}), Trouble);
}

TEST_CASE("the control channel does what it is told and says what it did", "[sim][control][unit]")
{
    Fleet fleet{rig_identities(2), rig_fleet_setup(), read_scenario("").scenario()};
    fleet.power_up_all();
    fleet.pass(Instant{5_ms});
    const auto ask = [&](std::string_view line) {
        return boost::json::parse(answer_to(line, fleet)).as_object();
    };

    CHECK(ask(R"({"post":"POST-0002","outlet":3,"do":"plug","charger":"pb-48v-20ah",)"
              R"("capacity":"2.5Wh","charge":"40%"})")
              .at("ok")
              .as_bool());
    CHECK(fleet.post(1).plant().outlet(3).plugged());
    CHECK(ask(R"({"post":"POST-0002","outlet":3,"fault":"relay_welded"})").contains("ok"));
    fleet.pass(Instant{400_ms});
    const auto look =
        ask(R"({"post":"POST-0002","outlet":3,"do":"look"})").at("outlet").as_object();
    CHECK(look.at("contact_closed").as_bool());
    CHECK(look.at("plugged").as_bool());
    CHECK(look.at("charge").as_double() == Approx(0.4).margin(0.01));
    CHECK(look.at("milliamps").is_int64());

    CHECK(ask(R"({"post":"POST-0001","do":"power_cut"})").contains("ok"));
    const auto posts = ask(R"({"do":"fleet"})").at("posts").as_array();
    REQUIRE(posts.size() == 2);
    CHECK_FALSE(posts[0].at("powered").as_bool());
    CHECK(posts[1].at("powered").as_bool());
    CHECK_FALSE(posts[1].at("linked").as_bool());
    CHECK(ask(R"({"post":"POST-0002","do":"mains_off"})").contains("ok"));
    CHECK(fleet.post(1).plant().mains().supply() == Supply::off);
    CHECK(ask(R"({"post":"POST-0002","do":"input_active","input":"water"})").contains("ok"));
    CHECK(fleet.post(1).plant().sensed_post_inputs().input(hal::PostInput::water) ==
          hal::InputState::active);
    CHECK(ask(R"({"post":"POST-0002","do":"residual_failed","circuit":2})").contains("ok"));
    CHECK_FALSE(fleet.post(1).plant().sensed_post_inputs().residual[1].has_value());
    CHECK(ask(R"({"post":"POST-0002","outlet":3,"do":"second_bike"})").contains("ok"));
    CHECK(ask(R"({"post":"POST-0002","outlet":3,"do":"second_bike"})").contains("error"));
    CHECK(ask(R"({"post":"POST-0002","outlet":1,"do":"tap","card":"0xC0FFEE01"})").contains("ok"));
    CHECK(fleet.post(1).plant().take_tap().value().token == 0xC0FFEE01);
}

namespace {

struct BadLine {
    std::string_view line;
    std::string_view why;
};

void check_refused_lines(std::initializer_list<BadLine> rows)
{
    Fleet fleet{rig_identities(1), rig_fleet_setup(), read_scenario("").scenario()};
    fleet.power_up_all();
    for (const auto& row : rows) {
        CAPTURE(row.line);
        const auto answer = boost::json::parse(answer_to(row.line, fleet)).as_object();
        REQUIRE(answer.contains("error"));
        CHECK(std::string{answer.at("error").as_string()}.find(row.why) != std::string::npos);
        CHECK_FALSE(answer.contains("ok"));
    }
    fleet.pass(Instant{5_ms});
    for (const auto& event : fleet.post(0).plant().take_events())
        CHECK(event.kind == PlantEvent::Kind::contactor_closed);
}

}  // namespace

TEST_CASE("a control line that is none, or names no post, outlet or word, is refused",
          "[sim][control][unit]")
{
    check_refused_lines({
        {"", "one JSON object"},
        {"short", "one JSON object"},
        {"[]", "one JSON object"},
        {"{\"do\":", "one JSON object"},
        {"{} {}", "one JSON object"},
        {"{}", "do is missing"},
        {R"({"do":7})", "do must be a text"},
        {R"({"do":"short","fault":"short"})", "give one"},
        {R"({"do":"short"})", "post is missing"},
        {R"({"do":"short","post":1})", "post must be a text"},
        {R"({"do":"short","post":"POST-0009","outlet":1})", "there is no post"},
        {R"({"do":"short","post":"POST-0001"})", "no such outlet"},
        {R"({"do":"short","post":"POST-0001","outlet":0})", "no such outlet"},
        {R"({"do":"short","post":"POST-0001","outlet":11})", "1 to 10"},
        {R"({"do":"short","post":"POST-0001","outlet":-1})", "1 to 10"},
        {R"({"do":"short","post":"POST-0001","outlet":257})", "1 to 10"},
        {R"({"do":"short","post":"POST-0001","outlet":1.5})", "whole number"},
        {R"({"do":"gremlin","post":"POST-0001","outlet":1})", "known are plug, tap"},
        {R"({"do":"short","post":"POST-0001","outlet":1,"colour":1})", "colour is not known"},
    });
}

TEST_CASE("a control line with a wrong number or at the wrong time is refused",
          "[sim][control][unit]")
{
    check_refused_lines({
        {R"({"do":"short","post":"POST-0001","outlet":1,"current":40})", "current must be a text"},
        {R"({"do":"short","post":"POST-0001","outlet":1,"current":"40W"})", "like \"12A\""},
        {R"({"do":"short","post":"POST-0001","outlet":1,"current":"-4A"})", "like \"12A\""},
        {R"({"do":"short","post":"POST-0001","outlet":1,"current":"999A"})", "from 0.1 to 200"},
        {R"({"do":"meter_lying","post":"POST-0001","outlet":1,"factor":"0%"})", "like \"50%\""},
        {R"({"do":"tap","post":"POST-0001","outlet":1})", "card is missing"},
        {R"({"do":"tap","post":"POST-0001","outlet":1,"card":"0x0"})", "card must be like"},
        {R"({"do":"plug","post":"POST-0001","outlet":1})", "charger is missing"},
        {R"({"do":"plug","post":"POST-0001","outlet":1,"charger":"x"})", "no charger x"},
        {R"({"do":"plug","post":"POST-0001","outlet":1,"charger":"pb-48v-20ah","capacity":"0Wh",)"
         R"("charge":"1%"})",
         "at least"},
        {R"({"do":"plug","post":"POST-0001","outlet":1,"charger":"pb-48v-20ah","capacity":"2Wh",)"
         R"("charge":"140%"})",
         "charge must be like"},
        {R"({"do":"leak","post":"POST-0001","outlet":1,"current":"0A"})", "like \"30mA\""},
        {R"({"do":"mains_volts","post":"POST-0001","voltage":"220"})", "like \"160V\""},
        {R"({"do":"input_active","post":"POST-0001"})", "input is missing"},
        {R"({"do":"input_active","post":"POST-0001","input":"fog"})", "smoke, heat, water"},
        {R"({"do":"residual_failed","post":"POST-0001"})", "circuit must be 1 to 4"},
        {R"({"do":"residual_failed","post":"POST-0001","circuit":4})", "no such circuit"},
        {R"({"do":"second_bike","post":"POST-0001","outlet":1})", "nothing is plugged in"},
        {R"({"do":"no_taper","post":"POST-0001","outlet":1,"factor":"50%"})", "nothing is plugged"},
        {R"({"do":"look","post":"POST-0001"})", "outlet is missing"},
        {R"({"do":"unplug","post":"POST-0001","outlet":1})", "nothing is plugged in"},
        {R"({"do":"power_up","post":"POST-0001"})", "power already"},
    });
}
