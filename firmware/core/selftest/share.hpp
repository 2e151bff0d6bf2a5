#pragma once

#include "firmware/base/check.hpp"

#include <cstdint>

namespace ks::core {

/// How much of `whole` is done in each of `slots` equal steps, so that the last one ends it.
[[nodiscard]] constexpr std::uint32_t share_of(std::uint32_t whole, std::uint32_t slots)
{
    check(slots > 0);
    return (whole + slots - 1) / slots;
}

static_assert(share_of(0, 80) == 0 && share_of(1, 80) == 1 && share_of(81, 80) == 2);

}  // namespace ks::core
