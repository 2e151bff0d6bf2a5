#include "edge/ctl/site_folder.hpp"
#include "tests/edge/ctl/answer.hpp"
#include "tests/edge/ctl/site_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;

namespace {

Answer ask(const std::string& line) { return answer_to(add_site, line); }

}  // namespace

TEST_CASE("site init says in JSON what it made", "[edge][site][unit]")
{
    const SiteFixture site;
    const auto command = "site init --dir " + site.folder.string() +
                         " --site SHED-NORTH --posts 2 --post SHED-EAST-17 --port 18883 --json";
    const auto first = ask(command).json();
    CHECK(first.at("made").as_bool());
    CHECK(first.at("site") == "SHED-NORTH");
    CHECK(first.at("posts") == 3);
    CHECK(first.at("posts_added").as_array().size() == 3);
    CHECK(first.at("broker_port") == 18'883);

    const auto again = ask(command).json();
    CHECK_FALSE(again.at("made").as_bool());
    CHECK(again.at("posts_added").as_array().empty());
}

TEST_CASE("site check tells a good site from a bad one by its exit code", "[edge][site][unit]")
{
    const SiteFixture site;
    static_cast<void>(ask("site init --dir " + site.folder.string() + " --site SHED-NORTH"));
    const auto command = "site check --dir " + site.folder.string();
    CHECK(ask(command).code == ExitCode::done);

    replace_file(site.folder / "broker/acl", bytes_of("topic readwrite #\n"), Access::owner);
    const auto bad = ask(command + " --json");
    CHECK(bad.code == ExitCode::found);
    const auto faults = bad.json().at("faults").as_array();
    CHECK(faults.size() >= 1);
    CHECK(ask(command).out.find("broker/acl: gives a right of its own") != std::string::npos);
}

TEST_CASE("a command line that is wrong is refused before anything happens", "[edge][site][unit]")
{
    for (const auto* line :
         {"", "site", "site init", "site init --dir /nowhere", "site init --site SHED-NORTH",
          "site init --dir /nowhere --site SHED-NORTH --posts many",
          "site init --dir /nowhere --site SHED-NORTH --frobnicate", "site paint", "shed init"}) {
        INFO(line);
        CHECK_THROWS_AS(ask(line), CLI::ParseError);
    }
}
