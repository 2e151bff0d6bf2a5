#include "firmware/core/guard/limits.hpp"
#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::factory_settings;
using protocol::TripCause;

namespace {

struct Change {
    const char* field;
    void (*tighten)(Settings&);
    void (*loosen)(Settings&);
};

constexpr Change changes[] = {
    {"hard overcurrent", [](Settings& s) { s.hard_overcurrent -= 1_mA; },
     [](Settings& s) { s.hard_overcurrent += 1_mA; }},
    {"overload pickup", [](Settings& s) { s.overload_pickup -= 1_mA; },
     [](Settings& s) { s.overload_pickup += 1_mA; }},
    {"overload multiplier", [](Settings& s) { --s.overload_tms_permille; },
     [](Settings& s) { ++s.overload_tms_permille; }},
    {"contact limit", [](Settings& s) { s.contact_limit -= DeciCelsius{1}; },
     [](Settings& s) { s.contact_limit += DeciCelsius{1}; }},
    {"session cap", [](Settings& s) { s.session_cap -= 1_ms; },
     [](Settings& s) { s.session_cap += 1_ms; }},
    {"energy cap", [](Settings& s) { s.energy_cap -= 1_mWh; },
     [](Settings& s) { s.energy_cap += 1_mWh; }},
    {"full threshold", [](Settings& s) { s.full_below += Milliwatts{1}; },
     [](Settings& s) { s.full_below -= Milliwatts{1}; }},
    {"full fraction", [](Settings& s) { ++s.full_permille_of_peak; },
     [](Settings& s) { --s.full_permille_of_peak; }},
    {"full hold", [](Settings& s) { s.full_hold -= 1_ms; },
     [](Settings& s) { s.full_hold += 1_ms; }},
    {"unplugged threshold", [](Settings& s) { s.unplugged_below += Milliwatts{1}; },
     [](Settings& s) { s.unplugged_below -= Milliwatts{1}; }},
    {"unplugged hold", [](Settings& s) { s.unplugged_hold -= 1_ms; },
     [](Settings& s) { s.unplugged_hold += 1_ms; }},
    {"no-load wait", [](Settings& s) { s.no_load_wait -= 1_ms; },
     [](Settings& s) { s.no_load_wait += 1_ms; }},
};

Settings next_version(const Guard& guard)
{
    auto settings = guard.settings();
    ++settings.version;
    return settings;
}

}  // namespace

TEST_CASE("each limit may be tightened by anybody and at any time", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    for (const auto& change : changes) {
        CAPTURE(change.field);
        auto wanted = next_version(rig.guard());
        change.tighten(wanted);
        CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::done);
        CHECK(rig.guard().settings() == wanted);
    }
}

TEST_CASE("no limit is loosened without both approvers, not even beside others that tighten",
          "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    for (const auto& change : changes) {
        CAPTURE(change.field);
        auto wanted = next_version(rig.guard());
        change.loosen(wanted);
        CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::not_approved);
        for (const auto& other : changes)
            if (&other != &change) other.tighten(wanted);
        CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::not_approved);
        CHECK(rig.guard().settings() == factory_settings);
    }
}

TEST_CASE("both approvers loosen a limit only while every outlet is idle",
          "[core][guard][settings][unit]")
{
    for (const auto& change : changes) {
        CAPTURE(change.field);
        auto rig = GuardRig::ready(2);
        rig.socket(2).load = 1_A;
        REQUIRE(rig.answer_to(rig.start(2)) == CommandOutcome::done);
        auto wanted = next_version(rig.guard());
        change.loosen(wanted);
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::not_idle);

        static_cast<void>(rig.answer_to(rig.stop(2)));
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::not_idle);
        rig.run_for(2_s);
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) == CommandOutcome::done);
        CHECK(rig.guard().settings() == wanted);
    }
}

TEST_CASE("no signature moves a limit beyond what is compiled in", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    auto ceiling = protocol::settings_ceiling;
    ceiling.version = 5;
    const auto beyond = [&](auto field, auto more) {
        auto wanted = ceiling;
        wanted.*field = more;
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::above_limit);
    };
    beyond(&Settings::hard_overcurrent, ceiling.hard_overcurrent + 1_mA);
    beyond(&Settings::overload_pickup, ceiling.overload_pickup + 1_mA);
    beyond(&Settings::overload_tms_permille, ceiling.overload_tms_permille + 1);
    beyond(&Settings::contact_limit, ceiling.contact_limit + DeciCelsius{1});
    beyond(&Settings::session_cap, ceiling.session_cap + 1_ms);
    beyond(&Settings::energy_cap, ceiling.energy_cap + 1_mWh);
    beyond(&Settings::full_below, ceiling.full_below + Milliwatts{1});
    beyond(&Settings::full_permille_of_peak, ceiling.full_permille_of_peak + 1);
    beyond(&Settings::full_hold, ceiling.full_hold + 1_ms);
    beyond(&Settings::unplugged_below, ceiling.unplugged_below + Milliwatts{1});
    beyond(&Settings::unplugged_hold, ceiling.unplugged_hold + 1_ms);
    beyond(&Settings::no_load_wait, ceiling.no_load_wait + 1_ms);
    CHECK(rig.guard().settings() == factory_settings);

    // The ceiling itself has lower thresholds to loosen than the factory's, so it needs approval.
    ceiling.full_permille_of_peak = factory_settings.full_permille_of_peak;
    CHECK(rig.answer_to(rig.change(ceiling, Approval::both_approvers)) == CommandOutcome::done);
}

TEST_CASE("a limit of nothing is refused, for it would switch a protection off or mean damage",
          "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    const auto refused = [&](auto field, auto value) {
        auto wanted = next_version(rig.guard());
        wanted.*field = value;
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::out_of_range);
    };
    refused(&Settings::hard_overcurrent, Milliamps{});
    refused(&Settings::overload_pickup, Milliamps{-1});
    refused(&Settings::overload_tms_permille, std::uint32_t{0});
    refused(&Settings::contact_limit, DeciCelsius{});
    refused(&Settings::session_cap, Millis{});
    refused(&Settings::energy_cap, MilliwattHours{});
    refused(&Settings::full_below, Milliwatts{-1});
    refused(&Settings::full_hold, Millis{-1});
    refused(&Settings::unplugged_below, Milliwatts{-1});
    refused(&Settings::unplugged_hold, Millis{-1});
    refused(&Settings::no_load_wait, Millis{-1});
    CHECK(rig.guard().settings() == factory_settings);
}

TEST_CASE("settings that are not newer are a replay", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    auto wanted = factory_settings;
    wanted.version = 4;
    wanted.contact_limit = DeciCelsius{600};
    REQUIRE(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::done);
    for (const std::uint32_t version : {0U, 3U, 4U}) {
        auto older = wanted;
        older.version = version;
        older.contact_limit = DeciCelsius{500};
        CHECK(rig.answer_to(rig.change(older, Approval::both_approvers)) ==
              CommandOutcome::replayed);
    }
    CHECK(rig.guard().settings() == wanted);
}

TEST_CASE("tightened limits judge what already flows", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    rig.socket(1).load = 3_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    rig.run_for(5_s);
    auto wanted = next_version(rig.guard());
    wanted.hard_overcurrent = 2_A;
    REQUIRE(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::done);

    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1); });

    CHECK(took <= GuardRig::poll);
    CHECK(rig.trips() == std::vector{TripCause::hard_overcurrent});
}
