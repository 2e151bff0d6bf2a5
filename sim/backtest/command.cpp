#include "sim/backtest/command.hpp"

#include "sim/backtest/in_parallel.hpp"
#include "sim/backtest/library.hpp"
#include "sim/backtest/report.hpp"
#include "sim/backtest/why.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

namespace ks::sim {

namespace {

// What the tool's exit code says (D14).
constexpr int as_labelled = 0;
constexpr int no_such_curve = 2;
constexpr int found_something = 3;

constexpr std::uint64_t campaign_seed = 1;
/// About what ten busy outlets charge in a day; the campaign goes on until it has the hours.
constexpr double hours_of_a_day = 220.0;

BacktestReport library_report(const BacktestOptions& options)
{
    auto curves = curve_library();
    if (!options.family.empty())
        std::erase_if(curves, [&](const Curve& curve) { return curve.family != options.family; });
    struct Done {
        CurveOutcome outcome;
        CurveVerdict verdict;
    };
    std::vector<Done> done(curves.size());
    in_parallel(curves.size(), options.jobs, [&](std::size_t index) {
        done[index].outcome = run(curves[index], BacktestBench::Ticking::stepped);
        done[index].verdict = judged(curves[index], done[index].outcome);
    });
    BacktestReport report;
    for (std::size_t i = 0; i < curves.size(); ++i)
        report.add(curves[i], done[i].outcome, done[i].verdict);
    return report;
}

BacktestReport campaign_report(const BacktestOptions& options)
{
    BacktestReport report;
    for (auto from = options.first_day; report.hours() < options.hours;) {
        const auto missing = (options.hours - report.hours()) / hours_of_a_day;
        std::vector<CampaignDay> days(static_cast<std::size_t>(missing) + 1);
        in_parallel(days.size(), options.jobs, [&](std::size_t index) {
            days[index] = campaign_day(campaign_seed, from + index, campaign_day_lasts);
        });
        for (const auto& day : days)
            report.add(day);
        from += days.size();
    }
    return report;
}

}  // namespace

void add_backtest_options(CLI::App& app, BacktestOptions& options)
{
    app.add_option("--hours", options.hours,
                   "instead: so many charging hours of legitimate variety, looking for false trips")
        ->check(CLI::Range(1.0, 1e7));
    app.add_option("--first-day", options.first_day,
                   "with --hours: go on where an earlier campaign ended (days count from 0)");
    app.add_option("--family", options.family, "only the curves of this family");
    app.add_option("--why", options.why, "explain this one curve");
    app.add_option("--jobs", options.jobs, "threads (default: 2)")->check(CLI::Range(1, 256));
    app.add_flag("--json", options.json, "the report as one JSON line");
}

int run_backtest(const BacktestOptions& options, std::ostream& out)
{
    if (!options.why.empty()) {
        for (const auto& curve : curve_library()) {
            if (curve.name != options.why) continue;
            explain(out, curve);
            return as_labelled;
        }
        out << "there is no curve " << options.why << "; the library has\n";
        for (const auto& curve : curve_library())
            out << "  " << curve.name << '\n';
        return no_such_curve;
    }
    const auto report = options.hours > 0.0 ? campaign_report(options) : library_report(options);
    if (report.curves() == 0 && report.sessions() == 0) {
        out << "there is no family " << options.family << '\n';
        return no_such_curve;
    }
    if (options.json)
        out << as_json(report) << '\n';
    else
        print(out, report);
    return report.findings().empty() ? as_labelled : found_something;
}

}  // namespace ks::sim
