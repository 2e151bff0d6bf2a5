#include "sim/fleet/scenario.hpp"
#include "tests/support/toml_rows.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;
using hal::SensorKind;

namespace {

/// Two bays and a reader of tags, ten lines and more.
constexpr std::string_view mounted = R"(
[[sensor]]
address = 1
kind = "bay"
place = 1
[[sensor]]
address = 2
kind = "tag_reader"
place = 1
[[sensor]]
address = 7
kind = "annunciator"
)";

ScenarioReading reading_of(std::string_view more)
{
    return read_scenario(std::string{mounted} + std::string{more});
}

struct Row {
    std::string_view text;
    std::string_view key;
    std::string_view what;
};

void check_refused(std::initializer_list<Row> rows)
{
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto reading = reading_of(row.text);
        test::refused(reading, row.key, row.what);
        CHECK(reading.faults().size() == 1);
    }
}

}  // namespace

TEST_CASE("sensors are mounted as the file says, and a bay is where one watches it",
          "[sim][scenario][parking][unit]")
{
    const auto reading = reading_of("[[sensor]]\naddress = 9\nkind = \"bay\"\nplace = 12\n"
                                    "[parking]\noverstay_after = \"2min\"\n"
                                    "heat_limit = \"65°C\"\naloud = \"parking_too\"\n");
    REQUIRE(reading.ok());
    const auto& fittings = reading.scenario().fittings;
    REQUIRE(fittings.slaves.rows.size() == 4);
    CHECK(fittings.slaves.rows[1].kind == SensorKind::tag_reader);
    CHECK(int{fittings.slaves.rows[2].place} == 0);
    CHECK(int{fittings.bays.bays} == 12);
    CHECK(fittings.bays.overstay_after == 2_min);
    CHECK(fittings.bays.heat_limit == DeciCelsius{650});
    CHECK(fittings.bays.aloud == core::Aloud::parking_too);
    // The post has ten outlets, so bay 12 has none.
    CHECK(int{fittings.bays.outlets[9]} == 10);
    CHECK(int{fittings.bays.outlets[11]} == 0);
}

TEST_CASE("a file without sensors mounts none", "[sim][scenario][parking][unit]")
{
    const auto reading = read_scenario("");
    REQUIRE(reading.ok());
    CHECK(reading.scenario().fittings.slaves.rows.empty());
    CHECK(int{reading.scenario().fittings.bays.bays} == 0);
}

