#include "edge/ctl/noun.hpp"
#include "edge/ctl/site_check.hpp"
#include "edge/ctl/site_init.hpp"
#include "edge/runtime/clock.hpp"

#include <boost/json.hpp>

#include <memory>
#include <ostream>
#include <pwd.h>
#include <unistd.h>

namespace ks::edge {
namespace {

namespace json = boost::json;

std::string current_user()
{
    const auto* entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "mosquitto" : entry->pw_name;
}

struct InitOptions {
    std::string folder;
    std::string site;
    int posts{0};
    std::vector<std::string> named_posts;
    std::vector<std::string> hosts;
    int port{0};
    std::string broker_user{current_user()};
    bool as_json{false};
};

void print(const SiteReport& report, std::ostream& out)
{
    out << report.folder.string() << ": site " << report.site
        << (report.made ? " made, " : " was there, ") << report.posts_added.size()
        << " posts added, " << report.posts << " in all; the broker listens on "
        << report.broker_port << '\n';
}

void print_json(const SiteReport& report, std::ostream& out)
{
    out << json::object{{"dir", report.folder.string()},
                        {"site", report.site},
                        {"made", report.made},
                        {"posts", report.posts},
                        {"posts_added", json::value_from(report.posts_added)},
                        {"broker_port", report.broker_port}}
        << '\n';
}

void add_init(CLI::App& site, Terminal& terminal)
{
    auto* init = site.add_subcommand("init", "Makes a site's authority, identities and secrets, "
                                             "or adds posts to it");
    const auto options = std::make_shared<InitOptions>();
    init->add_option("--dir", options->folder, "The site's folder")->required();
    init->add_option("--site", options->site, "The site's id: 8 to 32 of A-Z, 0-9 and -")
        ->required();
    init->add_option("--posts", options->posts, "Posts called POST-0001 to here");
    init->add_option("--post", options->named_posts, "A post with a name of its own");
    init->add_option("--host", options->hosts, "A further name or address of broker and console");
    auto* port = init->add_option("--port", options->port, "The broker's port (8883)");
    init->add_option("--broker-user", options->broker_user,
                     "Who the broker becomes when root starts it (whoever runs this)");
    init->add_flag("--json", options->as_json, "Says what was made as one line of JSON");
    init->callback([options, port, &terminal] {
        const auto report =
            init_site({.folder = options->folder,
                       .site = options->site,
                       .post_count = options->posts,
                       .named_posts = options->named_posts,
                       .hosts = options->hosts,
                       .broker_port = port->empty() ? std::nullopt : std::optional{options->port},
                       .broker_user = options->broker_user},
                      Clock{}.wall());
        options->as_json ? print_json(report, terminal.out) : print(report, terminal.out);
    });
}

void add_check(CLI::App& site, Terminal& terminal)
{
    auto* check = site.add_subcommand("check", "Says what is wrong with a site's folder; 3 if so");
    const auto folder = std::make_shared<std::string>();
    const auto as_json = std::make_shared<bool>(false);
    check->add_option("--dir", *folder, "The site's folder")->required();
    check->add_flag("--json", *as_json, "One line of JSON");
    check->callback([folder, as_json, &terminal] {
        const auto faults = check_site(*folder, Clock{}.wall());
        if (!faults.empty()) terminal.code = ExitCode::found;
        if (*as_json) {
            terminal.out << json::object{{"dir", *folder}, {"faults", json::value_from(faults)}}
                         << '\n';
            return;
        }
        for (const auto& fault : faults)
            terminal.out << fault << '\n';
        if (faults.empty()) terminal.out << *folder << ": nothing is wrong\n";
    });
}

}  // namespace

void add_site(CLI::App& app, Terminal& terminal)
{
    auto* site = app.add_subcommand("site", "The identities and secrets of one shed");
    site->require_subcommand(1);
    add_init(*site, terminal);
    add_check(*site, terminal);
}

}  // namespace ks::edge
