#pragma once

#include <cstdint>

namespace ks {

/// Where a check failed last. On the post it lies in RAM that a reset leaves alone; on Linux the
/// program's trap handler prints it.
struct LastWords {
    const char* file;
    std::uint32_t line;
};

extern LastWords last_words;

[[noreturn]] void check_failed(LastWords where);

/// A promise of our own code, always on. Never for anything that came from outside: that is
/// refused, not checked. Default arguments are the only way to learn the caller's place; they are
/// the compilers' own builtins, because Clang 14 has no `std::source_location` yet.
constexpr void check(bool holds, const char* file = __builtin_FILE(),
                     std::uint32_t line = __builtin_LINE())
{
    if (!holds) check_failed({.file = file, .line = line});
}

}  // namespace ks