TEST_CASE("a parked bike is a bay taken, a tag at its reader, and both gone again",
          "[sim][scenario][parking][unit]")
{
    const auto reading = reading_of("[[parked]]\npost = 1\nbay = 1\nat = \"3s\"\n"
                                    "tag = \"0xE2801160\"\nleaves_at = \"9s\"\n");
    REQUIRE(reading.ok());
    const auto& deeds = reading.scenario().deeds;
    REQUIRE(deeds.size() == 4);
    CHECK(deeds[0].at == 3_s);
    CHECK(std::get<SensorSees>(deeds[0].deed.action).finding == hal::Finding::active);
    CHECK(std::get<TagNear>(deeds[1].deed.action).tag == 0xE280'1160);
    CHECK(deeds[2].at == 9_s);
    CHECK(std::get<SensorSees>(deeds[2].deed.action).finding == hal::Finding::quiet);
    CHECK(std::get<TagNear>(deeds[3].deed.action).tag == 0);
}

TEST_CASE("a sensor that cannot be mounted is refused by key", "[sim][scenario][parking][bad]")
{
    check_refused({
        {"[[sensor]]\naddress = 0\nkind = \"bay\"\nplace = 2\n", "sensor[4].address",
         "from 1 to 247"},
        {"[[sensor]]\naddress = 248\nkind = \"bay\"\nplace = 2\n", "sensor[4].address",
         "from 1 to 247"},
        {"[[sensor]]\nkind = \"bay\"\nplace = 2\n", "sensor[4].address", "is missing"},
        {"[[sensor]]\naddress = 1\nkind = \"bay\"\nplace = 2\n", "sensor[4].address",
         "that of another sensor"},
        {"[[sensor]]\naddress = 9\nkind = \"bay\"\nplace = 1\n", "sensor[4].place",
         "a sensor of that kind already"},
        {"[[sensor]]\naddress = 9\nkind = \"bay\"\nplace = 17\n", "sensor[4].place",
         "from 1 to 16"},
        {"[[sensor]]\naddress = 9\nkind = \"bay\"\n", "sensor[4].place", "is missing"},
        {"[[sensor]]\naddress = 9\nkind = \"annunciator\"\nplace = 1\n", "sensor[4].place",
         "is not known here"},
        {"[[sensor]]\naddress = 9\nkind = \"camera\"\nplace = 1\n", "sensor[4].kind",
         "known are smoke, temperature, bay"},
        {"[[sensor]]\naddress = 9\nplace = 1\n", "sensor[4].kind", "is missing"},
        {"[[sensor]]\naddress = 9\nkind = 3\nplace = 1\n", "sensor[4].kind", "a text in quotes"},
        {"[[sensor]]\naddress = 9\nkind = \"zone\"\nplace = 1\nbaud = 1\n", "sensor[4].baud",
         "is not known here"},
    });
}

TEST_CASE("a bus has no room for a twenty-fifth slave", "[sim][scenario][parking][bad]")
{
    std::string text;
    for (int i = 1; i <= 25; ++i)
        text += "[[sensor]]\naddress = " + std::to_string(i + 10) + "\nkind = \"" +
                (i <= 16 ? "zone" : "barrier") + "\"\nplace = " + std::to_string((i - 1) % 16 + 1) +
                "\n";
    const auto reading = read_scenario(text);
    REQUIRE(reading.faults().size() == 1);
    CHECK(reading.faults().front().key == "sensor[25].address");
    CHECK(reading.faults().front().what.find("24 slaves at most") != std::string::npos);
}

TEST_CASE("parking that the post would refuse is refused by key", "[sim][scenario][parking][bad]")
{
    for (const auto* key :
         {"taken_hold", "free_hold", "silent_after", "not_charging_after", "overstay_after",
          "zone_hold", "barrier_hold", "remind_after", "announce_for"}) {
        const auto where = "parking." + std::string{key};
        for (const auto* value : {"\"1ms\"", "\"30h\""}) {
            const auto text = "[parking]\n" + std::string{key} + " = " + value + "\n";
            check_refused({{text, where, "is out of range"}});
        }
        const auto bare = "[parking]\n" + std::string{key} + " = 60\n";
        check_refused({{bare, where, "write a time with its unit"}});
    }
    check_refused({
        {"[parking]\nheat_limit = \"49°C\"\n", "parking.heat_limit", "out of range"},
        {"[parking]\nheat_limit = \"91°C\"\n", "parking.heat_limit", "out of range"},
        {"[parking]\nheat_limit = 70\n", "parking.heat_limit", "as in \"70°C\""},
        {"[parking]\naloud = \"loudly\"\n", "parking.aloud", "\"dangers_only\""},
        {"[parking]\naloud = true\n", "parking.aloud", "a text in quotes"},
        {"[parking]\nbays = 3\n", "parking.bays", "is not known here"},
        {"[[parking]]\n", "parking", "must be a table"},
    });
}

TEST_CASE("a bike parked where no sensor is, or nowhere, is refused by key",
          "[sim][scenario][parking][bad]")
{
    const auto parked = [](std::string_view more) {
        return "[[parked]]\npost = 1\n" + std::string{more};
    };
    const auto check_row = [&](std::string_view more, std::string_view key, std::string_view what) {
        check_refused({{parked(more), key, what}});
    };
    check_row("bay = 2\nat = \"1s\"\n", "parked[1].bay", "mount one with [[sensor]]");
    check_row("bay = 0\nat = \"1s\"\n", "parked[1].bay", "from 1 to 16");
    check_row("at = \"1s\"\n", "parked[1].bay", "is missing");
    check_row("bay = 1\n", "parked[1].at", "is missing");
    check_row("bay = 1\nat = 1\n", "parked[1].at", "write a time");
    check_row("bay = 1\nat = \"1s\"\ntag = \"12\"\n", "parked[1].tag", "hexadecimal");
    check_row("bay = 1\nat = \"2s\"\nleaves_at = \"2s\"\n", "parked[1].leaves_at",
              "later than parked[1].at");
    check_row("bay = 1\nat = \"2s\"\ncard = \"0x1\"\n", "parked[1].card", "is not known here");
    check_refused(
        {{"[[parked]]\npost = 2\nbay = 1\nat = \"1s\"\n", "parked[1].post", "from 1 to 1"}});
    // Bay 3 is watched, and has no reader.
    check_refused({{"[[sensor]]\naddress = 9\nkind = \"bay\"\nplace = 3\n"
                    "[[parked]]\npost = 1\nbay = 3\nat = \"1s\"\ntag = \"0x12\"\n",
                    "parked[1].tag", "mount one"}});
}
