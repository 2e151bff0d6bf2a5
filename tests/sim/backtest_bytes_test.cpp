#include "firmware/app/guard_side.hpp"
#include "firmware/protocol/names.hpp"
#include "sim/backtest/library.hpp"
#include "sim/backtest/report.hpp"
#include "sim/fleet/post_world.hpp"
#include "sim/plant/overloaded.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks;
using namespace ks::sim;

namespace {

/// The same curve through the whole front of a post: every tick, every byte of its meters at 38,400
/// baud, the driver's own polls.
class BytePost {
public:
    explicit BytePost(const Curve& curve)
        : curve_{&curve}, world_{plant_of(curve)}, side_{board_, curve.outlets, 0}
    {
        check(side_.guard().wish(core::WishRestore{.settings = curve.settings,
                                                   .latched = {},
                                                   .whole = {},
                                                   .memory = core::WishRestore::Memory::good}));
    }

    /// The first cut or end of a session, and when; nothing when the curve is over without any.
    [[nodiscard]] std::optional<core::News> run()
    {
        const Instant until = BacktestBench::ready + curve_->lasts;
        std::size_t next = 0;
        while (now_ < until) {
            tick();
            for (; next < curve_->events.size(); ++next) {
                const auto& event = curve_->events[next];
                if (BacktestBench::ready + event.at > now_) break;
                carry_out(event);
            }
            if (const auto told = first_cut()) return told;
        }
        return std::nullopt;
    }

private:
    static PlantPost::Settings plant_of(const Curve& curve)
    {
        auto plant = curve.plant;
        plant.seed = curve.seed;
        plant.outlets = curve.outlets;
        return plant;
    }
    void tick()
    {
        now_ = now_ + BacktestBench::tick;
        world_.advance_to(now_);
        world_.sense(board_);
        board_.set_now(now_);
        side_.guard().still_here(now_);
        side_.tick();
        world_.obey(board_);
    }
    std::optional<core::News> first_cut()
    {
        while (side_.guard().readings()) {
        }
        while (const auto told = side_.guard().news()) {
            if (std::holds_alternative<core::NewsTripped>(*told)) return told;
            if (std::holds_alternative<core::NewsEnded>(*told)) return told;
        }
        return std::nullopt;
    }
    void carry_out(const CurveEvent& event)
    {
        auto& plant = world_.plant();
        std::visit(
            Overloaded{
                [&](const StartSession&) {
                    const auto& limits = curve_->settings.of(event.outlet);
                    check(side_.guard().wish(core::WishStart{.ticket = ++tickets_,
                                                             .outlet = event.outlet,
                                                             .session = tickets_,
                                                             .means = protocol::StartMeans::card,
                                                             .time_limit = limits.session_cap,
                                                             .energy_limit = limits.energy_cap}));
                },
                [&](const StopSession&) {
                    check(
                        side_.guard().wish(core::WishStop{.ticket = ++tickets_,
                                                          .outlet = event.outlet,
                                                          .reason = protocol::EndReason::stopped}));
                },
                [&](const Bike& bike) { plant.plug(event.outlet, bike); },
                [&](const PullPlug&) { plant.unplug(event.outlet); },
                [&](const Fault& fault) { plant.inject(event.outlet, fault); },
                [&](const PostFault& fault) { plant.inject(fault); },
                [&](const Supply& supply) { plant.set_mains(supply); }, [](const MixMeters&) {}},
            event.deed);
    }

    Curve const* curve_;
    PostWorld world_;
    NorFlash chip_{hal::NorGeometry{.sector_size = 4'096, .sectors = 4, .page_size = 256}};
    SimBoard board_{chip_, "127.0.0.1", 1};  // its line is never opened
    app::GuardSide<SimBoard> side_;
    Instant now_{};
    core::Ticket tickets_{0};
};

struct First {
    Instant at;
    std::string what;
};

First first_of(const core::News& told)
{
    if (const auto* trip = std::get_if<core::NewsTripped>(&told))
        return {.at = trip->at, .what = std::string{protocol::name_of(trip->trip.cause)}};
    const auto& end = std::get<core::NewsEnded>(told);
    return {.at = end.at, .what = std::string{protocol::name_of(end.reason)}};
}

First first_of(const CurveOutcome& outcome)
{
    for (const auto& deed : outcome.deeds) {
        if (const auto* cause = std::get_if<protocol::TripCause>(&deed.what))
            return {.at = deed.at, .what = std::string{protocol::name_of(*cause)}};
        if (const auto* reason = std::get_if<protocol::EndReason>(&deed.what))
            return {.at = deed.at, .what = std::string{protocol::name_of(*reason)}};
    }
    return {.at = Instant{}, .what = ""};
}

}  // namespace

TEST_CASE("the whole post with its meters' bytes trips for the same, within a meter's update",
          "[sim][backtest][slow]")
{
    // An update of the meter, a round of polls on its bus, and the same again for what must hold.
    constexpr Millis apart_most{1'000};
    const std::set<std::string> families{
        "hard_overcurrent", "short",      "short_at_start",  "overpower",
        "residual",         "meter_dead", "sensor_open",     "coil_lets_go",
        "coil_shorted",     "smoke",      "water",           "smoke_wire",
        "overvoltage",      "supply_low", "residual_failed", "relay_welded",
        "undervoltage"};
    std::set<std::string> seen;
    for (const auto& curve : curve_library()) {
        if (!families.contains(curve.family) || !seen.insert(curve.family).second) continue;
        CAPTURE(curve.name);
        const auto quick = first_of(run(curve, BacktestBench::Ticking::stepped));
        const auto whole = BytePost{curve}.run();
        REQUIRE(whole.has_value());
        const auto slow = first_of(*whole);
        CHECK(slow.what == quick.what);
        const auto apart = slow.at > quick.at ? slow.at - quick.at : quick.at - slow.at;
        CHECK(apart <= apart_most);
    }
    CHECK(seen == families);
}
