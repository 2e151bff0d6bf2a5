#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using core::Recorder;
using core::Strikes;
using protocol::CommandOutcome;
using protocol::ResetCause;
using protocol::SelfTest;
using protocol::SelfTestFailed;
using protocol::TripCause;
using test::RecorderBench;

namespace {

void fail(RecorderBench& bench, SelfTest test)
{
    bench.recorder->self_test_failed(test, 7, Recorder::Counts::yes, bench.at(Millis{100}));
}

std::variant<core::Wish, CommandOutcome> clear_as(RecorderBench& bench, protocol::Role role)
{
    auto command = test::command_of(
        protocol::ClearTrip{.outlet = protocol::whole_post, .cause = TripCause::self_test_failed},
        9);
    command.role = role;
    return bench.recorder->command(command, bench.at(Millis{200}));
}

void tell_cleared(RecorderBench& bench)
{
    bench.recorder->take(core::NewsCleared{.at = Instant{Millis{300}},
                                           .outlet = protocol::whole_post,
                                           .cause = TripCause::self_test_failed,
                                           .ticket = 0},
                         bench.at(Millis{300}));
}

Strikes strikes_after(sim::NorFlash& chip, ResetCause cause)
{
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(cause, bench.at(Millis{1})));
    return bench.recorder->strikes();
}

}  // namespace

TEST_CASE("F-033: each failed self-test is an alarm with its count, which outlives the power",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(ResetCause::power_on, bench.at(Millis{1})));
        fail(bench, SelfTest::ram);
        fail(bench, SelfTest::clock);
        bench.recorder->self_test_failed(SelfTest::random, 0, Recorder::Counts::no,
                                         bench.at(Millis{100}));
        const auto told = bench.bodies<SelfTestFailed>(protocol::Lane::alarm);
        REQUIRE(told.size() == 3);
        CHECK(told[0] == SelfTestFailed{.test = SelfTest::ram, .detail = 7, .strikes = 1});
        CHECK(told[1] == SelfTestFailed{.test = SelfTest::clock, .detail = 7, .strikes = 2});
        CHECK(told[2] == SelfTestFailed{.test = SelfTest::random, .detail = 0, .strikes = 2});
        CHECK_FALSE(bench.recorder->strikes().blocked());
    }
    CHECK(strikes_after(chip, ResetCause::power_on) == Strikes{.tests = 2, .resets = 0});
}

TEST_CASE("F-033: after three failures only an installer's clear is passed on to the guard",
          "[core][recorder][unit]")
{
    using enum protocol::Role;
    sim::NorFlash chip{test::recorder_chip};
    RecorderBench bench{chip};
    static_cast<void>(bench.recorder->begin(ResetCause::power_on, bench.at(Millis{1})));
    fail(bench, SelfTest::flash);
    fail(bench, SelfTest::flash);
    CHECK(std::holds_alternative<core::Wish>(clear_as(bench, manager)));
    fail(bench, SelfTest::flash);
    REQUIRE(bench.recorder->strikes().blocked());

    for (const auto role : {resident, staff, manager, edge})
        CHECK(std::get<CommandOutcome>(clear_as(bench, role)) == CommandOutcome::self_test_failed);
    for (const auto role : {installer, admin})
        CHECK(std::holds_alternative<core::Wish>(clear_as(bench, role)));

    tell_cleared(bench);
    CHECK(bench.recorder->strikes().none());
    CHECK(strikes_after(chip, ResetCause::power_on).none());
}

TEST_CASE("F-046: resets that the post brought about count, and no others",
          "[core][recorder][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    CHECK(strikes_after(chip, ResetCause::power_on).resets == 0);
    CHECK(strikes_after(chip, ResetCause::watchdog).resets == 1);
    CHECK(strikes_after(chip, ResetCause::brown_out).resets == 1);
    CHECK(strikes_after(chip, ResetCause::pin).resets == 1);
    CHECK(strikes_after(chip, ResetCause::software).resets == 2);
    CHECK_FALSE(strikes_after(chip, ResetCause::power_on).blocked());
    CHECK(strikes_after(chip, ResetCause::check_failed).blocked());
}

TEST_CASE("F-046: ten minutes without a reset end a series, unless it has blocked the post",
          "[core][recorder][unit]")
{
    for (const bool series_of_three : {false, true}) {
        CAPTURE(series_of_three);
        sim::NorFlash chip{test::recorder_chip};
        static_cast<void>(strikes_after(chip, ResetCause::watchdog));
        if (series_of_three) static_cast<void>(strikes_after(chip, ResetCause::watchdog));
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(ResetCause::watchdog, bench.at(Millis{1})));
        const auto count = bench.recorder->strikes().resets;
        static_cast<void>(bench.recorder->turn(bench.at(Recorder::steady_after - Millis{1})));
        CHECK(bench.recorder->strikes().resets == count);
        static_cast<void>(bench.recorder->turn(bench.at(Recorder::steady_after)));
        CHECK(bench.recorder->strikes().resets == (series_of_three ? 3 : 0));
        CHECK(strikes_after(chip, ResetCause::power_on).resets == (series_of_three ? 3 : 0));
    }
}

TEST_CASE("F-033: power that fails at any write of a failure loses at most its count",
          "[core][recorder][unit]")
{
    const auto life = [](sim::NorFlash& chip) {
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(ResetCause::watchdog, bench.at(Millis{1})));
        fail(bench, SelfTest::stack);
    };
    sim::NorFlash rehearsal{test::recorder_chip};
    life(rehearsal);
    for (std::uint64_t cut = 0; cut < rehearsal.operations(); ++cut) {
        CAPTURE(cut);
        sim::NorFlash chip{test::recorder_chip};
        chip.power_fails_at(cut, cut, sim::TornCells::settled);
        life(chip);
        chip.power_up();
        RecorderBench bench{chip};
        static_cast<void>(bench.recorder->begin(ResetCause::power_on, bench.at(Millis{1})));
        const auto strikes = bench.recorder->strikes();
        CHECK(strikes.tests <= 1);
        CHECK(strikes.resets <= 1);
        // No alarm without its strike: who reads the one may rely on the other.
        if (!bench.bodies<SelfTestFailed>(protocol::Lane::alarm).empty()) CHECK(strikes.tests == 1);
    }
}
