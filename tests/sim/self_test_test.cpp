#include "tests/sim/self_test_rig.hpp"

using namespace ks;
using namespace ks::sim;
using protocol::CommandOutcome;
using protocol::ResetCause;
using protocol::Role;
using protocol::SelfTest;
using protocol::TripCause;

namespace {

using Failed = std::vector<SelfTest>;

}  // namespace

TEST_CASE("nothing starts before every self-test has been through, and then it does",
          "[sim][selftest]")
{
    SelfTestRig rig;
    rig.plug(1);
    rig.step();
    CHECK(rig.start(1) == CommandOutcome::not_ready);
    CHECK_FALSE(rig.post->plant().contactor().closed());
    CHECK(rig.run_until(2_s, [&] { return rig.post->plant().contactor().closed(); }) <= 900_ms);
    rig.run(6_s);
    CHECK(rig.start(1) == CommandOutcome::done);
    rig.run(20_s);
    CHECK(rig.conducts(1));
    CHECK(rig.failed().empty());
}

TEST_CASE("F-033, F-035, F-043, F-044, F-045: a processor fault opens everything in time, says "
          "which test failed, and restarts the post",
          "[sim][selftest]")
{
    struct Row {
        ProcessorFault fault;
        SelfTest test;
        Millis within;
    };
    for (const auto& [fault, test, within] :
         {Row{ProcessorFault::register_stuck, SelfTest::registers, 1_s},
          Row{ProcessorFault::ram_stuck, SelfTest::ram, 10_s},
          Row{ProcessorFault::image_damaged, SelfTest::flash, 5_s},
          Row{ProcessorFault::clock_slow, SelfTest::clock, 1_s},
          Row{ProcessorFault::adc_stuck, SelfTest::adc_reference, 1_s},
          Row{ProcessorFault::reference_drifts, SelfTest::adc_reference, 1_s},
          Row{ProcessorFault::outputs_altered, SelfTest::outputs, 1_s}}) {
        CAPTURE(static_cast<int>(fault));
        SelfTestRig rig;
        CHECK(rig.goes_on_after(fault) <= within + 20_ms);
        rig.run(2_s);
        REQUIRE_FALSE(rig.failed().empty());
        CHECK(rig.failed().front() == test);
        CHECK(rig.all<protocol::SelfTestFailed>().front().strikes == 1);
        CHECK(rig.tripped(TripCause::self_test_failed));
        CHECK(rig.times(LifeEvent::Kind::restarted) >= 1);
        rig.run(10_s);
        CHECK_FALSE(rig.any_contact_closed());
        CHECK(rig.start(3) == CommandOutcome::self_test_failed);
    }
}

TEST_CASE("F-033: a fault that stays blocks the post after three, until an installer clears it",
          "[sim][selftest]")
{
    SelfTestRig rig;
    rig.charge(3);
    rig.inject(ProcessorFault::register_stuck);
    rig.run(20_s);

    // Two restarts, and then it stays up to be asked.
    CHECK(rig.times(LifeEvent::Kind::restarted) == 2);
    CHECK(rig.failed() == Failed{SelfTest::registers, SelfTest::registers, SelfTest::registers});
    CHECK(rig.all<protocol::SelfTestFailed>().back().strikes == 3);
    // One trip: what was latched already is not told again at each boot.
    CHECK(rig.all<protocol::Tripped>().size() == 1);
    rig.post->processor().mend();
    CHECK(rig.clear_as(Role::manager) == CommandOutcome::self_test_failed);
    CHECK(rig.start(3) == CommandOutcome::self_test_failed);
    rig.post->power_cut();
    rig.post->power_up(ResetCause::power_on);
    rig.run(10_s);
    CHECK(rig.clear_as(Role::edge) == CommandOutcome::self_test_failed);
    CHECK_FALSE(rig.any_contact_closed());

    CHECK(rig.clear_as(Role::installer) == CommandOutcome::done);
    rig.run(6_s);
    CHECK(rig.start(3) == CommandOutcome::done);
    rig.run(3_s);
    CHECK(rig.conducts(3));
}

TEST_CASE("F-033: a post that is cleared without having been mended finds its fault again",
          "[sim][selftest]")
{
    SelfTestRig rig;
    rig.inject(ProcessorFault::reference_drifts);
    rig.run(10_s);
    REQUIRE(rig.failed().size() == 3);
    CHECK(rig.clear_as(Role::admin) == CommandOutcome::done);
    rig.run(10_s);
    CHECK(rig.failed().size() == 6);
    CHECK(rig.all<protocol::SelfTestFailed>().back().strikes == 3);
    CHECK_FALSE(rig.any_contact_closed());
}

TEST_CASE("F-039: a stack that grows into its guard opens everything and restarts the post",
          "[sim][selftest]")
{
    SelfTestRig rig;
    CHECK(rig.goes_on_after(ProcessorFault::stack_overruns) <= 30_ms);
    rig.run(5_s);
    CHECK(rig.failed() == Failed{SelfTest::stack});
    CHECK(rig.times(LifeEvent::Kind::restarted) == 1);
    // The next boot begins with a stack that is whole: the manager's clear is enough.
    CHECK(rig.clear_as(Role::manager) == CommandOutcome::done);
}

TEST_CASE("F-041: a storm of interrupts is shut out and told, and a short still trips in time",
          "[sim][selftest]")
{
    SelfTestRig rig;
    rig.charge(3);
    rig.inject(ProcessorFault::interrupt_storm);
    rig.run(10_s);
    CHECK(rig.conducts(3));
    CHECK(rig.failed() == Failed{SelfTest::interrupts});

    rig.post->plant().inject(3, ShortCircuit{});
    // By packet: a refresh of 400 ms, a round of polls, and the relay.
    CHECK(rig.run_until(5_s, [&] { return !rig.conducts(3); }) <= 700_ms);
    CHECK(rig.tripped(TripCause::hard_overcurrent));
    CHECK(rig.times(LifeEvent::Kind::restarted) == 0);
}

TEST_CASE("F-047: noise that is stuck is told; what charges goes on, and protection with it",
          "[sim][selftest]")
{
    SelfTestRig rig;
    rig.charge(3);
    rig.inject(ProcessorFault::noise_stuck);
    rig.run(10_s);
    CHECK(rig.failed() == Failed{SelfTest::random});
    CHECK(rig.all<protocol::SelfTestFailed>().front().strikes == 0);
    CHECK(rig.conducts(3));
    rig.post->plant().inject(3, ShortCircuit{});
    CHECK(rig.run_until(5_s, [&] { return !rig.conducts(3); }) <= 700_ms);
}
