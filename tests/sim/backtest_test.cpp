#include "firmware/protocol/names.hpp"
#include "sim/backtest/command.hpp"
#include "sim/backtest/library.hpp"
#include "sim/backtest/report.hpp"
#include "sim/backtest/why.hpp"
#include "tests/support/rounds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

using namespace ks;
using namespace ks::sim;

namespace {

using protocol::TripCause;
using Ticking = BacktestBench::Ticking;

/// The first curve of each family that is over within so long.
std::vector<Curve> short_curves(Millis longest)
{
    std::vector<Curve> found;
    std::set<std::string> families;
    for (auto& curve : curve_library())
        if (curve.lasts <= longest && families.insert(curve.family).second)
            found.push_back(std::move(curve));
    return found;
}

bool same(const GuardDeed& a, const GuardDeed& b)
{
    const auto cause = [](const GuardDeed& deed) {
        const auto* is = std::get_if<TripCause>(&deed.what);
        return is != nullptr ? static_cast<int>(*is) : -1;
    };
    return a.at == b.at && a.outlet == b.outlet && a.what.index() == b.what.index() &&
           cause(a) == cause(b) && a.measured == b.measured && a.limit == b.limit &&
           a.held_for == b.held_for;
}

}  // namespace

TEST_CASE("the library holds four hundred curves, each with a name, a source and a label",
          "[sim][backtest][unit]")
{
    const auto library = curve_library();
    CHECK(library.size() >= 400);
    std::set<std::string> names;
    std::map<TripCause, int> asked;
    for (const auto& curve : library) {
        CAPTURE(curve.name);
        CHECK(names.insert(curve.name).second);
        CHECK_FALSE(curve.source.empty());
        CHECK(curve.lasts > Millis{0});
        CHECK_FALSE(curve.events.empty());
        CHECK(curve.hazard_event < curve.events.size());
        CHECK((curve.label.must.empty() || curve.label.within > Millis{0}));
        for (const auto cause : curve.label.must)
            ++asked[cause];
    }
    // Every rule that a post's senses can call for; a flipped bit and a failed self-test are the
    // guard's own tests.
    for (const auto cause : protocol::all_causes) {
        using enum TripCause;
        if (cause == memory_fault || cause == self_test_failed || cause == meter_implausible ||
            cause == calibration_lost)
            continue;
        CAPTURE(protocol::name_of(cause));
        CHECK(asked[cause] > 0);
    }
}

TEST_CASE("the library is the same every time it is made", "[sim][backtest][unit]")
{
    const auto a = curve_library();
    const auto b = curve_library();
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].seed == b[i].seed);
        REQUIRE(a[i].events.size() == b[i].events.size());
        for (std::size_t k = 0; k < a[i].events.size(); ++k)
            CHECK(a[i].events[k].at == b[i].events[k].at);
    }
}

