#pragma once

#include "firmware/protocol/words.hpp"

#include <cstdint>

namespace ks::core {

/// What a post's own failures have come to since somebody last looked at it: self-tests that failed
/// (F-033), and resets that its own program brought about, none of them ten minutes after the one
/// before (F-046; without a clock that outlives a reset that is what can be counted, and it blocks
/// no later than three within ten minutes would).
struct Strikes {
    /// Three of either kind, and the post is out of use until an installer has cleared it.
    static constexpr std::uint8_t most = 3;

    std::uint8_t tests{0};
    std::uint8_t resets{0};

    [[nodiscard]] constexpr bool blocked() const { return tests >= most || resets >= most; }
    [[nodiscard]] constexpr bool none() const { return tests == 0 && resets == 0; }
    constexpr bool operator==(const Strikes&) const = default;
};

/// Counts, and stays where it is once there is nothing more to tell.
constexpr void strike(std::uint8_t& count)
{
    if (count < 0xFF) ++count;
}

/// A reset by the post's own program, and not by its supply or a person.
[[nodiscard]] constexpr bool own_doing(protocol::ResetCause cause)
{
    using enum protocol::ResetCause;
    return cause == watchdog || cause == check_failed || cause == software;
}

static_assert(!Strikes{.tests = 2, .resets = 2}.blocked() && Strikes{.resets = 3}.blocked());
static_assert(!own_doing(protocol::ResetCause::brown_out));

}  // namespace ks::core
