#pragma once

#include "firmware/base/check.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace ks::core {

/// Words next to the end of the stacks that nobody may write (F-039). On the target the memory
/// protection unit guards the same region; this finds what came past it before it was armed, and
/// what a board without one cannot see.
class StackGuard {
public:
    /// Not a small number, no address, no ASCII: nothing a program would write by itself.
    static constexpr std::uint32_t pattern = 0xA5C3'3C5A;

    static constexpr void prepare(std::span<std::uint32_t> region)
    {
        check(!region.empty());
        for (auto& word : region)
            word = pattern;
    }
    /// The index of the first word that was written; nothing when all are as they were.
    [[nodiscard]] static constexpr std::optional<std::uint32_t>
    trampled(std::span<const std::uint32_t> region)
    {
        for (std::size_t i = 0; i < region.size(); ++i)
            if (region[i] != pattern) return static_cast<std::uint32_t>(i);
        return std::nullopt;
    }
};

}  // namespace ks::core
