#include "firmware/drivers/bl0942.hpp"
#include "firmware/drivers/bl0942_scale.hpp"
#include "tests/drivers/meter_bench.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::drivers;

namespace {

constexpr auto one_ampere = "55 4D D5 03 BF 51 35 36 64 01 BA 17 02 B0 04 00 20 4E 00 00 00 00 58";

}  // namespace

TEST_CASE("the application note's example values read as 1 A, 220 V, 220 W and 1200 pulses",
          "[drivers][bl0942][golden]")
{
    const auto sample = sample_from(test::unhex(one_ampere), 0, Instant{Millis{7}});

    REQUIRE(sample.ok());
    CHECK(sample->at == Instant{Millis{7}});
    CHECK(sample->current == Milliamps{1'000});
    CHECK(sample->voltage == Millivolts{220'000});
    CHECK(sample->power == Milliwatts{219'999});
    CHECK(sample->pulses == 1'200);
    const auto milliwatt_hours = 1'200 * bl0942_pulse.milliwatt_hours / bl0942_pulse.pulses;
    CHECK(milliwatt_hours / 10 == 22'427);
}

TEST_CASE("power that flows backwards reads as negative power", "[drivers][bl0942][golden]")
{
    const auto sample = sample_from(
        test::unhex("55 00 00 00 BF 51 35 00 00 00 0C FE FF 00 00 00 20 4E 00 01 00 00 95"), 0,
        Instant{});

    REQUIRE(sample.ok());
    CHECK(sample->current == Milliamps{0});
    CHECK(sample->power == Milliwatts{-802});
}

TEST_CASE("frames to the chip are the data sheet's, byte for byte", "[drivers][bl0942][golden]")
{
    using enum MeterRegister;
    const auto writes = [](MeterRegister to, std::uint32_t value, std::string_view hex) {
        return equal(write_frame(0, to, value), test::unhex(hex));
    };
    CHECK(writes(write_protection, 0x55, "A8 1D 55 00 00 E5"));
    CHECK(writes(overcurrent_threshold, 3'562, "A8 15 EA 0D 00 4B"));
    CHECK(writes(overcurrent_cycles, 2, "A8 16 02 00 00 3F"));
    CHECK(writes(pin_functions, 0x25, "A8 18 25 00 00 1A"));
    CHECK(writes(mode, 0x87, "A8 19 87 00 00 B7"));
    CHECK(writes(write_protection, 0, "A8 1D 00 00 00 3A"));
    CHECK(equal(packet_request(0), test::unhex("58 AA")));
    CHECK(equal(packet_request(3), test::unhex("5B AA")));
    CHECK(equal(read_frame(2, overcurrent_threshold), test::unhex("5A 15")));
}

TEST_CASE("a register's answer counts only with its own question's checksum",
          "[drivers][bl0942][unit]")
{
    const auto v_rms = static_cast<MeterRegister>(0x04);
    const auto answer = test::unhex("BF 51 35 5E");
    CHECK(word_from(answer, 0, v_rms).value_or(0) == 3'494'335);
    CHECK(word_from(answer, 1, v_rms).reason() == MeterFault::other_address);
    CHECK(word_from(Bytes{answer}.first(3), 0, v_rms).reason() == MeterFault::mangled);
    CHECK(word_from(test::unhex("BF 51 35 00"), 0, v_rms).reason() == MeterFault::mangled);
}

TEST_CASE("no single flipped bit of a packet is ever read as a sample", "[drivers][bl0942][unit]")
{
    const auto good = test::unhex(one_ampere);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        CAPTURE(bit);
        auto bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        CHECK_FALSE(sample_from(bad, 0, Instant{}).ok());
    }
}

TEST_CASE("a packet of any other length is refused", "[drivers][bl0942][unit]")
{
    auto bytes = test::unhex(one_ampere);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(sample_from(Bytes{bytes}.first(size), 0, Instant{}).reason() == MeterFault::mangled);
    bytes.push_back(std::byte{0x55});
    CHECK(sample_from(bytes, 0, Instant{}).reason() == MeterFault::mangled);
}

TEST_CASE("an answer of the chip next door is recognised as such", "[drivers][bl0942][unit]")
{
    for (std::uint8_t asked = 0; asked < meters_per_bus; ++asked)
        for (std::uint8_t answers = 0; answers < meters_per_bus; ++answers) {
            const auto sample = sample_from(packet_of(answers, {}), asked, Instant{});
            CHECK(sample.ok() == (asked == answers));
            if (!sample.ok()) CHECK(sample.reason() == MeterFault::other_address);
        }
}

TEST_CASE("absurd values under a valid checksum never become a sample", "[drivers][bl0942][unit]")
{
    struct Absurd {
        const char* what;
        PacketRegisters registers;
    };
    const Absurd absurd[] = {
        {"more voltage than two phases have", {.voltage = 7'147'600}},
        {"more current than the input can show", {.current = 15'073'100, .watt = 0}},
        {"more power than volts times amperes", {.watt = 151'600}},
        {"as much the other way round", {.watt = -151'600}},
        {"power without current", {.current = 0}},
        {"power without voltage", {.voltage = 0}},
    };
    for (const auto& [what, registers] : absurd) {
        CAPTURE(what);
        CHECK(sample_from(packet_of(0, registers), 0, Instant{}).reason() == MeterFault::absurd);
    }
    auto filled = packet_of(0, {});
    filled[20] = std::byte{1};
    filled[22] = static_cast<std::byte>(std::to_integer<std::uint8_t>(filled[22]) - 1);
    CHECK(sample_from(filled, 0, Instant{}).reason() == MeterFault::mangled);
}

TEST_CASE("a short circuit beyond the chip's scale is read as the most it can show",
          "[drivers][bl0942][unit]")
{
    const auto sample =
        sample_from(packet_of(0, {.current = 0xFF'FFFF, .voltage = 1'588'300, .watt = 3'000'000}),
                    0, Instant{});
    REQUIRE(sample.ok());
    CHECK(sample->current == meter_current_ceiling);
}

TEST_CASE("counts become units exactly, rounded to the nearest", "[drivers][bl0942][unit]")
{
    // The fractions are exact; a reader can redo these with pencil and paper.
    CHECK(bl0942_milliamps.above() == 609);
    CHECK(bl0942_milliamps.below() == 152'989);
    CHECK(bl0942_milliamps.of(125) == 0);
    CHECK(bl0942_milliamps.of(126) == 1);
    CHECK(bl0942_milliwatts.of(-500) == -802);
    CHECK(bl0942_milliwatts.of(500) == 802);
    CHECK(bl0942_pulse.milliwatt_hours / bl0942_pulse.pulses == 186);
}

TEST_CASE("a calibrated sample keeps power within volts times amperes, and its pulses in step",
          "[drivers][bl0942][calibration][unit]")
{
    const auto shown = sample_from(test::unhex(one_ampere), 0, Instant{}).value();
    using Gains = std::initializer_list<std::uint16_t>;
    for (const auto voltage : Gains{9'000, 9'999, 10'000, 10'044, 11'000})
        for (const auto current : Gains{9'000, 9'871, 10'000, 11'000}) {
            CAPTURE(voltage, current);
            const auto sample = calibrated(shown, Gain{voltage}, Gain{current});
            CHECK(sample.voltage == times(shown.voltage, Gain{voltage}));
            CHECK(sample.current == times(shown.current, Gain{current}));
            const auto apparent = apparent_power(sample.voltage, sample.current).count();
            CHECK(sample.power.count() <= apparent + apparent / 1'000);
            CHECK(sample.power.count() >= apparent - apparent / 1'000);
            const auto share = std::int64_t{voltage} * current;
            CHECK(sample.pulses == shown.pulses * share / 100'000'000);
            if (voltage == 10'000 && current == 10'000) CHECK(sample.power == shown.power);
        }
}

TEST_CASE("a calibrated pulse counter restarts at zero and stays inside its 24 bits",
          "[drivers][bl0942][calibration][unit]")
{
    hal::Sample shown{};
    for (const std::uint32_t pulses : {0U, 1U, 0x80'0000U, 0xFF'FFFFU}) {
        shown.pulses = pulses;
        CHECK(calibrated(shown, unity_gain, unity_gain).pulses == pulses);
        CHECK(calibrated(shown, Gain{11'000}, Gain{11'000}).pulses <= 0xFF'FFFF);
        CHECK(calibrated(shown, Gain{9'000}, Gain{9'000}).pulses ==
              std::uint64_t{pulses} * 81 / 100);
    }
    shown.pulses = 0;
    CHECK(calibrated(shown, Gain{11'000}, Gain{9'000}).pulses == 0);
}
