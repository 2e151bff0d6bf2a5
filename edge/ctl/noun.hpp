#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>

namespace ks::edge {

/// What the tool's exit code says (D14).
enum class ExitCode : int {
    done = 0,
    failed = 1,   ///< the thing asked for could not be done; one line says why
    misused = 2,  ///< the command line is wrong
    found = 3,    ///< a check ran well and found something wrong
};

/// Where a command writes, and what it leaves behind.
struct Terminal {
    std::ostream& out;
    std::ostream& err;
    ExitCode code;
};

/// `kickstand site …`
void add_site(CLI::App& app, Terminal& terminal);
/// `kickstand settings …`
void add_settings(CLI::App& app, Terminal& terminal);
/// `kickstand tail`
void add_tail(CLI::App& app, Terminal& terminal);
/// `kickstand log …`
void add_log(CLI::App& app, Terminal& terminal);

}  // namespace ks::edge
