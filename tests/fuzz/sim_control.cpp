#include "sim/fleet/control.hpp"
#include "tests/sim/fleet_rig.hpp"

#include <cstdint>

using namespace ks;
using namespace ks::sim;

/// Any line is answered by one line of JSON, and the fleet lives on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static Fleet fleet{rig_identities(1), rig_fleet_setup(), read_scenario("").scenario()};
    static Instant now{};
    const auto answer = answer_to({reinterpret_cast<const char*>(data), size}, fleet);
    check(answer.starts_with("{\"ok\":true") || answer.starts_with("{\"error\":\""));
    check(answer.find('\n') == std::string::npos);
    now = now + Millis{5};
    fleet.pass(now);
    return 0;
}
