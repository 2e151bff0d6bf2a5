#include "tests/drivers/meter_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::drivers;

TEST_CASE("four meters are set up, read back and polled in turn", "[drivers][meterbus][unit]")
{
    BusRig rig{4};
    rig.run_for(2_s);

    for (std::uint8_t address = 0; address < 4; ++address) {
        CAPTURE(int{address});
        const auto& chip = rig.bench.chip(address);
        CHECK(chip.registers.at(0x15) == 3'562);
        CHECK(chip.registers.at(0x16) == 2);
        CHECK(chip.registers.at(0x18) == 0x25);
        CHECK(chip.registers.at(0x19) == 0x387);
        CHECK(chip.unlocked != 0x55);
        CHECK(rig.bus.answering(address));
        REQUIRE(rig.samples[address].size() > 10);
        CHECK(rig.samples[address].back().current == Milliamps{1'000});
    }
}
