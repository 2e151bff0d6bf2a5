#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::Limits;
using protocol::Loosens;
using protocol::PostLimits;
using protocol::TripCause;

namespace {

/// One step of a limit's own unit.
template <class T>
T one()
{
    return T{1};
}

/// Inside the range of every limit, so that each has room on both sides.
Settings in_the_middle()
{
    auto settings = bench_settings;
    const auto middle = [](auto& limits) {
        using Owner = std::remove_reference_t<decltype(limits)>;
        protocol::each_limit_of<Owner>([&](const auto& row) {
            using Value = std::remove_cvref_t<decltype(row.least)>;
            limits.*row.field =
                row.most - one<Value>() > row.least ? row.most - one<Value>() : row.least;
        });
    };
    middle(settings.types[0]);
    middle(settings.post);
    settings.types[1] = settings.types[0];
    return settings;
}

enum class Way : std::uint8_t { tighter, looser };

/// Calls `visit(name, settings)` for each limit, moved by one step from where it now is.
template <class Visit>
void each_step(const Guard& guard, Way way, Visit visit)
{
    const auto step = [&](const auto& row, auto&& limits_of) {
        using Value = std::remove_cvref_t<decltype(row.least)>;
        auto wanted = guard.settings();
        auto& value = limits_of(wanted).*row.field;
        const bool up = (row.loosens == Loosens::upwards) == (way == Way::looser);
        value = up ? value + one<Value>() : value - one<Value>();
        ++wanted.version;
        if (value >= row.least && value <= row.most) visit(row.name, wanted);
    };
    protocol::each_limit_of<Limits>(
        [&](const auto& row) { step(row, [](Settings& s) -> Limits& { return s.types[0]; }); });
    protocol::each_limit_of<PostLimits>(
        [&](const auto& row) { step(row, [](Settings& s) -> PostLimits& { return s.post; }); });
}

Settings next_version(const Guard& guard)
{
    auto settings = guard.settings();
    ++settings.version;
    return settings;
}

}  // namespace

TEST_CASE("each limit may be tightened by anybody and at any time", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1, in_the_middle());
    rig.socket(1).load = 1_A;
    REQUIRE(rig.answer_to(rig.start(1)) == CommandOutcome::done);
    int tightened = 0;
    each_step(rig.guard(), Way::tighter, [&](auto name, const Settings& wanted) {
        CAPTURE(std::string{name});
        ++tightened;
        CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::done);
        CHECK(rig.guard().settings() == wanted);
    });
    CHECK(tightened >= 40);
    CHECK(rig.closed(1));
}

TEST_CASE("S-29: no limit is loosened without both approvers, and never while anything charges",
          "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(2, in_the_middle());
    int looser = 0;
    each_step(rig.guard(), Way::looser, [&](auto name, const Settings& wanted) {
        CAPTURE(std::string{name});
        ++looser;
        CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::not_approved);
    });
    CHECK(looser >= 40);
    REQUIRE(rig.answer_to(rig.start(2)) == CommandOutcome::done);
    each_step(rig.guard(), Way::looser, [&](auto name, const Settings& wanted) {
        CAPTURE(std::string{name});
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::not_idle);
    });
    REQUIRE(rig.answer_to(rig.stop(2)) == CommandOutcome::done);
    auto wanted = next_version(rig.guard());
    wanted.types[0].hard_overcurrent += 1_mA;
    CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) == CommandOutcome::not_idle);
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) == CommandOutcome::done);
    CHECK(rig.guard().settings() == wanted);
}

TEST_CASE("tightening one limit is no ground to loosen another", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    auto wanted = next_version(rig.guard());
    wanted.types[0].contact_limit -= DeciCelsius{50};
    wanted.types[0].hard_overcurrent += 1_mA;
    CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::not_approved);
    CHECK(rig.guard().settings() == bench_settings);
}

TEST_CASE("F-124, S-27: no signature moves a limit beyond what is compiled in, in either direction",
          "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    const auto refused = [&](auto name, const auto& row, auto&& limits_of) {
        CAPTURE(std::string{name});
        using Value = std::remove_cvref_t<decltype(row.least)>;
        auto wanted = next_version(rig.guard());
        limits_of(wanted).*row.field = row.most + one<Value>();
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::above_limit);
        if (row.least == Value{} && std::is_unsigned_v<Value>) return;
        limits_of(wanted).*row.field = row.least - one<Value>();
        CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
              CommandOutcome::above_limit);
    };
    protocol::each_limit_of<Limits>([&](const auto& row) {
        refused(row.name, row, [](Settings& s) -> Limits& { return s.types[1]; });
    });
    protocol::each_limit_of<PostLimits>([&](const auto& row) {
        refused(row.name, row, [](Settings& s) -> PostLimits& { return s.post; });
    });
    auto wanted = next_version(rig.guard());
    wanted.type_of[0] = protocol::outlet_types;
    CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) ==
          CommandOutcome::above_limit);
    CHECK(rig.guard().settings() == bench_settings);

    wanted = loosest_settings;
    wanted.version = 5;
    CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) == CommandOutcome::done);
}

TEST_CASE("settings that are not newer are a replay", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::ready(1);
    auto wanted = bench_settings;
    wanted.version = 4;
    wanted.types[0].contact_limit = DeciCelsius{600};
    REQUIRE(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::done);
    for (const std::uint32_t version : {0U, 3U, 4U}) {
        auto older = wanted;
        older.version = version;
        older.types[0].contact_limit = DeciCelsius{500};
        CHECK(rig.answer_to(rig.change(older, Approval::both_approvers)) ==
              CommandOutcome::replayed);
    }
    CHECK(rig.guard().settings() == wanted);
}

TEST_CASE("tightened limits judge what already flows", "[core][guard][settings][unit]")
{
    auto rig = GuardRig::charging(1, 3_A);
    auto wanted = next_version(rig.guard());
    wanted.types[0].hard_overcurrent = 2_A;
    REQUIRE(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::done);

    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1); });

    CHECK(took <= GuardRig::poll);
    CHECK(rig.trips() == std::vector{TripCause::hard_overcurrent});
}

TEST_CASE("an outlet of the second type is judged by the second type's limits",
          "[core][guard][settings][unit]")
{
    auto settings = bench_settings;
    settings.type_of[1] = 1;
    settings.types[1].hard_overcurrent = 16_A;
    settings.types[1].overload_pickup = 12_A;
    auto rig = GuardRig::charging(2, 3_A, settings);

    for (std::uint8_t outlet = 1; outlet <= 2; ++outlet)
        rig.socket(outlet).load = 11_A;
    rig.run_for(2_s);

    CHECK_FALSE(rig.closed(1));
    CHECK(rig.closed(2));
    CHECK(rig.trips() == std::vector{TripCause::hard_overcurrent});
}

TEST_CASE("a post whose settings were lost starts nothing and loosens nothing until it is "
          "commissioned by both approvers",
          "[core][guard][settings][unit]")
{
    GuardRig rig{1};
    auto memory = nothing_latched;
    memory.memory = WishRestore::Memory::lost;
    REQUIRE(rig.guard().wish(memory));
    rig.run_for(10_s);
    CHECK(rig.guard().settings() == protocol::factory_settings);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::not_calibrated);
    auto wanted = protocol::factory_settings;
    wanted.version = 7;
    CHECK(rig.answer_to(rig.change(wanted, Approval::none)) == CommandOutcome::not_approved);

    CHECK(rig.answer_to(rig.change(wanted, Approval::both_approvers)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(1)) == CommandOutcome::done);
}
