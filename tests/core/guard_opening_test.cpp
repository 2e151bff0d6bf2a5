#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::EndReason;
using protocol::TripCause;

namespace {

using Causes = std::vector<TripCause>;

/// Outlets 1 and 2 charge; the relay of outlet 1 has welded and is told to open.
GuardRig welded_and_stopped()
{
    auto rig = GuardRig::ready(2);
    for (std::uint8_t outlet = 1; outlet <= 2; ++outlet) {
        rig.socket(outlet).load = 2_A;
        check(rig.answer_to(rig.start(outlet)) == CommandOutcome::done);
    }
    rig.run_for(10_s);
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    check(rig.answer_to(rig.stop(1)) == CommandOutcome::done);
    return rig;
}

std::optional<EndReason> end_of(const GuardRig& rig, protocol::OutletNumber outlet)
{
    for (const auto& ended : rig.all<NewsEnded>())
        if (ended.outlet == outlet) return ended.reason;
    return std::nullopt;
}

}  // namespace

TEST_CASE("a relay that conducts after its opening is found within a second, and the contactor "
          "takes the post down",
          "[core][guard][opening][unit]")
{
    auto rig = welded_and_stopped();

    const auto took = rig.run_until(3_s, [&] { return !rig.trips().empty(); });

    CHECK(took <= Conduction::verdict_limit);
    CHECK(rig.trips() == Causes{TripCause::relay_welded});
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK_FALSE(rig.closed(2));
    const auto trip = rig.all<NewsTripped>().front().trip;
    CHECK(trip.outlet == 1);
    CHECK(trip.measured == 2'000);
    CHECK(trip.session == rig.all<NewsStarted>().front().session);
    rig.run_for(2_s);
    CHECK(end_of(rig, 1) == EndReason::stopped);
    CHECK(end_of(rig, 2) == EndReason::contactor_opened);
    CHECK(rig.state(1) == OutletState::locked_out);
    CHECK(rig.state(2) == OutletState::idle);
    CHECK(rig.trips() == Causes{TripCause::relay_welded});
}

TEST_CASE("a contactor that welds as well is told for the whole post",
          "[core][guard][opening][unit]")
{
    auto rig = welded_and_stopped();
    rig.contactor = GuardRig::Contacts::welded;

    rig.run_for(3_s);

    CHECK(rig.trips() == Causes{TripCause::relay_welded, TripCause::contactor_welded});
    const auto trip = rig.all<NewsTripped>().back().trip;
    CHECK(trip.outlet == protocol::whole_post);
    CHECK(trip.held_for <= Conduction::verdict_limit);
    CHECK(end_of(rig, 1) == EndReason::stopped);
    CHECK(end_of(rig, 2) == EndReason::contactor_opened);
    // Nothing better will come, so the ends are told with the verdict.
    for (const auto& ended : rig.all<NewsEnded>())
        CHECK(ended.at <= rig.all<NewsTripped>().back().at);
    rig.run_for(60_s);
    CHECK(rig.trips().size() == 2);

    SECTION("and both are cleared by name, once the current has gone")
    {
        CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::contactor_welded)) ==
              CommandOutcome::cause_present);
        CHECK(rig.answer_to(rig.clear(1, TripCause::relay_welded)) ==
              CommandOutcome::cause_present);
        rig.socket(1).contacts = GuardRig::Socket::Contacts::sound;
        rig.contactor = GuardRig::Contacts::sound;
        rig.run_for(2_s);
        CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::relay_welded)) ==
              CommandOutcome::wrong_cause);
        CHECK(rig.answer_to(rig.clear(protocol::whole_post, TripCause::contactor_welded)) ==
              CommandOutcome::done);
        CHECK(rig.guard().contactor() == hal::Relay::open);
        CHECK(rig.answer_to(rig.clear(1, TripCause::relay_welded)) == CommandOutcome::done);
        rig.run_for(2_s);
        CHECK(rig.guard().contactor() == hal::Relay::closed);
        CHECK(rig.state(1) == OutletState::idle);
    }
}

TEST_CASE("a welded relay that is cleared without being mended is found again",
          "[core][guard][opening][unit]")
{
    auto rig = welded_and_stopped();
    rig.run_for(5_s);
    REQUIRE(rig.answer_to(rig.clear(1, TripCause::relay_welded)) == CommandOutcome::done);
    CHECK(rig.guard().contactor() == hal::Relay::closed);

    rig.run_for(2_s);

    CHECK(rig.trips() == Causes{TripCause::relay_welded, TripCause::relay_welded});
    CHECK(rig.guard().contactor() == hal::Relay::open);
}

