#pragma once

#include "sim/backtest/campaign.hpp"
#include "sim/backtest/verdict.hpp"

#include <iosfwd>
#include <map>

namespace ks::sim {

/// What is known of one rule after all curves.
struct RuleRow {
    std::uint32_t detections = 0;
    std::uint32_t late = 0;
    std::uint32_t misses = 0;
    std::uint32_t false_trips = 0;
    std::vector<Millis> latencies;

    [[nodiscard]] std::optional<Millis> median() const;
    [[nodiscard]] std::optional<Millis> worst() const;
};

/// The table of a safety case. A hazard counts for the rule that answered it; a
/// missed one for the rule that the label names first.
class BacktestReport {
public:
    void add(const Curve& curve, const CurveOutcome& outcome, const CurveVerdict& verdict);
    void add(const CampaignDay& day);

    [[nodiscard]] const std::map<protocol::TripCause, RuleRow>& rules() const { return rules_; }
    [[nodiscard]] double hours() const { return hours_; }
    [[nodiscard]] std::size_t curves() const { return curves_; }
    [[nodiscard]] std::size_t sessions() const { return sessions_; }
    [[nodiscard]] std::uint32_t misses() const;
    [[nodiscard]] std::uint32_t false_trips() const;
    /// In thousand charging hours.
    [[nodiscard]] double false_rate(std::uint32_t count) const
    {
        return hours_ > 0.0 ? count * 1000.0 / hours_ : 0.0;
    }
    /// One line for each curve or false trip that was not as labelled.
    [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }

private:
    std::map<protocol::TripCause, RuleRow> rules_;
    double hours_{0.0};
    std::size_t curves_{0};
    std::size_t sessions_{0};
    std::vector<std::string> findings_;
};

void print(std::ostream& out, const BacktestReport& report);
[[nodiscard]] std::string as_json(const BacktestReport& report);

/// «late_rise at outlet 1 after 2 h 13 min: 23.1 W above its limit of 19.9 W, held for 15 min».
[[nodiscard]] std::string told(const GuardDeed& deed);

}  // namespace ks::sim
