#pragma once

#include "firmware/hal/self_test.hpp"

#include <array>
#include <optional>

namespace ks::core {

/// Each bit of each register high and low, neighbours alike and apart: what IEC 60730-1 Annex H,
/// Class B asks of CPU registers (1.1) as vendors' notes give it: stuck-at.
inline constexpr std::array<std::uint32_t, 4> register_patterns{0x0000'0000, 0xFFFF'FFFF,
                                                                0x5555'5555, 0xAAAA'AAAA};

/// Goes once through every operation the guard's arithmetic rests on.
[[nodiscard]] constexpr std::uint32_t alu_result(std::uint32_t a, std::uint32_t b)
{
    std::uint32_t result = a + b;
    result ^= a - b;
    result += a * (b | 1U);
    result ^= a / (b | 1U);
    result = result << 5U | result >> 27U;
    result ^= (a & b) | ~(a | b);
    const auto wide = std::uint64_t{a} * b;
    return result ^ static_cast<std::uint32_t>(wide >> 32U);
}

/// What the compiler makes of every pair of patterns: the processor must come to the same.
inline constexpr auto alu_results = [] {
    std::array<std::uint32_t, register_patterns.size() * register_patterns.size()> results{};
    std::size_t next = 0;
    for (const auto a : register_patterns)
        for (const auto b : register_patterns)
            results[next++] = alu_result(a, b);
    return results;
}();

/// The first register that does not hold a pattern, or `alu` when the arithmetic is wrong (F-033).
/// Takes no longer than a hundred short loads: all of it is one slice.
template <hal::SelfTested Board>
class RegisterTest {
public:
    static constexpr std::uint32_t alu = 0xFF;

    [[nodiscard]] static std::optional<std::uint32_t> wrong(Board& board)
    {
        for (std::uint8_t which = 0; which < board.registers(); ++which)
            for (const auto pattern : register_patterns)
                if (board.through_register(which, pattern) != pattern) return which;
        auto right = alu_results.begin();
        for (const auto a : register_patterns)
            for (const auto b : register_patterns)
                // What came through a register is no constant to the compiler.
                if (alu_result(board.through_register(0, a), board.through_register(0, b)) !=
                    *right++)
                    return alu;
        return std::nullopt;
    }
};

static_assert(alu_result(0x5555'5555, 0xAAAA'AAAA) != alu_result(0xAAAA'AAAA, 0x5555'5555));

}  // namespace ks::core
