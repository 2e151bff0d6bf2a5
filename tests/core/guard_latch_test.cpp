#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::TripCause;

namespace {

constexpr TripCause causes[] = {TripCause::hard_overcurrent,   TripCause::overload,
                                TripCause::contact_overheated, TripCause::sensor_failed,
                                TripCause::meter_silent,       TripCause::relay_welded,
                                TripCause::contactor_welded};

/// Outlet 1 of two has tripped for this cause, which has gone since.
GuardRig tripped(TripCause cause)
{
    GuardRig rig{2};
    auto memory = nothing_latched;
    memory.latched[0] = cause;
    check(rig.guard().wish(memory));
    rig.run_for(10_s);
    check(rig.state(1) == OutletState::locked_out);
    return rig;
}

}  // namespace

TEST_CASE("no wish but the clearing of its cause by name ends a latch", "[core][guard][latch]")
{
    for (const auto latched : causes) {
        CAPTURE(static_cast<int>(latched));
        auto rig = tripped(latched);
        const auto locked = [&] {
            return rig.state(1) == OutletState::locked_out && !rig.closed(1);
        };
        auto looser = loosest_settings;
        looser.version = 1;
        auto tighter = bench_settings;
        tighter.version = 1;

        static_cast<void>(rig.answer_to(rig.start(1)));
        CHECK(locked());
        static_cast<void>(rig.answer_to(rig.stop(1)));
        CHECK(locked());
        static_cast<void>(rig.answer_to(rig.stop(protocol::whole_post)));
        CHECK(locked());
        CHECK(rig.answer_to(rig.change(looser, Approval::both_approvers)) ==
              CommandOutcome::not_idle);
        CHECK(locked());
        static_cast<void>(rig.answer_to(rig.change(tighter, Approval::none)));
        CHECK(locked());
        rig.restore(bench_settings);
        REQUIRE(rig.guard().wish(WishStarts{WishStarts::Policy::allowed}));
        rig.run_for(1_s);
        CHECK(locked());
        for (const auto named : causes) {
            if (named == latched) continue;
            CHECK(rig.answer_to(rig.clear(1, named)) == CommandOutcome::wrong_cause);
            CHECK(locked());
        }
        CHECK(rig.answer_to(rig.clear(2, latched)) == CommandOutcome::nothing_to_clear);
        CHECK(rig.answer_to(rig.clear(protocol::whole_post, latched)) ==
              CommandOutcome::nothing_to_clear);
        CHECK(rig.answer_to(rig.clear(3, latched)) == CommandOutcome::unknown_outlet);
        CHECK(locked());

        CHECK(rig.answer_to(rig.clear(1, latched)) == CommandOutcome::done);
        CHECK(rig.all<NewsCleared>().size() == 1);
        CHECK(rig.all<NewsCleared>().front().cause == latched);
        rig.run_for(1_s);
        CHECK(rig.state(1) == OutletState::idle);
        CHECK_FALSE(rig.closed(1));
        CHECK(rig.answer_to(rig.clear(1, latched)) == CommandOutcome::nothing_to_clear);
    }
}

TEST_CASE("a latch is not cleared while its cause is present", "[core][guard][latch][unit]")
{
    SECTION("a contact that has not cooled by the hysteresis")
    {
        auto rig = tripped(TripCause::contact_overheated);
        for (const auto warm : {DeciCelsius{699}, DeciCelsius{601}}) {
            rig.socket(1).contact = warm;
            CHECK(rig.answer_to(rig.clear(1, TripCause::contact_overheated)) ==
                  CommandOutcome::cause_present);
        }
        rig.socket(1).contact = std::nullopt;
        CHECK(rig.answer_to(rig.clear(1, TripCause::contact_overheated)) ==
              CommandOutcome::cause_present);
        rig.socket(1).contact = DeciCelsius{600};
        CHECK(rig.answer_to(rig.clear(1, TripCause::contact_overheated)) == CommandOutcome::done);
    }
    SECTION("a sensor that is still missing")
    {
        auto rig = tripped(TripCause::sensor_failed);
        rig.socket(1).contact = std::nullopt;
        CHECK(rig.answer_to(rig.clear(1, TripCause::sensor_failed)) ==
              CommandOutcome::cause_present);
    }
    SECTION("whatever it was, as long as the meter cannot tell that no current flows")
    {
        for (const auto cause : causes) {
            auto rig = tripped(cause);
            rig.socket(1).meter = GuardRig::Socket::Meter::dead;
            rig.run_for(2_s);
            CHECK(rig.answer_to(rig.clear(1, cause)) == CommandOutcome::cause_present);
        }
    }
    SECTION("an overload that has not cooled to half of its heat")
    {
        auto rig = GuardRig::ready(1);
        rig.socket(1).load = 9_A;
        REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
        rig.run_until(20_s, [&] { return !rig.closed(1); });
        REQUIRE(rig.trips() == std::vector{TripCause::overload});
        rig.run_for(2_s);
        CHECK(rig.answer_to(rig.clear(1, TripCause::overload)) == CommandOutcome::cause_present);
        // TMS 0.1 cools from the brink in 8 s.
        rig.run_for(3_s);
        CHECK(rig.answer_to(rig.clear(1, TripCause::overload)) == CommandOutcome::done);
    }
}

TEST_CASE("a cause that is back after the clearing trips again at once", "[core][guard][latch]")
{
    auto rig = tripped(TripCause::hard_overcurrent);
    rig.socket(1).contact = DeciCelsius{800};
    rig.run_for(1_s);
    CHECK(rig.trips().empty());
    CHECK(rig.answer_to(rig.clear(1, TripCause::hard_overcurrent)) == CommandOutcome::done);

    rig.run_for(1_s);

    CHECK(rig.trips() == std::vector{TripCause::contact_overheated});
    CHECK(rig.state(1) == OutletState::locked_out);
}
