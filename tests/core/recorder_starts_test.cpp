#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using protocol::CommandOutcome;
using protocol::Lane;
using protocol::StartMeans;
using test::RecorderBench;

namespace {

constexpr UnixMillis morning{1'800'000'000'000};

core::Moment at(Millis now, Millis edge_silent)
{
    return {.now = Instant{now},
            .wall = protocol::WallTime{.at = morning + now, .error = 100_ms},
            .edge_silent = edge_silent};
}

core::WishStart start_in(const std::optional<core::Wish>& wish)
{
    REQUIRE(wish.has_value());
    return std::get<core::WishStart>(*wish);
}

void answer(RecorderBench& bench, core::Ticket ticket, CommandOutcome outcome,
            const core::Moment& moment)
{
    bench.recorder->take(
        core::News{core::NewsAnswer{.at = moment.now, .ticket = ticket, .outcome = outcome}},
        moment);
}

void give_cards(RecorderBench& bench)
{
    protocol::SetCards cards{
        .version = 1, .good_until = morning + 240_h, .first = 0, .total = 1, .cards = {}};
    cards.cards.push_back(
        {.card = 0xC0FFEE, .expires = morning + 24_h, .time_limit = 4_h, .energy_limit = 800_Wh});
    const auto outcome = bench.recorder->command(test::command_of(cards, 9), at(1_s, 0_ms));
    REQUIRE(std::get<CommandOutcome>(outcome) == CommandOutcome::done);
}

/// A start that the guard found too much for the budget.
core::WishStart refused_for_budget(RecorderBench& bench)
{
    const auto wish = bench.recorder->command(test::command_of(test::start_on_3, 7), at(1_s, 0_ms));
    const auto start = std::get<core::WishStart>(std::get<core::Wish>(wish));
    answer(bench, start.ticket, CommandOutcome::over_budget, at(1_s, 0_ms));
    return start;
}

struct Booted {
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    Booted()
    {
        static_cast<void>(bench.recorder->begin(protocol::ResetCause::power_on, at(0_ms, 0_ms)));
    }
};

}  // namespace