TEST_CASE("all energy until the current has vanished belongs to the session",
          "[core][guard][opening][energy]")
{
    auto sound = GuardRig::ready(1);
    auto welded = GuardRig::ready(1);
    for (auto* rig : {&sound, &welded}) {
        rig->socket(1).load = 9_A;
        REQUIRE(rig->answer_to(rig->start(1)) == CommandOutcome::done);
        rig->run_for(300_ms);
    }
    welded.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    for (auto* rig : {&sound, &welded}) {
        static_cast<void>(rig->answer_to(rig->stop(1)));
        rig->run_for(4_s);
        REQUIRE(rig->all<NewsEnded>().size() == 1);
    }
    const auto delivered = [](GuardRig& rig) { return rig.socket(1).energy_uws / 3'600'000; };
    const auto told = [](GuardRig& rig) { return rig.all<NewsEnded>().front().energy.count(); };

    CHECK(delivered(welded) > 3 * delivered(sound));
    for (auto* rig : {&sound, &welded})
        CHECK(std::abs(told(*rig) - delivered(*rig)) <= bench_pulse.milliwatt_hours);
}

TEST_CASE("current through an idle outlet is a welded relay or a shorted coil driver",
          "[core][guard][opening][unit]")
{
    auto rig = GuardRig::ready(2);
    rig.socket(2).load = 500_mA;

    rig.socket(2).contacts = GuardRig::Socket::Contacts::welded;
    const auto took = rig.run_until(5_s, [&] { return !rig.trips().empty(); });

    CHECK(took <= 1500_ms);
    CHECK(rig.trips() == Causes{TripCause::relay_welded});
    CHECK(rig.all<NewsTripped>().front().trip.session == 0);
    CHECK(rig.guard().contactor() == hal::Relay::open);
}

TEST_CASE("a post that wakes up with current in an outlet says so before anything is restored",
          "[core][guard][opening][unit]")
{
    GuardRig rig{2};
    rig.socket(1).load = 3_A;
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    rig.contactor = GuardRig::Contacts::welded;

    rig.run_for(1500_ms);

    CHECK(rig.trips() == Causes{TripCause::relay_welded, TripCause::contactor_welded});
    rig.restore(bench_settings);
    rig.run_for(1_s);
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.answer_to(rig.start(2)) == CommandOutcome::contactor_open);
}

TEST_CASE("a worse fault of a locked outlet takes its latch over", "[core][guard][opening][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 2_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(5_s);
    rig.socket(1).contacts = GuardRig::Socket::Contacts::welded;
    rig.socket(1).contact = DeciCelsius{800};

    rig.run_for(3_s);

    CHECK(rig.trips() == Causes{TripCause::contact_overheated, TripCause::relay_welded});
    CHECK(rig.guard().contactor() == hal::Relay::open);
    CHECK(rig.answer_to(rig.clear(1, TripCause::contact_overheated)) ==
          CommandOutcome::wrong_cause);
}

TEST_CASE("one forged frame does not take the post down, two in a row are believed",
          "[core][guard][opening][unit]")
{
    const hal::Sample nothing{
        .at = Instant{2_s}, .voltage = 220_V, .current = {}, .power = {}, .pulses = 0};
    auto forged = nothing;
    forged.current = 5_A;
    Conduction rule;
    rule.told_open(Instant{});

    rule.observe(forged);
    CHECK_FALSE(rule.flows());
    CHECK(rule.suspicious());
    rule.observe(nothing);
    CHECK(rule.gone());
    rule.observe(forged);
    CHECK_FALSE(rule.flows());
    rule.observe(forged);
    CHECK(rule.flows());
    CHECK_FALSE(rule.gone());
}

TEST_CASE("an outlet that is told to open knows of no current from before",
          "[core][guard][opening]")
{
    Conduction rule;
    const auto shows = [&](Millis at) {
        rule.observe(
            {.at = Instant{at}, .voltage = 220_V, .current = 1_A, .power = 220_W, .pulses = 0});
    };
    rule.told_open(Instant{});
    shows(1_s);
    shows(2_s);
    REQUIRE(rule.flows());
    CHECK(rule.began() == Instant{1_s});
    rule.told_open(Instant{3_s});
    CHECK_FALSE(rule.flows());
    CHECK_FALSE(rule.suspicious());
    CHECK_FALSE(rule.began());
    shows(4_s);
    CHECK(rule.began() == Instant{4_s});
    CHECK_FALSE(rule.flows());
}
