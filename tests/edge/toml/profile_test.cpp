#include "edge/toml/profile.hpp"
#include "edge/toml/written.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/toml_rows.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <initializer_list>
#include <set>

using namespace ks;
using namespace ks::edge;
using namespace ks::literals;

namespace {

constexpr std::string_view least = "name = \"x\"\nversion = 1\n";

std::string with(std::string_view more) { return std::string{least} + std::string{more}; }

protocol::Settings settings_of(std::string_view text)
{
    const auto reading = read_profile(text);
    for (const auto& fault : reading.faults())
        UNSCOPED_INFO(told(fault, "profile"));
    REQUIRE(reading.ok());
    return reading.settings();
}

template <class Owner>
void write_and_read_back(std::string_view table)
{
    protocol::each_limit_of<Owner>([&](const auto& row) {
        for (const auto value : {row.least, row.factory, row.most}) {
            const auto line = std::string{row.name} + " = " + test::toml_of(value);
            CAPTURE(line);
            const auto settings = settings_of(with("[" + std::string{table} + "]\n" + line));
            if constexpr (std::is_same_v<Owner, protocol::Limits>)
                CHECK(settings.types[0].*row.field == value);
            else
                CHECK(settings.post.*row.field == value);
        }
    });
}

/// One slip, one fault.
void check_refused(std::initializer_list<test::TomlSlip> slips)
{
    for (const auto& slip : slips) {
        CAPTURE(slip.text);
        const auto reading = read_profile(slip.text);
        CHECK(test::refused(reading, slip.key, slip.what).line == slip.line);
        CHECK(reading.faults().size() == 1);
    }
}

}  // namespace

TEST_CASE("the factory's profile says every limit, and says what the firmware has compiled in",
          "[edge][profile][golden]")
{
    const auto reading = read_profile_file("config/profiles/factory.toml");
    REQUIRE(reading.ok());
    auto settings = reading.settings();
    CHECK(settings.profile.text() == "factory");
    settings.version = protocol::factory_settings.version;
    settings.profile = protocol::factory_settings.profile;
    CHECK(settings == protocol::factory_settings);

    // Nothing is left to a default: a limit that changes in the firmware changes here or fails.
    const auto file = parse_toml(*read_file("config/profiles/factory.toml").text);
    std::size_t named = 0;
    protocol::each_limit_of<protocol::Limits>([&](const auto& row) {
        CAPTURE(std::string{row.name});
        CHECK((*file.table)["standard"][row.name]);
        ++named;
    });
    protocol::each_limit_of<protocol::PostLimits>([&](const auto& row) {
        CAPTURE(std::string{row.name});
        CHECK((*file.table)["post"][row.name]);
        ++named;
    });
    CHECK(named == 44);
}

TEST_CASE("the profiles that come with the house are good, and each has the name of its file",
          "[edge][profile][golden]")
{
    std::set<std::string> seen;
    for (const auto& entry : std::filesystem::directory_iterator{"config/profiles"}) {
        CAPTURE(entry.path().string());
        const auto reading = read_profile_file(entry.path());
        for (const auto& fault : reading.faults())
            UNSCOPED_INFO(told(fault, entry.path().string()));
        REQUIRE(reading.ok());
        CHECK(reading.settings().profile.text() == entry.path().stem().string());
        seen.insert(entry.path().stem().string());
    }
    CHECK(seen == std::set<std::string>{"factory", "lead-acid-shed", "lithium-cabinet",
                                        "mixed-residential"});

    const auto loosens_factory = [](const char* file) {
        return loosens(read_profile_file(file).settings(), protocol::factory_settings);
    };
    CHECK(loosens_factory("config/profiles/lead-acid-shed.toml"));
    CHECK_FALSE(loosens_factory("config/profiles/lithium-cabinet.toml"));
    CHECK_FALSE(loosens_factory("config/profiles/mixed-residential.toml"));
}

