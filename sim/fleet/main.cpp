#include "edge/toml/profile.hpp"
#include "firmware/crypto/sha256.hpp"
#include "sim/backtest/command.hpp"
#include "sim/fleet/loop.hpp"

#include <boost/json.hpp>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <netdb.h>
#include <sys/stat.h>

namespace {

using namespace ks;
using namespace ks::sim;
namespace json = boost::json;
namespace fs = std::filesystem;

/// What the tool's exit code says (D14).
enum class ExitCode : int { done = 0, failed = 1, misused = 2, found = 3 };

struct Options {
    fs::path site;
    std::string broker;
    std::string broker_name;
    std::uint16_t posts{0};
    fs::path scenario;
    fs::path profile;
    fs::path state;
    fs::path truth;
    fs::path control;
    fs::path check;
    double seconds{0.0};
    bool summary{false};
    bool json{false};
};

void add_options(CLI::App& app, Options& options)
{
    app.add_option("--site", options.site, "folder that kickstand site init made");
    app.add_option("--broker", options.broker, "host:port of the MQTT broker");
    app.add_option("--broker-name", options.broker_name,
                   "name in the broker's certificate (default: the host, or localhost for a "
                   "numeric address)");
    app.add_option("--posts", options.posts, "how many of the site's posts (default: all)");
    app.add_option("--scenario", options.scenario, "what happens at them (default: nothing)");
    app.add_option("--profile", options.profile,
                   "profile the posts were commissioned with (default: the factory's)");
    app.add_option("--state", options.state, "folder of the flash images (default: in memory)");
    app.add_option("--truth", options.truth, "file for the posts' own truth, as JSON lines");
    app.add_option("--control", options.control, "Unix socket that takes commands");
    app.add_option("--for", options.seconds, "stop after so many seconds")
        ->check(CLI::Range(0.001, 1e9));
    app.add_option("--check", options.check, "only say what is wrong with a scenario file");
    app.add_flag("--summary", options.summary, "end with one JSON line on standard output");
    app.add_flag("--json", options.json, "say everything as JSON lines on standard output");
}

void say(const Options& options, std::string_view event, const json::object& words)
{
    if (options.json) {
        json::object line{{"event", event}};
        for (const auto& [key, value] : words)
            line[key] = value;
        std::cout << json::serialize(line) << std::endl;
        return;
    }
    std::cerr << event;
    for (const auto& [key, value] : words) {
        const std::string_view name{key.data(), key.size()};
        std::cerr << ' ' << name << '=' << json::serialize(value);
    }
    std::cerr << std::endl;
}

[[noreturn]] void refuse(const Options& options, std::string_view event, const fs::path& file,
                         const std::vector<edge::TomlFault>& faults)
{
    for (const auto& fault : faults) {
        if (options.json)
            say(options, event,
                {{"file", file.string()},
                 {"line", fault.line},
                 {"key", fault.key},
                 {"what", fault.what}});
        else
            std::cerr << told(fault, file.string()) << '\n';
    }
    throw Trouble{file.string() + ": " + std::to_string(faults.size()) +
                  " faults; nothing was started"};
}

protocol::Settings profile_of(const Options& options)
{
    if (options.profile.empty()) return protocol::factory_settings;
    const auto reading = edge::read_profile_file(options.profile);
    if (!reading.ok()) refuse(options, "profile.refused", options.profile, reading.faults());
    return reading.settings();
}

Scenario scenario_of(const Options& options, const fs::path& file)
{
    const auto profile = profile_of(options);
    if (file.empty()) return read_scenario("", profile).scenario();
    const auto reading = read_scenario_file(file, profile);
    if (!reading.ok()) refuse(options, "scenario.refused", file, reading.faults());
    return reading.scenario();
}

struct Broker {
    std::string host;
    std::string address;
    std::uint16_t port;
};

Broker broker_of(const std::string& text)
{
    const auto colon = text.rfind(':');
    std::uint32_t port = 0;
    if (colon != std::string::npos)
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    if (port == 0 || port > 65'535)
        throw Trouble{"--broker " + text + ": must be host:port, as in 127.0.0.1:8883"};
    const auto host = text.substr(0, colon);

    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0 || found == nullptr)
        throw Trouble{"--broker " + text + ": the host has no address"};
    std::array<char, INET_ADDRSTRLEN> address{};
    const auto* first = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
    ::inet_ntop(AF_INET, &first->sin_addr, address.data(), address.size());
    ::freeaddrinfo(found);
    return {.host = host, .address = address.data(), .port = static_cast<std::uint16_t>(port)};
}

/// The program itself is the firmware that the posts run: its digest and its age are theirs.
app::Build build_of_this_program()
{
    const fs::path program{"/proc/self/exe"};
    std::ifstream in{program, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const auto digest = crypto::sha256(bytes_of(bytes));
    app::Build build{};
    std::copy_n(digest.begin(), build.digest.size(), build.digest.begin());
    struct ::stat status {};
    if (::stat(program.c_str(), &status) == 0)
        build.built = UnixMillis{std::int64_t{status.st_mtim.tv_sec} * 1000};
    return build;
}

Fleet fleet_of(const Options& options, Scenario scenario)
{
    if (options.site.empty()) throw Trouble{"--site is missing"};
    if (options.broker.empty()) throw Trouble{"--broker is missing"};
    const auto optional = [](const fs::path& path) {
        return path.empty() ? std::nullopt : std::optional{path};
    };
    const auto broker = broker_of(options.broker);
    auto name = options.broker_name;
    if (name.empty()) name = broker.host == broker.address ? "localhost" : broker.host;
    std::optional<std::size_t> count;
    if (options.posts != 0) count = options.posts;
    return Fleet{SiteFolder{options.site}.provision_all(count, name),
                 {.broker_address = broker.address,
                  .broker_port = broker.port,
                  .build = build_of_this_program(),
                  .state = optional(options.state),
                  .truth = optional(options.truth)},
                 std::move(scenario)};
}

json::object summary_of(Fleet& fleet, const Loop::Figures& figures)
{
    double delivered = 0.0;
    std::size_t linked = 0;
    for (std::size_t i = 0; i < fleet.size(); ++i) {
        auto& post = fleet.post(i);
        if (post.linked()) ++linked;
        for (std::uint8_t outlet = 1; outlet <= fleet.outlets(); ++outlet)
            delivered += post.plant().outlet(outlet).truth().delivered;
    }
    const auto& truth = fleet.truth();
    const std::size_t outlets = fleet.size() * std::size_t{fleet.outlets()};
    return {{"posts", fleet.size()},
            {"outlets", outlets},
            {"linked", linked},
            {"boots", truth.boots()},
            {"alarm_records", truth.records(protocol::Lane::alarm)},
            {"event_records", truth.records(protocol::Lane::event)},
            {"tele_records", truth.records(protocol::Lane::tele)},
            {"delivered_mwh", std::llround(delivered / joules_per_watt_hour * 1000.0)},
            {"passes", figures.passes},
            {"pass_gap_ms_max", figures.pass_gap_most.count()},
            {"clock_lost_ms", figures.clock_lost.count()},
            {"busy_share", std::round(figures.busy_share * 1e4) / 1e4}};
}

void run(const Options& options)
{
    auto fleet = fleet_of(options, scenario_of(options, options.scenario));
    std::optional<ControlServer> control;
    if (!options.control.empty()) control.emplace(options.control);
    Loop loop{fleet, control ? &*control : nullptr};
    say(options, "posts.started", {{"posts", fleet.size()}, {"broker", options.broker}});
    std::optional<Millis> lasts;
    if (options.seconds > 0.0) lasts = Millis{static_cast<std::int64_t>(options.seconds * 1000)};
    const auto figures = loop.run(lasts);
    const auto summary = summary_of(fleet, figures);
    say(options, "posts.stopped", summary);
    if (options.summary) std::cout << json::serialize(summary) << std::endl;
}

/// A check of the firmware that fails traps; its last words must not get lost with the process.
void last_words_of_a_post(int number)
{
    if (last_words.file != nullptr) {
        static_cast<void>(::write(STDERR_FILENO, "check failed: ", 14));
        static_cast<void>(::write(STDERR_FILENO, last_words.file, std::strlen(last_words.file)));
        std::array<char, 16> line{":"};
        const auto end = std::to_chars(line.data() + 1, line.data() + 12, last_words.line).ptr;
        *end = '\n';
        static_cast<void>(
            ::write(STDERR_FILENO, line.data(), static_cast<std::size_t>(end + 1 - line.data())));
    }
    ::signal(number, SIG_DFL);
    ::raise(number);
}

}  // namespace

int main(int argc, char** argv)
{
    ::signal(SIGILL, last_words_of_a_post);
    ::signal(SIGTRAP, last_words_of_a_post);
    ::signal(SIGPIPE, SIG_IGN);

    CLI::App app{
        "Simulated charging posts: the real firmware in real time, against a real broker."};
    Options options;
    add_options(app, options);
    BacktestOptions backtest;
    auto* wants_backtest =
        app.add_subcommand("backtest", "labelled charging curves against the guard that ships");
    add_backtest_options(*wants_backtest, backtest);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::misused);
    }
    try {
        if (wants_backtest->parsed()) return run_backtest(backtest, std::cout);
        if (!options.check.empty()) {
            const auto scenario = scenario_of(options, options.check);
            say(options, "scenario.good",
                {{"file", options.check.string()},
                 {"posts", scenario.posts},
                 {"deeds", scenario.deeds.size()}});
            return static_cast<int>(ExitCode::done);
        }
        run(options);
        return static_cast<int>(ExitCode::done);
    } catch (const std::exception& trouble) {
        say(options, "posts.failed", {{"why", trouble.what()}});
        return static_cast<int>(options.check.empty() ? ExitCode::failed : ExitCode::found);
    }
}
