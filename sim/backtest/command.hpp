#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace CLI {
class App;
}

namespace ks::sim {

struct BacktestOptions {
    std::string family{};
    std::string why{};
    double hours = 0.0;
    std::uint64_t first_day = 0;
    unsigned jobs = 2;
    bool json = false;
};

/// The options of `kickstand-sim backtest`.
void add_backtest_options(CLI::App& app, BacktestOptions& options);

/// Runs the library, or with `hours` the campaign of false alarms, or explains one curve. The exit
/// code: 0 when all was as labelled, 3 when something was found, 2 when there is no such curve.
[[nodiscard]] int run_backtest(const BacktestOptions& options, std::ostream& out);

}  // namespace ks::sim
