#include "firmware/boards/host/host_board.hpp"

#include <sys/random.h>

namespace ks::host {

bool system_random(std::span<std::byte> into)
{
    return getrandom(into.data(), into.size(), 0) == static_cast<ssize_t>(into.size());
}

}  // namespace ks::host
