#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ks::edge {

/// From the operating system's generator. Throws when it gives nothing: there is no second best.
void fill_random(std::span<std::byte> bytes);

template <std::size_t size>
[[nodiscard]] std::array<std::byte, size> random_array()
{
    std::array<std::byte, size> bytes{};
    fill_random(bytes);
    return bytes;
}

/// From 0 to below `bound`, evenly enough for jitter.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

}  // namespace ks::edge