TEST_CASE("what a profile does not name is the factory's, and what its second type does not name "
          "is the standard one's",
          "[edge][profile][unit]")
{
    auto wanted = protocol::factory_settings;
    wanted.version = 1;
    wanted.profile = protocol::ProfileName{bytes_of("x")};
    CHECK(settings_of(least) == wanted);

    const auto settings = settings_of(with("[standard]\n"
                                           "power_most = \"700 W\"\n"
                                           "full_hold = \"1 h\"\n"
                                           "[second]\n"
                                           "outlets = [9, 12]\n"
                                           "power_most = \"1.2 kW\"\n"
                                           "[post]\n"
                                           "residual_limit = \"20 mA\"\n"
                                           "[[meter]]\n"
                                           "outlet = 3\n"
                                           "current = 9871\n"
                                           "[[meter]]\n"
                                           "outlet = 12\n"
                                           "voltage = 10044\n"));
    wanted.types[0].power_most = 700_W;
    wanted.types[0].full_hold = 1_h;
    wanted.types[1] = wanted.types[0];
    wanted.types[1].power_most = 1'200_W;
    wanted.type_of[8] = wanted.type_of[11] = 1;
    wanted.post.residual_limit = 20_mA;
    wanted.calibration[2].current = Gain{9'871};
    wanted.calibration[11].voltage = Gain{10'044};
    CHECK(settings == wanted);
    CHECK(settings.of(12).full_hold == 1_h);
}

TEST_CASE("every limit is read as it is written, at both ends of its range and at the factory's",
          "[edge][profile][property]")
{
    write_and_read_back<protocol::Limits>("standard");
    write_and_read_back<protocol::PostLimits>("post");
}

TEST_CASE("limits are written in the unit that people would use", "[edge][profile][unit]")
{
    CHECK(written(10_A) == "10 A");
    CHECK(written(4'800_mA) == "4.8 A");
    CHECK(written(24_mA) == "24 mA");
    CHECK(written(Milliwatts{300}) == "0.3 W");
    CHECK(written(Milliwatts{-1'500}) == "-1.5 W");
    CHECK(written(6'000_Wh) == "6 kWh");
    CHECK(written(2'500_Wh) == "2.5 kWh");
    CHECK(written(999_Wh) == "999 Wh");
    CHECK(written(90_s) == "90 s");
    CHECK(written(150_min) == "150 min");
    CHECK(written(24_h) == "24 h");
    CHECK(written(Millis{0}) == "0 s");
    CHECK(written(500_ms) == "500 ms");
    CHECK(written(DeciCelsius{705}) == "70.5 °C");
    CHECK(written(Gain{10'044}) == "100.44 %");
}

TEST_CASE("a profile that is no profile is refused by line and key", "[edge][profile][unit]")
{
    check_refused({
        {"name = ", 1, "", "is no TOML"},
        {"\xFF\xFE", 1, "", "is no TOML"},
        {"version = 1\n", 1, "name", "is missing"},
        {"name = 3\nversion = 1\n", 1, "name", "must be a text in quotes"},
        {"name = \"\"\nversion = 1\n", 1, "name", "1 to 20 letters"},
        {"name = \"twenty-one letters it.\"\nversion = 1\n", 1, "name", "1 to 20 letters"},
        {"name = \"电动\"\nversion = 1\n", 1, "name", "printable ASCII"},
        {"name = \"x\"\n", 1, "version", "is missing; it is a whole number from 1"},
        {"name = \"x\"\nversion = 0\n", 2, "version", "from 1 to 4294967295"},
        {"name = \"x\"\nversion = \"1\"\n", 2, "version", "a whole number"},
        {with("colour = 1\n"), 3, "colour", "is not known here; known are meter, name, post"},
        {with("standard = 1\n"), 3, "standard", "must be a table"},
    });
}

TEST_CASE("a limit that is wrong is refused by line and key, and told what would be right",
          "[edge][profile][unit]")
{
    check_refused({
        {with("[standard]\npower_mots = \"1 W\"\n"), 4, "standard.power_mots",
         "is not known here; known are"},
        {with("[standard]\npower_most = 700\n"), 4, "standard.power_most",
         "write a number with its unit in quotes, as in \"300 W\""},
        {with("[standard]\npower_most = \"700 V\"\n"), 4, "standard.power_most",
         "\"700 V\" does not say it"},
        {with("[standard]\npower_most = \"3501 W\"\n"), 4, "standard.power_most",
         "\"3501 W\" is out of range: 50 W to 3500 W is compiled in, and nobody's signature"},
        {with("[standard]\npower_most = \"49 W\"\n"), 4, "standard.power_most",
         "\"49 W\" is out of range: 50 W to 3500 W is compiled in"},
        {with("[standard]\nfull_below = \"2 W\"\n"), 4, "standard.full_below",
         "3 W to 250 W is compiled in, and nobody's signature"},
        {with("[standard]\npower_most = \"3000000 W\"\n"), 4, "standard.power_most",
         "is out of range"},
        {with("[standard]\npower_most = \"-700 W\"\n"), 4, "standard.power_most",
         "is out of range"},
        {with("[standard]\npower_most = \"700.0001 W\"\n"), 4, "standard.power_most",
         "is finer than a post can keep; the nearest it can is \"700 W\""},
        {with("[standard]\nfull_hold = 6\n"), 4, "standard.full_hold", "\"12s\""},
        {with("[standard]\nfull_hold = \"5 h\"\n"), 4, "standard.full_hold",
         "\"5 h\" is out of range: 1 s to 4 h is compiled in"},
        {with("[standard]\ndropouts_per_minute = \"6\"\n"), 4, "standard.dropouts_per_minute",
         "must be a whole number from 3 to 30"},
        {with("[standard]\ndropouts_per_minute = 31\n"), 4, "standard.dropouts_per_minute",
         "must be a whole number from 3 to 30"},
        {with("[standard]\novervoltage = \"250 V\"\n"), 4, "standard.overvoltage",
         "is not known here"},
    });
}

TEST_CASE("a second type or a meter that is wrong is refused by line and key",
          "[edge][profile][unit]")
{
    check_refused({
        {with("[second]\npower_most = \"1 kW\"\n"), 3, "second.outlets",
         "is missing; it is a list"},
        {with("[second]\noutlets = [0]\n"), 4, "second.outlets", "from 1 to 12, each once"},
        {with("[second]\noutlets = [1, 1]\n"), 4, "second.outlets", "each once"},
        {with("[second]\noutlets = [1, \"2\"]\n"), 4, "second.outlets", "each once"},
        {with("[second]\noutlets = 9\n"), 4, "second.outlets", "as in [9, 10]"},
        {with("[post]\nhard_overcurrent = \"8 A\"\n"), 4, "post.hard_overcurrent",
         "is not known here"},
        {with("[meter]\noutlet = 1\n"), 3, "meter", "[[meter]]"},
        {with("[[meter]]\nvoltage = 10000\n"), 3, "meter[1].outlet", "is missing"},
        {with("[[meter]]\noutlet = 13\n"), 4, "meter[1].outlet", "from 1 to 12"},
        {with("[[meter]]\noutlet = 1\n[[meter]]\noutlet = 1\n"), 6, "meter[2].outlet",
         "has a meter already"},
        {with("[[meter]]\noutlet = 1\npower = 10000\n"), 5, "meter[1].power", "is not known here"},
    });
}

TEST_CASE("all that is wrong with a profile is told at once, in the order of lines",
          "[edge][profile][unit]")
{
    const auto reading = read_profile("name = 1\n"
                                      "[standard]\n"
                                      "power_most = \"9 kA\"\n"
                                      "[post]\n"
                                      "stagger = \"0 s\"\n"
                                      "nonsense = 1\n");
    REQUIRE_FALSE(reading.ok());
    std::vector<std::string> keys;
    for (const auto& fault : reading.faults())
        keys.push_back(fault.key);
    CHECK(keys == std::vector<std::string>{"name", "version", "standard.power_most", "post.stagger",
                                           "post.nonsense"});
}

TEST_CASE("a file that is not there, no file, or endless is refused", "[edge][profile][unit]")
{
    const auto why = [](const std::filesystem::path& file) {
        return read_profile_file(file).faults().front().what;
    };
    CHECK(why("no/such/profile.toml").find("cannot be read") == 0);
    CHECK(why("config").find("cannot be read") == 0);
    const test::TempDir folder;
    std::ofstream{folder.path() / "long"} << std::string(toml_bytes_most + 1, '#');
    CHECK(why(folder.path() / "long").find("longer") != std::string::npos);
}

TEST_CASE("the meters of one post come from a file of their own, or from the profile, never both",
          "[edge][profile][unit]")
{
    const test::TempDir folder;
    const auto file = folder.path() / "meters.toml";
    std::ofstream{file} << "[[meter]]\noutlet = 2\nvoltage = 9900\n";
    const auto profile = settings_of(with("[standard]\npower_most = \"700 W\"\n"));
    const auto reading = read_meters_file(file, profile);
    REQUIRE(reading.ok());
    auto wanted = profile;
    wanted.calibration[1].voltage = Gain{9'900};
    CHECK(reading.settings() == wanted);

    CHECK_FALSE(read_meters_file(file, wanted).ok());
    std::ofstream{file} << "[standard]\npower_most = \"1 W\"\n";
    CHECK(read_meters_file(file, profile).faults().front().what.find("is not known here") == 0);
}
