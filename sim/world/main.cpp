#include "firmware/base/check.hpp"
#include "sim/world/command.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace {

using namespace ks;
using namespace ks::sim;

constexpr int misused = 2;

/// A check that fails traps; the program is over anyway, so it may say at length where and in which
/// life.
void say_last_words(int number)
{
    std::printf("check failed: %s:%lu\n%s\n", last_words.file == nullptr ? "" : last_words.file,
                static_cast<unsigned long>(last_words.line), replay_line());
    std::fflush(stdout);
    ::signal(number, SIG_DFL);
    ::raise(number);
}

}  // namespace

int main(int argc, char** argv)
{
    ::signal(SIGILL, say_last_words);
    ::signal(SIGTRAP, say_last_words);

    CLI::App app{"Whole chains on virtual time: posts, broker, edge and log from one seed."};
    WorldOptions options;
    auto* one = app.add_option("--seed", options.first_seed, "the life to lead");
    std::string range;
    app.add_option("--seeds", range, "lives to lead, as in 1..500")->excludes(one);
    app.add_option("--hours", options.hours, "so many hours of lives, from the first seed on")
        ->check(CLI::Range(0.01, 1e6));
    app.add_option("--minutes", options.minutes, "what each lasts before peace (default: 10)")
        ->check(CLI::Range(1, 10'000));
    app.add_option("--posts", options.posts, "posts of each (default: 3)")
        ->check(CLI::Range(1, 250));
    app.add_option("--outlets", options.outlets, "outlets of each post (default: 2)")
        ->check(CLI::Range(1, 12));
    try {
        app.parse(argc, argv);
        options.last_seed = options.first_seed;
        if (!range.empty()) {
            const auto dots = range.find("..");
            if (dots == std::string::npos) throw CLI::ValidationError{"--seeds", "is A..B"};
            options.first_seed = std::stoull(range);
            options.last_seed = std::stoull(range.substr(dots + 2));
        }
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : misused;
    } catch (const std::logic_error&) {
        std::cerr << "--seeds " << range << ": must be two numbers, as in 1..500\n";
        return misused;
    }
    return run_worlds(options, std::cout);
}
