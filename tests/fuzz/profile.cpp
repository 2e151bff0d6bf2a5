#include "edge/toml/profile.hpp"

#include <cstdint>

using namespace ks;

/// Any text is a profile that every post can take, or is refused with faults that can be told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto reading = edge::read_profile({reinterpret_cast<const char*>(data), size});
    for (const auto& fault : reading.faults())
        check(!edge::told(fault, "file").empty());
    if (reading.ok()) {
        check(within_bounds(reading.settings()));
        check(reading.settings().version > 0);
    }
    return 0;
}
