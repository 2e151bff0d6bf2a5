#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::core;
using protocol::CommandOutcome;
using protocol::TripCause;

namespace {

/// Outlets 1 to 3 are of the first circuit, 4 and 5 of the second; 3 is idle, the others charge.
GuardRig two_circuits()
{
    auto rig = GuardRig::charging(5, 1_A);
    check(rig.answer_to(rig.stop(3)) == CommandOutcome::done);
    rig.post.circuits = 2;
    rig.post.outlets_per_circuit = 3;
    rig.post.residual = {1_mA, 1_mA, {}, {}};
    rig.run_for(5_s);
    rig.news.clear();
    return rig;
}

}  // namespace

TEST_CASE("F-008: a leaking circuit opens its closed outlets within 60 ms, and no other",
          "[core][guard][residual][unit]")
{
    auto rig = two_circuits();
    rig.post.residual[0] = bench_settings.post.residual_limit;

    const auto took = rig.run_until(1_s, [&] { return !rig.closed(1) && !rig.closed(2); });

    CHECK(took <= 60_ms);
    CHECK(took > ResidualCurrent::hold);
    CHECK(rig.closed(4));
    CHECK(rig.closed(5));
    REQUIRE(rig.trips() == std::vector(2, TripCause::residual_current));
    CHECK(rig.all<NewsTripped>().front().trip.measured == 24);
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::cause_present);
    CHECK(rig.answer_to(rig.clear(1, TripCause::residual_current)) ==
          CommandOutcome::cause_present);

    rig.post.residual[0] = bench_settings.post.residual_limit - 1_mA;
    CHECK(rig.answer_to(rig.clear(2, TripCause::overload)) == CommandOutcome::wrong_cause);
    CHECK(rig.answer_to(rig.clear(1, TripCause::residual_current)) == CommandOutcome::done);
    CHECK(rig.answer_to(rig.start(3)) == CommandOutcome::done);
}

TEST_CASE("the last circuit's outlets are cut by the last circuit's monitor",
          "[core][guard][residual][unit]")
{
    auto rig = two_circuits();
    rig.post.residual[1] = 30_mA;
    rig.run_for(60_ms);
    CHECK(rig.closed(1));
    CHECK(rig.closed(2));
    CHECK_FALSE(rig.closed(4));
    CHECK_FALSE(rig.closed(5));
}

TEST_CASE("a leak below the limit, or a burst shorter than the hold time, opens nothing",
          "[core][guard][residual][unit]")
{
    auto rig = two_circuits();
    rig.post.residual[0] = 23_mA;
    rig.run_for(5_s);
    for (int burst = 0; burst < 20; ++burst) {
        rig.post.residual[0] = 100_mA;
        rig.run_for(ResidualCurrent::hold);
        rig.post.residual[0] = 1_mA;
        rig.run_for(GuardRig::tick);
    }
    CHECK(rig.trips().empty());
}

TEST_CASE("F-008: a monitor that fails its own test cuts its circuit, which nobody watches then",
          "[core][guard][residual][unit]")
{
    auto rig = two_circuits();
    rig.post.residual[1] = std::nullopt;
    rig.run_for(ResidualCurrent::failed_hold);
    CHECK(rig.closed(4));
    rig.run_for(GuardRig::tick);
    REQUIRE(rig.trips() == std::vector(2, TripCause::residual_failed));
    CHECK(rig.all<NewsTripped>().front().trip.measured == 2);
    CHECK(rig.closed(1));
    rig.run_for(2_s);
    CHECK(rig.answer_to(rig.clear(4, TripCause::residual_failed)) == CommandOutcome::cause_present);
    rig.post.residual[1] = 1_mA;
    CHECK(rig.answer_to(rig.clear(4, TripCause::residual_failed)) == CommandOutcome::done);
}

TEST_CASE("a post without monitors is not judged by them", "[core][guard][residual][unit]")
{
    auto rig = GuardRig::charging(2, 1_A);
    rig.post.residual.fill(100_mA);
    rig.run_for(5_s);
    CHECK(rig.trips().empty());
    PostRules rules;
    rules.observe(Instant{}, good_post, 220_V, bench_settings.post);
    CHECK_FALSE(rules.circuit_cut(Instant{5_s}, 0, bench_settings.post));
    CHECK(rules.circuit_good(0, bench_settings.post));
}
