#include "edge/ctl/noun.hpp"
#include "edge/ctl/site_folder.hpp"
#include "tests/edge/ctl/site_fixture.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <sstream>

using namespace ks;
using namespace ks::edge;
using namespace ks::test;

namespace {

struct Answer {
    std::string out;
    ExitCode code;
};

Answer ask(const std::string& line)
{
    std::ostringstream out;
    std::ostringstream err;
    Terminal terminal{.out = out, .err = err, .code = ExitCode::done};
    CLI::App app;
    app.require_subcommand(1);
    add_site(app, terminal);
    app.parse(line);
    return {out.str(), terminal.code};
}

}  // namespace

TEST_CASE("site init says in JSON what it made", "[edge][site][unit]")
{
    const SiteFixture site;
    const auto command = "site init --dir " + site.folder.string() +
                         " --site SHED-NORTH --posts 2 --post SHED-EAST-17 --port 18883 --json";
    const auto first = boost::json::parse(ask(command).out).as_object();
    CHECK(first.at("made").as_bool());
    CHECK(first.at("site") == "SHED-NORTH");
    CHECK(first.at("posts") == 3);
    CHECK(first.at("posts_added").as_array().size() == 3);
    CHECK(first.at("broker_port") == 18'883);

    const auto again = boost::json::parse(ask(command).out).as_object();
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
    const auto faults = boost::json::parse(bad.out).as_object().at("faults").as_array();
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
