#include "sim/fleet/scenario.hpp"
#include "tests/sim/one_bike.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ks;
using namespace ks::sim;

TEST_CASE("a bike becomes a plug, a tap and an unplug in the order of time",
          "[sim][scenario][unit]")
{
    const auto reading = read_scenario(one_bike_and("[[fault]]\n"
                                                    "post = 2\n"
                                                    "outlet = 1\n"
                                                    "at = \"500ms\"\n"
                                                    "kind = \"overload\"\n"
                                                    "current = \"13A\"\n"));
    REQUIRE(reading.ok());
    const auto& deeds = reading.scenario().deeds;
    REQUIRE(deeds.size() == 4);

    CHECK(deeds[0].at == 500_ms);
    CHECK(deeds[0].deed.post == 2);
    const auto& overload = std::get<Inject>(deeds[0].deed.action).fault;
    CHECK(std::get<Overload>(overload).amps == 13.0);

    CHECK(deeds[1].at == 12_s);
    CHECK(deeds[1].deed.outlet == 3);
    const auto& bike = std::get<Plug>(deeds[1].deed.action).bike;
    CHECK(bike.battery.capacity_wh == 2.5);
    CHECK(bike.battery.charge == Approx(0.4));
    CHECK(bike.charger.name == "pb-48v-20ah");
    CHECK(deeds[2].at == 13_s);
    CHECK(std::get<Tap>(deeds[2].deed.action).token == 0xC0FFEE01);
    CHECK(deeds[3].at == 1_min);
    CHECK(std::holds_alternative<Unplug>(deeds[3].deed.action));
}

TEST_CASE("an empty file is a scenario in which nothing happens", "[sim][scenario][unit]")
{
    const auto reading = read_scenario("");
    REQUIRE(reading.ok());
    CHECK(reading.scenario().deeds.empty());
    CHECK(reading.scenario().posts == 1);
    CHECK(reading.scenario().outlets == 10);
    CHECK(reading.scenario().commissioned == protocol::factory_settings);
}

TEST_CASE("the installer's settings are taken over and get a version", "[sim][scenario][unit]")
{
    const auto reading = read_scenario("[commissioned]\n"
                                       "full_hold = \"6s\"\n"
                                       "hard_overcurrent = \"8A\"\n"
                                       "contact_limit = \"60°C\"\n");
    REQUIRE(reading.ok());
    auto wanted = protocol::factory_settings;
    wanted.version = 1;
    for (auto& limits : wanted.types) {
        limits.full_hold = 6_s;
        limits.hard_overcurrent = 8_A;
        limits.contact_limit = DeciCelsius{600};
    }
    CHECK(reading.scenario().commissioned == wanted);
}

TEST_CASE("a scenario goes on from the profile the posts were commissioned with",
          "[sim][scenario][unit]")
{
    auto profile = protocol::factory_settings;
    profile.version = 4;
    profile.types[1].power_most = 500_W;
    profile.type_of[8] = 1;
    CHECK(read_scenario("", profile).scenario().commissioned == profile);

    const auto reading = read_scenario("[commissioned]\nfull_hold = \"6s\"\n", profile);
    REQUIRE(reading.ok());
    auto wanted = profile;
    wanted.version = 5;
    wanted.types[0].full_hold = wanted.types[1].full_hold = 6_s;
    CHECK(reading.scenario().commissioned == wanted);
}

TEST_CASE("two bikes may share an outlet one after the other", "[sim][scenario][unit]")
{
    const auto reading = read_scenario(
        one_bike_and("[[bike]]\npost = 1\noutlet = 3\nat = \"61s\"\n"
                     "battery = { kind = \"lithium\", capacity = \"1kWh\", charge = \"0%\" }\n"
                     "charger = \"li-48v-13s\"\n"));
    CHECK(reading.ok());
}

TEST_CASE("all that is wrong is told at once, in the order of lines", "[sim][scenario][unit]")
{
    const auto reading = read_scenario("seed = \"x\"\n"
                                       "colour = 1\n"
                                       "[[bike]]\n"
                                       "post = 9\n"
                                       "at = 1\n"
                                       "[[fault]]\n"
                                       "kind = \"short\"\n");
    REQUIRE_FALSE(reading.ok());
    std::vector<std::string> keys;
    for (const auto& fault : reading.faults())
        keys.push_back(fault.key);
    CHECK(keys == std::vector<std::string>{"seed", "colour", "bike[1].battery", "bike[1].charger",
                                           "bike[1].outlet", "bike[1].post", "bike[1].at",
                                           "fault[1].at", "fault[1].outlet", "fault[1].post"});
    CHECK(std::is_sorted(reading.faults().begin(), reading.faults().end()));
}

TEST_CASE("a fault names file, line and key, and cannot talk to the terminal",
          "[sim][scenario][unit]")
{
    CHECK(told({.line = 4, .key = "bike[1].at", .what = "is missing"}, "a.toml") ==
          "a.toml:4: bike[1].at: is missing");
    CHECK(told({.line = 0, .key = "", .what = "cannot be read"}, "a.toml") ==
          "a.toml: cannot be read");
    CHECK(told({.line = 1, .key = "\x1B[2J", .what = "x"}, "a").find('\x1B') == std::string::npos);
}

TEST_CASE("a file with a thousand faults tells a hundred", "[sim][scenario][unit]")
{
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += "key" + std::to_string(i) + " = 1\n";
    CHECK(read_scenario(text).faults().size() == scenario_faults_most);
}

TEST_CASE("a file that is not there or too long is refused in one line", "[sim][scenario][unit]")
{
    CHECK(read_scenario_file("no/such/file.toml").faults().front().what.find("cannot be read") ==
          0);
    CHECK(read_scenario_file("tests").faults().front().what.find("cannot be read") == 0);
    const std::string long_text(edge::toml_bytes_most + 1, '#');
    CHECK(read_scenario(long_text).faults().front().what.find("longer") != std::string::npos);
}

TEST_CASE("the scenarios we ship are good, and the evening keeps its promise",
          "[sim][scenario][unit]")
{
    for (const auto* name : {"one_bike", "long_night", "mishaps", "parking"}) {
        CAPTURE(name);
        CHECK(read_scenario_file("config/scenarios/" + std::string{name} + ".toml").ok());
    }
    const auto reading = read_scenario_file("config/scenarios/evening.toml");
    REQUIRE(reading.ok());
    const auto& evening = reading.scenario();
    CHECK(evening.posts == 3);
    CHECK(evening.outlets == 10);
    const auto within_50_s = [&](const auto& is) {
        return std::count_if(evening.deeds.begin(), evening.deeds.end(), [&](const auto& timed) {
            return timed.at <= 50_s && is(timed.deed.action);
        });
    };
    CHECK(within_50_s([](const auto& a) { return std::holds_alternative<Tap>(a); }) >= 6);
    CHECK(within_50_s([](const auto& a) { return std::holds_alternative<Unplug>(a); }) >= 1);
    CHECK(within_50_s([](const auto& a) { return std::holds_alternative<Inject>(a); }) >= 3);
}
