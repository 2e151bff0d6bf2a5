#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace ks::test {

/// How often a test that could go on for long does its work: `sample` times in every run, and as
/// often as KICKSTAND_ROUNDS says under `scripts/campaign`.
[[nodiscard]] inline std::uint64_t rounds(std::uint64_t sample)
{
    const char* wanted = std::getenv("KICKSTAND_ROUNDS");
    if (wanted == nullptr) return sample;
    return std::max<std::uint64_t>(1, std::strtoull(wanted, nullptr, 10));
}

}  // namespace ks::test
