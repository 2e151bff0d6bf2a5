#include "edge/runtime/random.hpp"

#include "firmware/base/check.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace ks::edge {

void fill_random(std::span<std::byte> bytes)
{
    while (!bytes.empty()) {
        const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw std::system_error{errno, std::generic_category(), "getrandom"};
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

std::uint32_t random_below(std::uint32_t bound)
{
    check(bound > 0);
    const auto bytes = random_array<4>();
    std::uint32_t value = 0;
    for (const auto byte : bytes)
        value = value << 8 | std::to_integer<std::uint32_t>(byte);
    return value % bound;
}

}  // namespace ks::edge
