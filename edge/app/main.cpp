#include "edge/app/config.hpp"
#include "edge/app/daemon.hpp"
#include "edge/app/summary.hpp"
#include "edge/console/server.hpp"
#include "edge/runtime/last_words.hpp"
#include "edge/runtime/log.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

namespace {

using namespace ks::edge;

struct Options {
    std::string config{"config/edge.toml"};
    std::string summary;
    std::string ready;
    bool check_only{false};
};

ConsoleSetup console_setup(const Config::ConsolePart& part)
{
    ConsoleSetup setup{
        .address = part.address, .port = part.port, .web = part.web, .state = part.state};
    if (part.certificate && part.key)
        setup.certificate = {.chain = *part.certificate, .key = *part.key};
    return setup;
}

void open_console(std::optional<ConsoleServer>& console, Daemon& daemon)
{
    const auto& part = daemon.config().console;
    if (!part) return;
    const ConsoleParts parts{.site = daemon.site(),
                             .feed = daemon.feed(),
                             .readers = daemon.readers(),
                             .published = daemon.published(),
                             .clock = daemon.clock()};
    console.emplace(daemon.executor(), console_setup(*part), parts, ConsoleLimits{});
    console->start();
    daemon.on_stopping = [&console] { console->stop(); };
    daemon.still_ending = [&console] { return console->connections() > 0; };
    log_info("console.listening",
             {{"url", console->url()}, {"first_login", console->first_login().string()}});
}

int serve(Config config, const Options& options)
{
    start_log(config.level);
    Daemon daemon{std::move(config)};
    std::optional<ConsoleServer> console;
    open_console(console, daemon);
    daemon.on_ready = [&] {
        log_info("daemon.ready", {{"site", daemon.config().site}});
        if (!options.ready.empty()) write_whole(options.ready, "ready\n");
    };
    const int code = daemon.run();
    try {
        if (!options.summary.empty()) write_whole(options.summary, summary_of(daemon));
    } catch (const std::exception& error) {
        // A disk that refused the log refuses this as well; the code must still say why we end.
        log_error("summary.failed", {{"error", error.what()}});
        return code == 0 ? 1 : code;
    }
    return code;
}

/// What only the console knows to be wrong: each with the key that says it.
void add_console_faults(ConfigResult& result, const std::string& file)
{
    if (!result.config || !result.config->console) return;
    for (const auto fault : faults_of(console_setup(*result.config->console))) {
        result.faults.push_back({.file = file,
                                 .line = 0,
                                 .key = std::string{key_of(fault)},
                                 .what = std::string{explained(fault)}});
    }
    if (!result.faults.empty()) result.config.reset();
}

int run(const Options& options)
{
    auto result = read_config(options.config);
    add_console_faults(result, options.config);
    for (const auto& fault : result.faults)
        std::cerr << text_of(fault) << '\n';
    if (!result.config) return 2;
    if (options.check_only) {
        std::cout << options.config << ": good\n";
        return 0;
    }
    return serve(std::move(*result.config), options);
}

}  // namespace

int main(int argc, char** argv)
{
    install_last_words();
    // A peer that goes away while we write to it is an error code, not our end.
    std::signal(SIGPIPE, SIG_IGN);
    // So is a file that may not grow: the log treats it as a disk that refuses.
    std::signal(SIGXFSZ, SIG_IGN);
    Options options;
    CLI::App app{"Kickstand's edge daemon: posts in, log, alarms and console out."};
    app.name("kickstand-edge");
    app.add_option("--config", options.config, "the config file")->required();
    app.add_option("--summary", options.summary, "write one JSON object here when stopped");
    app.add_option("--ready-file", options.ready, "write this file once connected and serving");
    app.add_flag("--check-config", options.check_only, "name every fault of the config, and stop");
    try {
        app.parse(argc, argv);
        return run(options);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::cerr << "kickstand-edge: " << error.what() << '\n';
        return 1;
    }
}
