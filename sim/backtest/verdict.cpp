#include "sim/backtest/verdict.hpp"

#include <algorithm>

namespace ks::sim {

namespace {

using protocol::EndReason;
using protocol::TripCause;

// How long a world goes on behind the first thing its guard did: for what follows from it.
constexpr Millis afterwards{10'000};

template <class Word>
bool holds(const std::vector<Word>& words, Word word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

Instant last_event(const Curve& curve)
{
    Instant last = BacktestBench::ready;
    for (const auto& event : curve.events)
        last = std::max(last, BacktestBench::ready + event.at);
    return last;
}

std::optional<Instant> hazard_event_at(const Curve& curve)
{
    // The first event is a bike that comes, and no hazard.
    if (curve.label.must.empty() && curve.hazard_event == 0) return std::nullopt;
    return BacktestBench::ready + curve.events.at(curve.hazard_event).at;
}

/// A refused start is an end as well: nobody is charged, and nothing flows.
bool is_over(const GuardDeed& deed) { return !std::holds_alternative<TripCause>(deed.what); }

/// The session ended by itself behind the hazard, in a way that is as good as a cut.
bool ends_it(const Label& label, const CurveOutcome& outcome, const GuardDeed& deed)
{
    const auto* reason = std::get_if<EndReason>(&deed.what);
    return reason != nullptr && outcome.hazard_at && deed.at >= *outcome.hazard_at &&
           holds(label.ends, *reason);
}

CurveVerdict judged_without_hazard(const Curve& curve, const CurveOutcome& outcome)
{
    CurveVerdict verdict{.kind = CurveVerdict::Kind::right,
                         .answer = std::nullopt,
                         .latency = std::nullopt,
                         .false_trips = {}};
    const auto& ends = curve.label.ends;
    bool tripped_as_allowed = false;
    for (const auto& deed : outcome.deeds) {
        if (std::holds_alternative<TripCause>(deed.what)) tripped_as_allowed = true;
        const auto* reason = std::get_if<EndReason>(&deed.what);
        if (reason == nullptr || verdict.answer) continue;
        verdict.answer = deed;
        if (outcome.hazard_at) verdict.latency = deed.at - *outcome.hazard_at;
        if (ends.empty() || holds(ends, *reason)) continue;
        if (*reason != EndReason::tripped) verdict.kind = CurveVerdict::Kind::wrongly_ended;
    }
    const bool ended = verdict.answer.has_value();
    if (!ends.empty() && !ended && !tripped_as_allowed)
        verdict.kind = CurveVerdict::Kind::wrongly_ended;
    return verdict;
}

}  // namespace

std::string_view name_of(CurveVerdict::Kind kind)
{
    switch (kind) {
    case CurveVerdict::Kind::right: return "right";
    case CurveVerdict::Kind::detected: return "detected";
    case CurveVerdict::Kind::late: return "late";
    case CurveVerdict::Kind::missed: return "missed";
    case CurveVerdict::Kind::never_began: return "never_began";
    case CurveVerdict::Kind::wrongly_ended: return "wrongly_ended";
    }
    return "";
}

CurveOutcome run(const Curve& curve, BacktestBench::Ticking ticking)
{
    auto plant = curve.plant;
    plant.seed = curve.seed;
    plant.outlets = curve.outlets;
    BacktestBench bench{{.plant = plant, .settings = curve.settings, .ticking = ticking}};
    bench.keep_minutes(static_cast<std::size_t>(curve.lasts.count() / 60'000 + 1));
    for (const auto& event : curve.events)
        bench.plan(BacktestBench::ready + event.at, event.outlet, event.deed);

    if (curve.hazard) bench.watch_for(curve.hazard);

    CurveOutcome outcome{};
    Instant until = BacktestBench::ready + curve.lasts;
    const Instant busy_until = last_event(curve);
    while (bench.now() < until) {
        bench.run_until_news(until);
        for (const auto& deed : bench.take_deeds()) {
            outcome.deeds.push_back(deed);
            until = std::min(until, std::max(bench.now(), busy_until) + afterwards);
        }
    }
    outcome.hazard_at = curve.hazard ? bench.seen_at() : hazard_event_at(curve);
    outcome.charging_hours = bench.charging_hours();
    outcome.minutes = bench.minutes(1);
    outcome.traces = bench.traces();
    return outcome;
}

CurveVerdict judged(const Curve& curve, const CurveOutcome& outcome)
{
    const auto& label = curve.label;
    std::vector<GuardDeed> false_trips;
    std::optional<GuardDeed> answer;
    for (const auto& deed : outcome.deeds) {
        if (!answer && ends_it(label, outcome, deed)) answer = deed;
        if (is_over(deed)) continue;
        const auto cause = std::get<TripCause>(deed.what);
        const bool early = !outcome.hazard_at || deed.at < *outcome.hazard_at;
        if (holds(label.must, cause) && (!early || label.early == Early::welcome)) {
            if (!answer) answer = deed;
        } else if (!holds(label.may, cause)) {
            false_trips.push_back(deed);
        }
    }
    if (label.must.empty()) {
        auto verdict = judged_without_hazard(curve, outcome);
        verdict.false_trips = std::move(false_trips);
        return verdict;
    }
    CurveVerdict verdict{.kind = CurveVerdict::Kind::missed,
                         .answer = answer,
                         .latency = std::nullopt,
                         .false_trips = std::move(false_trips)};
    if (answer) {
        // What was foreseen took no time.
        verdict.latency =
            outcome.hazard_at ? std::max(Millis{0}, answer->at - *outcome.hazard_at) : Millis{0};
        verdict.kind = *verdict.latency <= label.within ? CurveVerdict::Kind::detected
                                                        : CurveVerdict::Kind::late;
    } else if (!outcome.hazard_at) {
        verdict.kind = CurveVerdict::Kind::never_began;
    }
    return verdict;
}

}  // namespace ks::sim
