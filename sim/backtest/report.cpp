#include "sim/backtest/report.hpp"

#include "firmware/protocol/names.hpp"
#include "sim/plant/overloaded.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace ks::sim {

namespace {

using protocol::TripCause;
namespace json = boost::json;

double seconds(Millis millis) { return static_cast<double>(millis.count()) / 1000.0; }

std::string name_of_deed(const GuardDeed& deed)
{
    return std::visit(Overloaded{[](const TripCleared& is) {
                                     return "cleared " + std::string{protocol::name_of(is.cause)};
                                 },
                                 [](auto word) { return std::string{protocol::name_of(word)}; }},
                      deed.what);
}

std::string time_told(Millis time)
{
    std::ostringstream out;
    out << std::setprecision(3);
    if (time < Millis{60'000})
        out << seconds(time) << " s";
    else if (time < Millis{3'600'000})
        out << seconds(time) / 60.0 << " min";
    else
        out << seconds(time) / 3600.0 << " h";
    return out.str();
}

std::string latency_told(const std::optional<Millis>& latency)
{
    return latency ? time_told(*latency) : "–";
}

}  // namespace

std::optional<Millis> RuleRow::median() const
{
    if (latencies.empty()) return std::nullopt;
    auto sorted = latencies;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
}

std::optional<Millis> RuleRow::worst() const
{
    if (latencies.empty()) return std::nullopt;
    return *std::max_element(latencies.begin(), latencies.end());
}

std::string told(const GuardDeed& deed)
{
    std::ostringstream out;
    out << name_of_deed(deed);
    if (deed.outlet == protocol::whole_post)
        out << " of the whole post";
    else
        out << " at outlet " << int{deed.outlet};
    out << " after " << time_told(deed.at - BacktestBench::ready);
    if (std::holds_alternative<TripCause>(deed.what))
        out << ": measured " << deed.measured << ", limit " << deed.limit << ", held for "
            << time_told(deed.held_for);
    return out.str();
}

void BacktestReport::add(const Curve& curve, const CurveOutcome& outcome,
                         const CurveVerdict& verdict)
{
    using Kind = CurveVerdict::Kind;
    ++curves_;
    hours_ += outcome.charging_hours;
    if (verdict.kind == Kind::detected || verdict.kind == Kind::late) {
        const auto* cause = std::get_if<TripCause>(&verdict.answer->what);
        auto& row = rules_[cause != nullptr ? *cause : curve.label.must.front()];
        ++(verdict.kind == Kind::detected ? row.detections : row.late);
        row.latencies.push_back(*verdict.latency);
    }
    if (verdict.kind == Kind::missed || verdict.kind == Kind::never_began)
        ++rules_[curve.label.must.front()].misses;
    for (const auto& trip : verdict.false_trips)
        ++rules_[std::get<TripCause>(trip.what)].false_trips;

    if (verdict.kind != Kind::right && verdict.kind != Kind::detected)
        findings_.push_back(curve.name + ": " + std::string{name_of(verdict.kind)} +
                            (verdict.answer ? ": " + told(*verdict.answer) : ""));
    for (const auto& trip : verdict.false_trips)
        findings_.push_back(curve.name + ": false trip: " + told(trip));
}

void BacktestReport::add(const CampaignDay& day)
{
    hours_ += day.charging_hours;
    sessions_ += day.sessions;
    for (std::size_t i = 0; i < day.false_trips.size(); ++i) {
        const auto& trip = day.false_trips[i];
        ++rules_[std::get<TripCause>(trip.what)].false_trips;
        findings_.push_back("day " + std::to_string(day.number) + ": false trip: " + told(trip) +
                            ", " + day.loads[i]);
    }
    for (const auto& end : day.odd_ends)
        findings_.push_back("day " + std::to_string(day.number) + ": odd end: " + told(end));
}

std::uint32_t BacktestReport::misses() const
{
    std::uint32_t sum = 0;
    for (const auto& [cause, row] : rules_)
        sum += row.misses + row.late;
    return sum;
}

std::uint32_t BacktestReport::false_trips() const
{
    std::uint32_t sum = 0;
    for (const auto& [cause, row] : rules_)
        sum += row.false_trips;
    return sum;
}

void print(std::ostream& out, const BacktestReport& report)
{
    constexpr int wide = 22;
    constexpr int column = 11;
    out << std::left << std::setw(wide) << "rule" << std::right;
    for (const auto* title :
         {"detected", "late", "missed", "false", "per 1000 h", "median", "worst"})
        out << std::setw(column) << title;
    out << '\n';
    for (const auto& [cause, row] : report.rules()) {
        out << std::left << std::setw(wide) << protocol::name_of(cause) << std::right
            << std::setw(column) << row.detections << std::setw(column) << row.late
            << std::setw(column) << row.misses << std::setw(column) << row.false_trips
            << std::setw(column) << std::fixed << std::setprecision(3)
            << report.false_rate(row.false_trips) << std::setw(column) << latency_told(row.median())
            << std::setw(column) << latency_told(row.worst()) << '\n';
    }
    for (const auto& finding : report.findings())
        out << finding << '\n';
    if (report.sessions() == 0)
        out << report.curves() << " curves, ";
    else
        out << report.sessions() << " sessions, ";
    out << std::fixed << std::setprecision(1) << report.hours() << " charging hours, "
        << report.misses() << " missed or late, " << report.false_trips() << " false trips ("
        << std::setprecision(4) << report.false_rate(report.false_trips()) << " per 1000 h)\n";
}

std::string as_json(const BacktestReport& report)
{
    json::object rules;
    for (const auto& [cause, row] : report.rules()) {
        const auto latency = [](const std::optional<Millis>& of) {
            return of ? json::value(of->count()) : json::value(nullptr);
        };
        rules[std::string{protocol::name_of(cause)}] = {
            {"detections", row.detections},
            {"late", row.late},
            {"misses", row.misses},
            {"false_trips", row.false_trips},
            {"false_trips_per_1000_h", report.false_rate(row.false_trips)},
            {"latency_ms_median", latency(row.median())},
            {"latency_ms_worst", latency(row.worst())}};
    }
    json::array findings;
    for (const auto& finding : report.findings())
        findings.emplace_back(finding);
    return json::serialize(json::object{{"curves", report.curves()},
                                        {"sessions", report.sessions()},
                                        {"charging_hours", report.hours()},
                                        {"missed_or_late", report.misses()},
                                        {"false_trips", report.false_trips()},
                                        {"rules", std::move(rules)},
                                        {"findings", std::move(findings)}});
}

}  // namespace ks::sim
