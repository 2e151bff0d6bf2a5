#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

using namespace ks;

namespace ks::core {

/// Does a tick's work by hand, so that a step can be left out as a stray jump would.
struct GuardSteps {
    static FlowSignature without(Guard& guard, Instant now, const hal::PostInputs& post,
                                 std::optional<std::size_t> left_out)
    {
        std::array<hal::OutletInputs, protocol::outlet_limit> outlets{};
        const auto inputs = std::span{outlets}.first(guard.setup_.outlets);
        std::size_t step = 0;
        const auto then = [&](auto work) {
            if (step++ != left_out) work();
        };
        guard.flow_.begin();
        then([&] { guard.listen(now); });
        then([&] { guard.judge_memory(now); });
        then([&] { guard.observe(now, inputs, post); });
        then([&] { guard.judge_post(now); });
        then([&] { guard.judge_circuits(now); });
        then([&] { guard.judge_contactor(now); });
        then([&] { guard.judge_budget(now); });
        then([&] { guard.follow_contactor(now); });
        then([&] { guard.take_wishes(now); });
        then([&] { guard.follow_contactor(now); });
        then([&] { guard.tell_ends(now); });
        then([&] { guard.offer_readings(now); });
        check(step == guard_steps.size());
        return guard.flow();
    }
};

}  // namespace ks::core

using core::Guard;
using core::GuardSteps;

TEST_CASE("F-038: a tick that went its whole way signs as it should, whatever it had to do",
          "[core][selftest][unit]")
{
    auto rig = core::GuardRig::charging(3, 1_A);
    for (int tick = 0; tick < 2'000; ++tick) {
        if (tick == 500) rig.socket(1).load = 20_A;
        if (tick == 900) rig.post.inputs[0] = hal::InputState::active;
        if (tick == 1'200) rig.rest = core::GuardRig::Rest::hung;
        rig.step();
        REQUIRE(rig.guard().flow() == Guard::right_flow);
    }
}

TEST_CASE("F-038: a tick that leaves out any one of its steps signs differently",
          "[core][selftest][unit]")
{
    for (std::size_t left_out = 0; left_out < core::guard_steps.size(); ++left_out) {
        CAPTURE(left_out);
        auto rig = core::GuardRig::charging(3, 1_A);
        CHECK(GuardSteps::without(rig.guard(), rig.now(), rig.post, std::nullopt) ==
              Guard::right_flow);
        CHECK(GuardSteps::without(rig.guard(), rig.now(), rig.post, left_out) != Guard::right_flow);
    }
}

TEST_CASE("F-038: a guard that never ticked has signed nothing", "[core][selftest][unit]")
{
    const Guard guard{
        {.outlets = 1, .pulse = {.milliwatt_hours = 1, .pulses = 1}, .spread_permille = 0}};
    CHECK(guard.flow() != Guard::right_flow);
}
