#include "tests/sim/self_test_rig.hpp"
#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ks;
using namespace ks::sim;
using protocol::CommandOutcome;
using protocol::ResetCause;
using protocol::Role;
using protocol::SelfTest;
using protocol::TripCause;

namespace {

std::vector<ResetCause> causes(const SelfTestRig& rig)
{
    std::vector<ResetCause> found;
    for (const auto& booted : rig.all<protocol::Booted>())
        found.push_back(booted.cause);
    return found;
}

}  // namespace

TEST_CASE("F-036: a reset of any cause ends what charges, closes nothing again, and is recorded",
          "[sim][selftest]")
{
    for (const auto cause : {ResetCause::power_on, ResetCause::brown_out, ResetCause::watchdog,
                             ResetCause::software, ResetCause::check_failed, ResetCause::pin}) {
        CAPTURE(static_cast<int>(cause));
        SelfTestRig rig;
        rig.charge(3);
        rig.post->power_cut();
        rig.post->power_up(cause);
        CHECK(rig.run_until(1_s, [&] { return !rig.conducts(3); }) <= 20_ms);
        bool closed_again = false;
        rig.run_until(12_s, [&] { return closed_again = rig.conducts(3); });
        CHECK_FALSE(closed_again);
        CHECK(causes(rig) == std::vector{ResetCause::power_on, cause});
        const auto ended = rig.all<protocol::SessionEnded>();
        REQUIRE(ended.size() == 1);
        CHECK(ended.front().reason == protocol::EndReason::power_lost);
        CHECK(rig.start(3) == CommandOutcome::done);
    }
}

TEST_CASE("F-037: a rest that hangs has everything opened within two seconds, and is reset",
          "[sim][selftest]")
{
    SelfTestRig rig;
    CHECK(rig.goes_on_after(ProcessorFault::rest_hangs) <= 2'030_ms);
    rig.run(2_s);
    CHECK(rig.times(LifeEvent::Kind::watchdog_bit) == 1);
    CHECK(causes(rig) == std::vector{ResetCause::power_on, ResetCause::watchdog});
}

TEST_CASE("F-042: a timer whose interrupt is lost has everything open within the watchdog's time",
          "[sim][selftest]")
{
    SelfTestRig rig;
    CHECK(rig.goes_on_after(ProcessorFault::timer_lost) <= 130_ms);
    rig.run(2_s);
    CHECK(rig.times(LifeEvent::Kind::watchdog_bit) == 1);
    CHECK(causes(rig) == std::vector{ResetCause::power_on, ResetCause::watchdog});
    // The rest saw it first, by the second clock, and wrote it down.
    REQUIRE(rig.failed() == std::vector{SelfTest::clock});
    CHECK(rig.all<protocol::SelfTestFailed>().front().detail == core::tick_lost);
}

TEST_CASE("F-040: a check that fails while a bike charges lets every coil go, and is recorded",
          "[sim][selftest]")
{
    SelfTestRig rig;
    CHECK(rig.goes_on_after(ProcessorFault::check_fails) <= 20_ms);
    rig.run(20_s);
    CHECK(rig.times(LifeEvent::Kind::trapped) == 1);
    CHECK(causes(rig) == std::vector{ResetCause::power_on, ResetCause::check_failed});
    CHECK_FALSE(rig.conducts(3));
}

TEST_CASE("F-040: a real trap kills the process, and the next one finds what was charging",
          "[sim][selftest]")
{
    const test::TempDir folder;
    auto setup = rig_setup();
    setup.nor_file = folder.path() / "POST-0001.nor";

    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int number : {SIGILL, SIGTRAP})
            ::signal(number, SIG_DFL);
        const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        SelfTestRig rig{setup};
        rig.charge(3);
        check(rig.now == Instant{});
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK((WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP));

    SelfTestRig rig{setup};
    rig.run(10_s);
    CHECK_FALSE(rig.conducts(3));
    CHECK_FALSE(rig.post->plant().outlet(3).truth().contact_closed);
    const auto ended = rig.all<protocol::SessionEnded>();
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().outlet == 3);
}

TEST_CASE("F-046: a post that resets itself three times in a row stays up with everything open",
          "[sim][selftest]")
{
    SelfTestRig rig;
    for (int reset = 1; reset <= 3; ++reset) {
        rig.charge(3);
        rig.post->plant().unplug(3);
        rig.inject(ProcessorFault::check_fails);
        rig.run(1_s);
        CHECK(rig.times(LifeEvent::Kind::trapped) == reset);
    }
    rig.run(10_s);
    CHECK(rig.failed() == std::vector{SelfTest::flow});
    CHECK(rig.tripped(TripCause::self_test_failed));
    CHECK_FALSE(rig.any_contact_closed());
    rig.plug(3);
    CHECK(rig.start(3) == CommandOutcome::self_test_failed);
    CHECK(rig.clear_as(Role::staff) == CommandOutcome::self_test_failed);

    // Further boots do not repeat the alarm, and none makes it forget.
    rig.post->power_cut();
    rig.post->power_up(ResetCause::power_on);
    rig.run(10_s);
    CHECK(rig.failed().size() == 1);
    CHECK(rig.start(3) == CommandOutcome::self_test_failed);
    CHECK(rig.clear_as(Role::installer) == CommandOutcome::done);
    rig.run(1_s);
    CHECK(rig.start(3) == CommandOutcome::done);
}

TEST_CASE("F-058: while an erase keeps the rest busy for a second and a half, a short still trips",
          "[sim][selftest]")
{
    SelfTestRig rig;
    rig.charge(3);
    std::optional<Instant> began;
    std::optional<Instant> opened;
    rig.post->let_next_erase_take(1'500_ms, [&](Instant at) {
        if (!began) {
            began = at;
            rig.post->plant().inject(3, ShortCircuit{});
        }
        if (!opened && !rig.conducts(3)) opened = at;
    });
    // Each start is a save, and every fourth save turns a sector over.
    for (std::uint8_t outlet = 4; outlet <= 8 && !began; ++outlet) {
        rig.plug(outlet);
        CHECK(rig.start(outlet) == CommandOutcome::done);
    }
    REQUIRE(began.has_value());
    REQUIRE(opened.has_value());
    CHECK(*opened - *began <= 700_ms);
    rig.run(5_s);
    CHECK(rig.tripped(TripCause::hard_overcurrent));
    // Nobody else was disturbed: the rest was silent for less than it may be.
    CHECK(rig.conducts(4));
    CHECK(rig.times(LifeEvent::Kind::watchdog_bit) == 0);
}