TEST_CASE("with the edge in hearing a tap is only told to it", "[core][recorder][unit]")
{
    Booted post;
    give_cards(post.bench);
    CHECK_FALSE(
        post.bench.recorder->take(hal::CardTap{.outlet = 3, .token = 0xC0FFEE}, at(2_s, 9'999_ms)));
    CHECK(post.bench.bodies<protocol::CardPresented>(Lane::event).size() == 1);
}

TEST_CASE("without the edge a listed card starts within its own limits, another does not",
          "[core][recorder][unit]")
{
    Booted post;
    give_cards(post.bench);
    auto& recorder = *post.bench.recorder;
    const auto start =
        start_in(recorder.take(hal::CardTap{.outlet = 3, .token = 0xC0FFEE}, at(60_s, 50_s)));
    CHECK(start.means == StartMeans::card);
    CHECK(start.time_limit == 4_h);
    CHECK(start.energy_limit == 800_Wh);

    CHECK_FALSE(recorder.take(hal::CardTap{.outlet = 4, .token = 0xBAD}, at(61_s, 51_s)));
    const auto decided = post.bench.bodies<protocol::CardDecided>(Lane::event);
    REQUIRE(decided.size() == 1);
    CHECK(decided[0].outcome == CommandOutcome::card_unknown);
}

TEST_CASE("whoever allows a start allows at most that much: the outlet's own caps stand",
          "[core][recorder][unit]")
{
    Booted post;
    constexpr auto caps = protocol::factory_settings.types[0];
    auto generous = test::start_on_3;
    generous.time_limit = caps.session_cap + 1_h;
    generous.energy_limit = caps.energy_cap + 1_mWh;

    const auto wish = post.bench.recorder->command(test::command_of(generous, 7), at(1_s, 0_ms));

    const auto start = std::get<core::WishStart>(std::get<core::Wish>(wish));
    CHECK(start.time_limit == caps.session_cap);
    CHECK(start.energy_limit == caps.energy_cap);
    post.bench.recorder->take(core::News{core::NewsStarted{.at = Instant{1_s},
                                                           .outlet = 3,
                                                           .session = start.session,
                                                           .means = StartMeans::command}},
                              at(1_s, 0_ms));
    const auto told = post.bench.bodies<protocol::SessionStarted>(Lane::event);
    REQUIRE(told.size() == 1);
    CHECK(told[0].time_limit == caps.session_cap);
    CHECK(told[0].energy_limit == caps.energy_cap);
}

TEST_CASE("S-28: a card that charges already starts no second session, and ends its own by a tap",
          "[core][recorder][unit]")
{
    Booted post;
    give_cards(post.bench);
    auto& recorder = *post.bench.recorder;
    const auto start =
        start_in(recorder.take(hal::CardTap{.outlet = 3, .token = 0xC0FFEE}, at(60_s, 50_s)));
    recorder.take(
        core::News{core::NewsStarted{
            .at = Instant{60_s}, .outlet = 3, .session = start.session, .means = start.means}},
        at(60_s, 50_s));
    answer(post.bench, start.ticket, CommandOutcome::done, at(60_s, 50_s));
    CHECK(post.bench.bodies<protocol::SessionStarted>(Lane::event).back().means ==
          StartMeans::card);

    CHECK_FALSE(recorder.take(hal::CardTap{.outlet = 5, .token = 0xC0FFEE}, at(70_s, 60_s)));
    CHECK(post.bench.bodies<protocol::CardDecided>(Lane::event).back().outcome ==
          CommandOutcome::replayed);
    const auto stop = recorder.take(hal::CardTap{.outlet = 3, .token = 0xC0FFEE}, at(80_s, 0_ms));
    REQUIRE(stop.has_value());
    CHECK(std::get<core::WishStop>(*stop).reason == protocol::EndReason::card_stopped);
}

TEST_CASE("I-04: a start over the budget is journalled with its expiry, and then waits",
          "[core][recorder][unit]")
{
    Booted post;
    const auto refused = refused_for_budget(post.bench);
    const auto kept = post.bench.bodies<protocol::AuthorityKept>(Lane::event);
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].session == refused.session);
    CHECK(kept[0].means == StartMeans::queued);
    CHECK(kept[0].good_for == protocol::factory_settings.post.queue_wait);
    CHECK(post.bench.bodies<protocol::CommandResult>(Lane::event).back().outcome ==
          CommandOutcome::queued);

    CHECK_FALSE(post.bench.recorder->turn(at(5'999_ms, 0_ms)));
    const auto again = start_in(post.bench.recorder->turn(at(6_s, 0_ms)));
    CHECK(again.session == refused.session);
    CHECK(again.means == StartMeans::queued);
    answer(post.bench, again.ticket, CommandOutcome::over_budget, at(6_s, 0_ms));
    CHECK_FALSE(post.bench.recorder->turn(at(7_s, 0_ms)));
    CHECK(start_in(post.bench.recorder->turn(at(11_s, 0_ms))).session == refused.session);
}

TEST_CASE("a waiting start expires, and a stop forgets it", "[core][recorder][unit]")
{
    SECTION("expires")
    {
        Booted post;
        static_cast<void>(refused_for_budget(post.bench));
        const auto late = 1_s + protocol::factory_settings.post.queue_wait;
        CHECK_FALSE(post.bench.recorder->turn(at(late, 0_ms)));
        CHECK(post.bench.bodies<protocol::CommandResult>(Lane::event).back().outcome ==
              CommandOutcome::queue_expired);
    }
    SECTION("is stopped")
    {
        Booted post;
        static_cast<void>(refused_for_budget(post.bench));
        static_cast<void>(post.bench.recorder->command(
            test::command_of(protocol::StopOutlet{.outlet = 3}, 8), at(2_s, 0_ms)));
        CHECK(post.bench.bodies<protocol::CommandResult>(Lane::event).back().outcome ==
              CommandOutcome::superseded);
        CHECK_FALSE(post.bench.recorder->turn(at(60_s, 0_ms)));
    }
}

TEST_CASE("the test mode is the installer's, and for a minute at most", "[core][recorder][unit]")
{
    Booted post;
    auto command = test::command_of(protocol::TestOutlet{.outlet = 3, .duration = 60_s}, 7);
    CHECK(std::get<CommandOutcome>(post.bench.recorder->command(command, at(1_s, 0_ms))) ==
          CommandOutcome::above_limit);
    command.role = protocol::Role::installer;
    const auto wish = post.bench.recorder->command(command, at(1_s, 0_ms));
    const auto start = std::get<core::WishStart>(std::get<core::Wish>(wish));
    CHECK(start.means == StartMeans::test);
    CHECK(start.time_limit == 60_s);
    command.body = protocol::TestOutlet{.outlet = 3, .duration = 60'001_ms};
    CHECK(std::get<CommandOutcome>(post.bench.recorder->command(command, at(2_s, 0_ms))) ==
          CommandOutcome::above_limit);
}

TEST_CASE("a silent edge is told once, and ends new starts when the site wants it so",
          "[core][recorder][unit]")
{
    Booted post;
    auto& recorder = *post.bench.recorder;
    const auto& limits = protocol::factory_settings.post;
    CHECK_FALSE(recorder.turn(at(1_s, limits.link_alarm_after - 1_ms)));
    CHECK(post.bench.bodies<protocol::LinkNoticed>(Lane::event).empty());
    CHECK_FALSE(recorder.turn(at(2_s, limits.link_alarm_after)));
    CHECK_FALSE(recorder.turn(at(3_s, limits.link_alarm_after + 1_s)));
    CHECK(post.bench.bodies<protocol::LinkNoticed>(Lane::event).size() == 1);
    CHECK(recorder.edge_is_silent());

    const auto wish = recorder.turn(at(4_s, limits.starts_without_link + 1_ms));
    REQUIRE(wish.has_value());
    CHECK(std::get<core::WishStarts>(*wish).policy == core::WishStarts::Policy::link_lost);
    const auto back = recorder.turn(at(5_s, 0_ms));
    REQUIRE(back.has_value());
    CHECK(std::get<core::WishStarts>(*back).policy == core::WishStarts::Policy::allowed);
    CHECK(post.bench.bodies<protocol::LinkNoticed>(Lane::event).size() == 2);
}
