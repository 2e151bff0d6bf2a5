#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::TripCause;

namespace {

WishStart start_of(protocol::OutletNumber outlet, protocol::SessionId session)
{
    return {.ticket = 0,
            .outlet = outlet,
            .session = session,
            .means = protocol::StartMeans::command,
            .time_limit = 1_h,
            .energy_limit = 1000_Wh};
}

}  // namespace

TEST_CASE("after a reset nothing starts until what was latched has been restored",
          "[core][guard][start][unit]")
{
    GuardRig rig{1};
    rig.run_for(20_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::not_ready);
    CHECK(rig.answer_to(rig.change(bench_settings, Approval::both_approvers)) ==
          CommandOutcome::not_ready);
    CHECK(rig.answer_to(rig.clear(1, TripCause::overload)) == CommandOutcome::not_ready);
    CHECK(rig.guard().contactor() == hal::Relay::open);

    rig.restore(bench_settings);
    rig.run_for(2_s);
    CHECK(rig.guard().contactor() == hal::Relay::closed);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("F-036: a latched trip comes back through a reset, a closed relay never does",
          "[core][guard][start][latch]")
{
    GuardRig rig{3};
    auto memory = nothing_latched;
    memory.latched[1] = TripCause::overload;
    REQUIRE(rig.guard().wish(memory));
    rig.run_for(10_s);

    CHECK(rig.state(2) == OutletState::locked_out);
    CHECK(rig.trips().empty());
    for (std::uint8_t outlet = 1; outlet <= 3; ++outlet)
        CHECK_FALSE(rig.closed(outlet));
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::outlet_locked);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.clear(2, TripCause::overload)) == CommandOutcome::done);
}

TEST_CASE("a welded relay or contactor keeps the contactor open through a reset",
          "[core][guard][start][latch]")
{
    for (const auto where : {protocol::whole_post, protocol::OutletNumber{2}}) {
        GuardRig rig{2};
        auto memory = nothing_latched;
        if (where == protocol::whole_post)
            memory.whole = protocol::CauseSet{}.with(TripCause::contactor_welded);
        else
            memory.latched[1] = TripCause::relay_welded;
        REQUIRE(rig.guard().wish(memory));
        rig.run_for(10_s);

        CHECK(rig.guard().contactor() == hal::Relay::open);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::contactor_open);
    }
}

TEST_CASE("a second restore changes nothing, so it can undo no latch and no limit",
          "[core][guard][start][latch]")
{
    GuardRig rig{1};
    auto memory = nothing_latched;
    memory.latched[0] = TripCause::overload;
    REQUIRE(rig.guard().wish(memory));
    rig.run_for(1_s);

    rig.restore(loosest_settings);
    rig.run_for(1_s);

    CHECK(rig.state(1) == OutletState::locked_out);
    CHECK(rig.guard().settings() == bench_settings);
}

TEST_CASE("what has tripped since the reset is not hidden by what was latched before it",
          "[core][guard][start][latch]")
{
    GuardRig rig{1};
    rig.socket(1).contact = DeciCelsius{800};
    rig.run_for(1_s);
    REQUIRE(rig.trips() == std::vector{TripCause::contact_overheated});
    auto memory = nothing_latched;
    memory.latched[0] = TripCause::overload;
    REQUIRE(rig.guard().wish(memory));
    rig.run_for(1_s);

    CHECK(rig.answer_to(rig.clear(1, TripCause::overload)) == CommandOutcome::wrong_cause);
    rig.socket(1).contact = DeciCelsius{250};
    CHECK(rig.answer_to(rig.clear(1, TripCause::contact_overheated)) == CommandOutcome::done);
}

TEST_CASE("the heat before a reset is judged by the limits that are restored",
          "[core][guard][start][unit]")
{
    auto settings = bench_settings;
    settings.types[0].overload_pickup = 12_A;
    settings.types[0].hard_overcurrent = 16_A;
    GuardRig rig{1};
    rig.run_for(20_s);
    rig.restore(settings);
    rig.socket(1).load = 13_A;
    rig.step();
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);

    // From cold, 13 A take 46 s.
    const auto took = rig.run_until(60_s, [&] { return !rig.closed(1); });

    CHECK(took < 10_s);
    CHECK(rig.trips() == std::vector{TripCause::overload});
}

TEST_CASE("damaged settings are not restored: the factory's stay in force",
          "[core][guard][start][settings]")
{
    for (const auto damage : {0, 1}) {
        auto damaged = bench_settings;
        damaged.version = 9;
        damaged.types[0].hard_overcurrent = damage == 0 ? Milliamps{} : 17_A;
        GuardRig rig{1};
        rig.restore(damaged);
        rig.run_for(1_s);
        CHECK(rig.guard().settings() == protocol::factory_settings);
        CHECK(rig.guard().contactor() == hal::Relay::closed);
    }
}

