#include "sim/backtest/why.hpp"

#include "firmware/protocol/names.hpp"
#include "sim/backtest/report.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

namespace ks::sim {

namespace {

constexpr std::size_t minutes_before = 30;
constexpr std::size_t minutes_after = 5;
constexpr int bar_most = 50;

std::size_t minute_of(Instant at)
{
    return static_cast<std::size_t>(at.since_boot().count() / 60'000);
}

void draw(std::ostream& out, const std::vector<CurveMinute>& minutes, std::size_t around)
{
    const auto from = around > minutes_before ? around - minutes_before : 0;
    const auto until = std::min(minutes.size(), around + minutes_after);
    float most = 1.0F;
    for (const auto& minute : minutes)
        most = std::max(most, minute.watts);
    out << "minute     mean W  contact °C\n";
    for (auto i = from; i < until; ++i) {
        const auto& minute = minutes[i];
        const auto bar = static_cast<int>(std::lround(minute.watts / most * bar_most));
        out << std::setw(6) << i << (i == around ? " >" : "  ") << std::fixed
            << std::setprecision(1) << std::setw(9) << minute.watts << std::setw(12)
            << minute.contact_celsius << "  " << std::string(static_cast<std::size_t>(bar), '#')
            << '\n';
    }
}

/// The post's own memory of the readings before the cut, as its record carries them.
void draw(std::ostream& out, const core::NewsTrace& news)
{
    out << "  the readings before " << protocol::name_of(news.trace.cause) << " at outlet "
        << int{news.trace.outlet} << ":\n";
    for (const auto& point : news.trace.points)
        out << std::setw(10) << std::fixed << std::setprecision(1)
            << -static_cast<double>(point.before.count()) / 1000.0 << " s" << std::setw(9)
            << point.current.count() << " mA" << std::setw(10) << point.power.count() << " mW\n";
}

template <class Word>
void list(std::ostream& out, std::string_view title, const std::vector<Word>& words)
{
    if (words.empty()) return;
    out << "  " << title << ':';
    for (const auto word : words)
        out << ' ' << protocol::name_of(word);
    out << '\n';
}

}  // namespace

void explain(std::ostream& out, const Curve& curve)
{
    const auto outcome = run(curve, BacktestBench::Ticking::stepped);
    const auto verdict = judged(curve, outcome);
    out << curve.name << " (" << curve.source << ")\n";
    list(out, "must trip for one of", curve.label.must);
    list(out, "may trip for", curve.label.may);
    list(out, "must end by one of", curve.label.ends);
    if (outcome.hazard_at)
        out << "  the hazard began after "
            << static_cast<double>((*outcome.hazard_at - BacktestBench::ready).count()) / 1000.0
            << " s\n";
    out << "  " << name_of(verdict.kind);
    if (verdict.latency)
        out << ", " << static_cast<double>(verdict.latency->count()) / 1000.0 << " s later";
    out << '\n';
    for (const auto& deed : outcome.deeds)
        out << "  " << told(deed) << '\n';
    if (outcome.deeds.empty()) {
        out << "  the guard did nothing\n";
        return draw(out, outcome.minutes, outcome.minutes.size());
    }
    for (const auto& trace : outcome.traces)
        draw(out, trace);
    draw(out, outcome.minutes, minute_of(outcome.deeds.front().at));
}

}  // namespace ks::sim