TEST_CASE("stepping from meter to meter gives the same trips at the same times as every tick",
          "[sim][backtest][slow]")
{
    auto curves = short_curves(Millis{70'000});
    REQUIRE(curves.size() >= 20);
    // Every curve in a campaign; a spread of twenty in every run.
    const auto every = std::max<std::size_t>(1, curves.size() / (20 * test::rounds(1)));
    std::size_t index = 0;
    std::erase_if(curves, [&](const Curve&) { return index++ % every != 0; });
    REQUIRE(curves.size() >= 20);
    for (const auto& curve : curves) {
        CAPTURE(curve.name);
        const auto stepped = run(curve, Ticking::stepped);
        const auto ticked = run(curve, Ticking::every_tick);
        REQUIRE(stepped.deeds.size() == ticked.deeds.size());
        for (std::size_t i = 0; i < stepped.deeds.size(); ++i) {
            CAPTURE(told(stepped.deeds[i]), told(ticked.deeds[i]));
            CHECK(same(stepped.deeds[i], ticked.deeds[i]));
        }
        CHECK(stepped.hazard_at == ticked.hazard_at);
        CHECK(stepped.charging_hours == Approx(ticked.charging_hours).epsilon(1e-9));
    }
}

TEST_CASE("the guard answers each family of curves as labelled", "[sim][backtest][slow]")
{
    for (const auto& curve : short_curves(Millis{90'000})) {
        const auto outcome = run(curve, Ticking::stepped);
        const auto verdict = judged(curve, outcome);
        std::ostringstream why;
        if (!verdict.good()) explain(why, curve);
        INFO(why.str());
        CHECK(verdict.good());
    }
}

TEST_CASE("a curve explains itself: rule, limit, hold time, and the curve around the trip",
          "[sim][backtest][unit]")
{
    const auto library = curve_library();
    const auto curve = std::find_if(library.begin(), library.end(),
                                    [](const Curve& each) { return each.family == "overpower"; });
    REQUIRE(curve != library.end());
    std::ostringstream out;
    explain(out, *curve);
    const auto text = out.str();
    for (const auto* part :
         {"overpower-1 (model; a kettle", "must trip for one of: overpower",
          "overpower at outlet 1 after", "measured 1", "limit 1200000", "held for 10 s",
          "the readings before overpower", " mA", "mean W  contact"})
        CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("a label that is not met is found out", "[sim][backtest][unit]")
{
    const auto library = curve_library();
    auto curve = *std::find_if(library.begin(), library.end(),
                               [](const Curve& each) { return each.family == "no_load"; });
    // Nothing happens but a wait for a load; every other label is a lie.
    const auto outcome = run(curve, Ticking::stepped);
    CHECK(judged(curve, outcome).good());
    curve.label.ends = {protocol::EndReason::full};
    CHECK(judged(curve, outcome).kind == CurveVerdict::Kind::wrongly_ended);
    curve.label = {.must = {TripCause::smoke}, .within = Millis{50}};
    curve.hazard_event = 0;
    CHECK(judged(curve, outcome).kind == CurveVerdict::Kind::never_began);

    auto tripped = outcome;
    tripped.hazard_at = Instant{Millis{20'000}};
    tripped.deeds.push_back({.at = Instant{Millis{20'100}},
                             .outlet = 0,
                             .what = TripCause::smoke,
                             .measured = 1,
                             .limit = 0,
                             .held_for = Millis{10}});
    CHECK(judged(curve, tripped).kind == CurveVerdict::Kind::late);
    curve.label.within = Millis{100};
    CHECK(judged(curve, tripped).kind == CurveVerdict::Kind::detected);
    CHECK(judged(curve, tripped).latency == Millis{100});
    curve.label.must = {TripCause::water};
    CHECK(judged(curve, tripped).kind == CurveVerdict::Kind::missed);
    CHECK(judged(curve, tripped).false_trips.size() == 1);
    curve.label.may = {TripCause::smoke};
    CHECK(judged(curve, tripped).false_trips.empty());
}

TEST_CASE("the report counts by rule: detections, misses, false trips an hour, latencies",
          "[sim][backtest][unit]")
{
    BacktestReport report;
    Curve curve;
    curve.name = "a-1";
    curve.label = {.must = {TripCause::smoke}, .within = Millis{50}};
    const GuardDeed trip{.at = BacktestBench::ready + Millis{30'000},
                         .outlet = 0,
                         .what = TripCause::smoke,
                         .measured = 1,
                         .limit = 0,
                         .held_for = Millis{10}};
    const CurveOutcome outcome{.deeds = {trip},
                               .hazard_at = std::nullopt,
                               .charging_hours = 500.0,
                               .minutes = {},
                               .traces = {}};
    for (const std::int64_t latency : {40, 10, 30})
        report.add(curve, outcome,
                   {.kind = CurveVerdict::Kind::detected,
                    .answer = trip,
                    .latency = Millis{latency},
                    .false_trips = {}});
    report.add(curve, outcome,
               {.kind = CurveVerdict::Kind::missed,
                .answer = std::nullopt,
                .latency = std::nullopt,
                .false_trips = {trip}});

    const auto& row = report.rules().at(TripCause::smoke);
    CHECK(row.detections == 3);
    CHECK(row.misses == 1);
    CHECK(row.median() == Millis{30});
    CHECK(row.worst() == Millis{40});
    CHECK(report.false_rate(row.false_trips) == Approx(0.5));
    REQUIRE(report.findings().size() == 2);
    CHECK(report.findings()[0] == "a-1: missed");
    CHECK(report.findings()[1] == "a-1: false trip: smoke of the whole post after 30 s: "
                                  "measured 1, limit 0, held for 0.01 s");
    CHECK(as_json(report).find("\"latency_ms_median\":30") != std::string::npos);
    std::ostringstream out;
    print(out, report);
    CHECK(out.str().find("4 curves, 2000.0 charging hours, 1 missed or late, 1 false") !=
          std::string::npos);
}

TEST_CASE("days of legitimate variety charge for hours on end and are the same each time",
          "[sim][backtest][slow]")
{
    for (std::uint64_t number = 0; number < test::rounds(1); ++number) {
        CAPTURE(number);
        const auto day = campaign_day(7, number, Millis{5 * 60'000});
        CHECK(day.charging_hours > 0.2);
        for (std::size_t i = 0; i < day.false_trips.size(); ++i)
            UNSCOPED_INFO(told(day.false_trips[i]) << ", " << day.loads[i]);
        CHECK(day.false_trips.empty());
        if (number > 0) continue;
        CHECK(campaign_day(7, number, Millis{5 * 60'000}).charging_hours == day.charging_hours);
    }
}

TEST_CASE("a curve or family that does not exist is told with what there is",
          "[sim][backtest][unit]")
{
    std::ostringstream out;
    CHECK(run_backtest({.why = "gremlins"}, out) == 2);
    CHECK(out.str().find("there is no curve gremlins") == 0);
    CHECK(out.str().find("hard_overcurrent-1") != std::string::npos);
    std::ostringstream none;
    CHECK(run_backtest({.family = "gremlins"}, none) == 2);
}