TEST_CASE("every start that cannot be is refused with its reason", "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(2);
    auto no_session = start_of(1, 0);
    auto no_time = start_of(1, 1);
    no_time.time_limit = Millis{};
    auto no_energy = start_of(1, 1);
    no_energy.energy_limit = MilliwattHours{-1};
    auto too_long = start_of(1, 1);
    too_long.time_limit = bench_settings.types[0].session_cap + 1_ms;
    auto too_much = start_of(1, 1);
    too_much.energy_limit = bench_settings.types[0].energy_cap + 1_mWh;
    const auto outcome_of = [&](const WishStart& wish) { return rig.answer_to(rig.start(wish)); };
    using enum CommandOutcome;
    CHECK(outcome_of(start_of(0, 1)) == unknown_outlet);
    CHECK(outcome_of(start_of(3, 1)) == unknown_outlet);
    CHECK(outcome_of(start_of(255, 1)) == unknown_outlet);
    CHECK(outcome_of(no_session) == out_of_range);
    CHECK(outcome_of(no_time) == out_of_range);
    CHECK(outcome_of(no_energy) == out_of_range);
    no_energy.energy_limit = MilliwattHours{};
    CHECK(outcome_of(no_energy) == out_of_range);
    CHECK(outcome_of(too_long) == above_limit);
    CHECK(outcome_of(too_much) == above_limit);
    CHECK_FALSE(rig.closed(1));
    CHECK(rig.all<NewsStarted>().empty());

    // The caps themselves are granted.
    auto longest = start_of(1, 1);
    longest.time_limit = bench_settings.types[0].session_cap;
    longest.energy_limit = bench_settings.types[0].energy_cap;
    CHECK(rig.answer_to(rig.start(longest)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(start_of(1, 2))) == CommandOutcome::outlet_busy);
}

TEST_CASE("I-04: one authority closes a relay once, in whatever order they come",
          "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(2);
    CHECK(rig.answer_to(rig.start(start_of(1, 7))) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(start_of(2, 7))) == CommandOutcome::replayed);
    static_cast<void>(rig.answer_to(rig.stop(1)));
    rig.run_for(10_s);

    CHECK(rig.answer_to(rig.start(start_of(1, 7))) == CommandOutcome::replayed);
    CHECK(rig.answer_to(rig.start(start_of(1, 6))) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(start_of(2, 6))) == CommandOutcome::replayed);
    CHECK(rig.answer_to(rig.start(start_of(2, 8))) == CommandOutcome::done);
}

TEST_CASE("an outlet whose meter is silent is not started", "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).meter = GuardRig::Socket::Meter::dead;
    rig.run_for(2_s);

    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::meter_silent);
    CHECK(rig.trips().empty());
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::done);
}

TEST_CASE("an outlet that is about to trip is not closed to find out", "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).contact = bench_settings.types[0].contact_limit;
    rig.socket(2).contact = std::nullopt;
    rig.step();
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::cause_present);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::cause_present);
}

TEST_CASE("an outlet that shows current before its relay closes is not started",
          "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 1_A;
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    rig.run_until(2_s, [&] { return rig.socket(1).shown == 1_A; });
    // The sample of this refresh has been taken: one in a row is a suspicion and no verdict yet.
    REQUIRE(rig.guard().contactor() == hal::Relay::closed);

    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::cause_present);
    CHECK_FALSE(rig.closed(1));
}

TEST_CASE("nothing starts while the alarm lane is full, and what runs goes on",
          "[core][guard][start][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    REQUIRE(rig.guard().wish(WishStarts{WishStarts::Policy::refused}));
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::journal_full);
    CHECK(rig.closed(1));

    REQUIRE(rig.guard().wish(WishStarts{WishStarts::Policy::allowed}));
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::done);
}

TEST_CASE("a relay rests five seconds and closes three times a minute at most",
          "[core][guard][start][chatter]")
{
    auto rig = GuardRig::ready(1);
    for (int closing = 0; closing < 3; ++closing) {
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        CHECK(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
        const auto opened_at = rig.now();
        rig.run_for(2_s);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::too_soon);
        rig.run_until(10_s, [&] { return rig.now() - opened_at >= 5_s - GuardRig::tick; });
    }
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::too_soon);
    rig.run_for(50_s);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}

TEST_CASE("at boot nobody knows how long a relay has been open, so it rests first",
          "[core][guard][start][chatter]")
{
    // However long the clock has been running before the first tick.
    for (const auto before : {0_s, 1_h}) {
        GuardRig rig{1};
        rig.lose_ticks(before);
        rig.restore(bench_settings);
        rig.run_for(4900_ms);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::too_soon);
        rig.run_for(100_ms);
        CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    }
}
