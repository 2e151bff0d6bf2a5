#include "sim/fleet/scenario.hpp"

#include <cstdint>

using namespace ks;
using namespace ks::sim;

/// Any text is a scenario whose deeds can all be done, or is refused with faults that can be told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto reading = read_scenario({reinterpret_cast<const char*>(data), size});
    if (!reading.ok()) {
        for (const auto& fault : reading.faults())
            check(!told(fault, "file").empty());
        return 0;
    }
    const auto& scenario = reading.scenario();
    Millis last{0};
    for (const auto& timed : scenario.deeds) {
        check(timed.at >= last && timed.at <= scenario_longest + scenario_longest);
        check(timed.deed.post >= 1 && timed.deed.post <= scenario.posts);
        check(timed.deed.outlet <= scenario.outlets);
        last = timed.at;
    }
    return 0;
}
