#include "edge/ctl/noun.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv)
{
    using ks::edge::ExitCode;
    ks::edge::Terminal terminal{.out = std::cout, .err = std::cerr, .code = ExitCode::done};
    CLI::App app{"Kickstand's command-line tool."};
    app.name("kickstand");
    app.require_subcommand(1);
    ks::edge::add_site(app, terminal);
    ks::edge::add_settings(app, terminal);
    ks::edge::add_tail(app, terminal);
    ks::edge::add_log(app, terminal);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked_for_help = app.exit(error, std::cout, std::cerr) == 0;
        return static_cast<int>(asked_for_help ? ExitCode::done : ExitCode::misused);
    } catch (const std::exception& error) {
        std::cerr << "kickstand: " << error.what() << '\n';
        return static_cast<int>(ExitCode::failed);
    }
    return static_cast<int>(terminal.code);
}
