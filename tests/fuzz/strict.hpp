#pragma once

#include "tests/protocol/strictness.hpp"

#include <cstdlib>

namespace ks::fuzz {

[[nodiscard]] inline Bytes bytes_of(const std::uint8_t* data, std::size_t size)
{
    return std::as_bytes(std::span{data, size});
}

/// Refused, or taken and spelled exactly as the encoder spells it. Anything else is a finding.
inline void judge(protocol::Subject subject, Bytes bytes)
{
    if (!protocol::refusal_of(subject, bytes) && !protocol::comes_back(subject, bytes))
        std::abort();
}

}  // namespace ks::fuzz
