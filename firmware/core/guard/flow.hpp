#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ks::core {

using FlowSignature = std::uint32_t;

/// The way through a tick or a turn, signed by each step as it is entered. A step that was left
/// out, done twice or out of its place makes another signature (F-038); whoever feeds the watchdog
/// compares it with the one that was worked out when the program was built.
class Flow {
public:
    constexpr void begin() { signature_ = first; }
    template <class Step>
    constexpr void passed(Step step)
    {
        signature_ = (signature_ ^ (static_cast<FlowSignature>(step) + 1)) * factor;
    }
    [[nodiscard]] constexpr FlowSignature signature() const { return signature_; }

private:
    // FNV-1a's numbers: odd, so that no step can be undone by another.
    static constexpr FlowSignature first = 0x811C'9DC5;
    static constexpr FlowSignature factor = 0x0100'0193;

    FlowSignature signature_{0};
};

template <class Step, std::size_t count>
[[nodiscard]] constexpr FlowSignature flow_of(const std::array<Step, count>& steps)
{
    Flow flow;
    flow.begin();
    for (const auto step : steps)
        flow.passed(step);
    return flow.signature();
}

/// No single step left out or done twice, and no two that change places, sign as the whole does.
template <class Step, std::size_t count>
[[nodiscard]] consteval bool tells_every_slip(const std::array<Step, count>& steps)
{
    const auto whole = flow_of(steps);
    for (std::size_t slip = 0; slip < count; ++slip) {
        Flow without;
        Flow twice;
        without.begin();
        twice.begin();
        for (std::size_t i = 0; i < count; ++i) {
            if (i != slip) without.passed(steps[i]);
            twice.passed(steps[i]);
            if (i == slip) twice.passed(steps[i]);
        }
        if (without.signature() == whole || twice.signature() == whole) return false;
        for (std::size_t other = slip + 1; other < count; ++other) {
            auto swapped = steps;
            swapped[slip] = steps[other];
            swapped[other] = steps[slip];
            if (steps[slip] != steps[other] && flow_of(swapped) == whole) return false;
        }
    }
    return true;
}

/// The steps of the guard's tick, in their order.
enum class GuardStep : std::uint8_t {
    listened,
    memory_judged,
    observed,
    post_judged,
    circuits_judged,
    contactor_judged,
    budget_judged,
    contactor_followed,
    wishes_taken,
    ends_told,
    readings_offered,
};

inline constexpr std::array guard_steps{
    GuardStep::listened,           GuardStep::memory_judged,      GuardStep::observed,
    GuardStep::post_judged,        GuardStep::circuits_judged,    GuardStep::contactor_judged,
    GuardStep::budget_judged,      GuardStep::contactor_followed, GuardStep::wishes_taken,
    GuardStep::contactor_followed, GuardStep::ends_told,          GuardStep::readings_offered,
};
static_assert(tells_every_slip(guard_steps));

}  // namespace ks::core
