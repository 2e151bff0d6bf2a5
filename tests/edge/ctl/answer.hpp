#pragma once

#include "edge/ctl/noun.hpp"

#include <boost/json.hpp>

#include <sstream>
#include <string>

namespace ks::test {

/// What a command printed, and its exit code.
struct Answer {
    std::string out;
    edge::ExitCode code;

    [[nodiscard]] bool says(std::string_view text) const
    {
        return out.find(text) != std::string::npos;
    }
    [[nodiscard]] boost::json::object json() const { return boost::json::parse(out).as_object(); }
};

/// `add` is the noun's own function; the words as CLI11 takes them.
template <class Words>
Answer answer_to(void (&add)(CLI::App&, edge::Terminal&), Words words)
{
    std::ostringstream out;
    std::ostringstream err;
    edge::Terminal terminal{.out = out, .err = err, .code = edge::ExitCode::done};
    CLI::App app;
    app.require_subcommand(1);
    add(app, terminal);
    app.parse(words);
    return {out.str(), terminal.code};
}

}  // namespace ks::test
