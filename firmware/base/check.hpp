#pragma once

#include <cstdint>
#include <source_location>

namespace ks {

/// Where a check failed last. On the post it lies in RAM that a reset leaves alone; on Linux the
/// program's trap handler prints it.
struct LastWords {
    const char* file;
    std::uint32_t line;
};

extern LastWords last_words;

[[noreturn]] void check_failed(std::source_location where);

/// A promise of our own code, always on. Never for anything that came from outside: that is
/// refused, not checked. The default argument is the only way to learn the caller's place.
constexpr void check(bool holds, std::source_location where = std::source_location::current())
{
    if (!holds) check_failed(where);
}

}  // namespace ks
