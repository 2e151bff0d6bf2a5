#include "edge/app/config.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace ks;
using namespace ks::edge;

namespace {

/// A folder with the files a good config names.
struct Place {
    test::TempDir folder;

    Place()
    {
        write("command.key", std::string(32, 'k'));
        write("webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
        write("some.pem", "pem");
    }
    void write(const std::string& name, const std::string& content) const
    {
        std::ofstream{folder.path() / name, std::ios::binary} << content;
    }
    [[nodiscard]] std::string path(const std::string& name) const
    {
        return (folder.path() / name).string();
    }
    [[nodiscard]] std::string good() const
    {
        return "[site]\nid = \"SITE-0001\"\ncommand_key_file = \"" + path("command.key") +
               "\"\n[log]\nfile = \"log.db\"\n[broker]\nsecurity = \"none\"\nport = 1883\n"
               "[access]\ncards = \"any\"\n[webhook]\nurl = \"http://localhost:1/\"\n"
               "secret_file = \"" +
               path("webhook.secret") + "\"\n";
    }
    [[nodiscard]] ConfigResult read(const std::string& content) const
    {
        write("edge.toml", content);
        return read_config(folder.path() / "edge.toml");
    }
};

}  // namespace

TEST_CASE("a good config is taken with its limits", "[edge][config]")
{
    const Place place;
    const auto result = place.read(place.good() + "[diagnostics]\nlevel = \"debug\"\n");

    for (const auto& fault : result.faults)
        FAIL(text_of(fault));
    REQUIRE(result.config);
    CHECK(result.config->site == "SITE-0001");
    CHECK(result.config->command_key[0] == std::byte{'k'});
    CHECK(result.config->access.time_limit == Millis{10 * 3'600'000});
    CHECK(result.config->webhook->key.size() == 24);
    CHECK(result.config->webhook->events.size() == 2);
    CHECK(result.config->reserve == 64 << 20);
    CHECK(result.config->disk_alarms == Config::DiskAlarms::on);
    CHECK(result.config->level == LogLevel::debug);
    CHECK_FALSE(result.config->console);
}

TEST_CASE("a wrong config is refused with line, key and what would be right", "[edge][config]")
{
    struct Bad {
        std::string added;
        std::string said;
    };
    const Place place;
    const auto bad = GENERATE_COPY(
        Bad{"[broker2]\n", "edge.toml:14: broker2: is not known"},
        Bad{"colour = 1\n", "edge.toml:14: webhook.colour: is not known; known here: url"},
        Bad{"deadline = 10\n", "edge.toml:14: webhook.deadline: has no unit; write a whole number "
                               "and a unit, as in \"10 s\""},
        Bad{"deadline = \"10 sec\"\n", "edge.toml:14: webhook.deadline: \"10 sec\" cannot be read"},
        Bad{"deadline = \"s\"\n", "webhook.deadline: \"s\" cannot be read"},
        Bad{"deadline = \"1.5 s\"\n", "webhook.deadline: \"1.5 s\" cannot be read"},
        Bad{"deadline = \"99999999999999999999 h\"\n", "cannot be read"},
        Bad{"deadline = \"9223372036854775807 h\"\n", "cannot be read"},
        Bad{"deadline = \"2 h\"\n", "webhook.deadline: is not from 1 s to 60 s"},
        Bad{"events = [\"alarm.rised\"]\n", "\"alarm.rised\" is none of"},
        Bad{"events = \"alarm.raised\"\n", "webhook.events: must be a list"},
        Bad{"events = [1]\n", "webhook.events: must be a list"},
        Bad{"authority_file = \"/nowhere\"\n", "webhook.authority_file: cannot read"},
        Bad{"[diagnostics]\nlevel = \"loud\"\n", "\"loud\" is none of \"info\", \"debug\""},
        Bad{"[diagnostics]\nlevel = 3\n", "edge.toml:15: diagnostics.level: must be text"},
        Bad{"[console]\nport = \"443\"\nweb_folder = \"w\"\nstate_folder = \"s\"\n",
            "edge.toml:15: console.port: must be a whole number without quotes"},
        Bad{"[console]\nport = 70000\nweb_folder = \"w\"\nstate_folder = \"s\"\n",
            "console.port: 70000 is not from 0 to 65535"},
        Bad{"[console]\n", "console.web_folder: is missing"},
        Bad{"url = \"x\"\n", "edge.toml:14: "}, Bad{"]\n", "edge.toml:14: "});
    CAPTURE(bad.added);

    const auto result = place.read(place.good() + bad.added);

    CHECK_FALSE(result.config);
    std::string all;
    for (const auto& fault : result.faults)
        all += text_of(fault) + "\n";
    CHECK_THAT(all, Catch::Contains(bad.said));
}

TEST_CASE("what the log keeps free has bounds, and only a word silences the disk", "[edge][config]")
{
    const Place place;
    const auto with = [&](const std::string& line) {
        auto content = place.good();
        content.insert(content.find("[broker]"), line + "\n");
        return place.read(content);
    };
    CHECK(with("reserve_mib = 8").config->reserve == 8 << 20);
    CHECK(with("reserve_mib = 65536").config);
    CHECK_THAT(text_of(with("reserve_mib = 7").faults.at(0)),
               Catch::Contains("log.reserve_mib: 7 is not from 8 to 65536"));
    CHECK_THAT(text_of(with("reserve_mib = 65537").faults.at(0)),
               Catch::Contains("is not from 8 to 65536"));
    CHECK(with("disk_alarms = \"off\"").config->disk_alarms == Config::DiskAlarms::off);
    CHECK_THAT(text_of(with("disk_alarms = \"no\"").faults.at(0)),
               Catch::Contains("log.disk_alarms: \"no\" is none of \"on\", \"off\""));
}

TEST_CASE("all faults of a config are named at once", "[edge][config]")
{
    const Place place;
    place.write("short.key", "k");
    const auto result =
        place.read("[site]\nid = \"shed 7\"\ncommand_key_file = \"" + place.path("short.key") +
                   "\"\n[broker]\nhost = \"far.example\"\nsecurity = \"none\"\n"
                   "[access]\ncards = [\"xyz\", \"0\"]\ntime_limit = \"20 h\"\n"
                   "energy_limit = \"6 kW\"\n");

    std::vector<std::string> keys;
    for (const auto& fault : result.faults)
        keys.push_back(fault.key);
    CHECK(keys == std::vector<std::string>{"log.file", "site.id", "site.command_key_file",
                                           "broker.security", "access.cards", "access.cards",
                                           "access.time_limit", "access.energy_limit"});
}

TEST_CASE("an empty config allows nothing and starts nothing", "[edge][config]")
{
    const Place place;
    CHECK_FALSE(place.read("").config);
    CHECK_FALSE(place.read("").faults.empty());
    CHECK_FALSE(read_config("/nowhere/edge.toml").config);
}

TEST_CASE("a list of cards is a list, and an empty one lets nobody in", "[edge][config]")
{
    const Place place;
    auto text = place.good();
    text.replace(text.find("\"any\""), 5, "[\"9f3c04d1\"]");
    const auto some = place.read(text);
    REQUIRE(some.config);
    CHECK(std::get<std::set<protocol::CardToken>>(some.config->access.cards) ==
          std::set<protocol::CardToken>{0x9f3c04d1});

    auto none = place.good();
    none.replace(none.find("\"any\""), 5, "[]");
    REQUIRE(place.read(none).config);
    CHECK(std::get<std::set<protocol::CardToken>>(place.read(none).config->access.cards).empty());
}
