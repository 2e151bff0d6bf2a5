#pragma once

#include "firmware/base/check.hpp"
#include "firmware/hal/self_test.hpp"

#include <array>

namespace ks::core {

/// So many words are marched over at once, with nothing in between: about 350 accesses, a dozen
/// microseconds at 168 MHz [I], which is what the guard's tick may come late by.
inline constexpr std::uint32_t march_words_most = 16;

/// Each against its inverse: bits alike, and neighbouring bits of a word apart.
inline constexpr std::array<std::uint32_t, 2> march_backgrounds{0x0000'0000, 0x5555'5555};

enum class MarchWay : std::uint8_t { up, down };

/// One element of a march: in every cell in turn, what must be read and what is written then.
/// Gives the bits that were read wrong.
template <hal::RamCells Cells>
[[nodiscard]] std::uint32_t march_element(Cells& cells, std::uint32_t first, std::uint32_t count,
                                          MarchWay way, std::uint32_t expected,
                                          std::uint32_t written)
{
    std::uint32_t wrong = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto at = first + (way == MarchWay::up ? i : count - 1 - i);
        wrong |= cells.read(at) ^ expected;
        cells.write(at, written);
    }
    return wrong;
}

/// March C- (van de Goor): finds stuck bits, bits that cannot change, addresses that reach another
/// cell or several, and cells that change with another, all of it within these words; it leaves
/// them as they were. Gives the bits that were wrong in any word, 0 for sound RAM. Nothing else may
/// run meanwhile. Its own variables lie on the stack, which no window holds.
template <hal::RamCells Cells>
[[nodiscard]] std::uint32_t march(Cells& cells, std::uint32_t first, std::uint32_t count)
{
    check(count > 0 && count <= march_words_most);
    check(first + count <= cells.size());
    std::array<std::uint32_t, march_words_most> kept{};
    for (std::uint32_t i = 0; i < count; ++i)
        kept[i] = cells.read(first + i);

    std::uint32_t wrong = 0;
    for (const auto zero : march_backgrounds) {
        const auto one = ~zero;
        for (std::uint32_t i = 0; i < count; ++i)
            cells.write(first + i, zero);
        wrong |= march_element(cells, first, count, MarchWay::up, zero, one);
        wrong |= march_element(cells, first, count, MarchWay::up, one, zero);
        wrong |= march_element(cells, first, count, MarchWay::down, zero, one);
        wrong |= march_element(cells, first, count, MarchWay::down, one, zero);
        wrong |= march_element(cells, first, count, MarchWay::up, zero, zero);
    }

    for (std::uint32_t i = 0; i < count; ++i)
        cells.write(first + i, kept[i]);
    for (std::uint32_t i = 0; i < count; ++i)
        wrong |= cells.read(first + i) ^ kept[i];
    return wrong;
}

}  // namespace ks::core
