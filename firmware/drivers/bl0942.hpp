#pragma once

#include "firmware/base/bytes.hpp"
#include "firmware/base/result.hpp"
#include "firmware/hal/sample.hpp"

#include <array>

// The frames of the BL0942 metering chip (data sheet V1.10; docs/sources.md, BL0942).
namespace ks::drivers {

/// Of one bus: pins A2 and A1 choose 0 to 3.
using MeterAddress = std::uint8_t;
inline constexpr std::size_t meters_per_bus = 4;

enum class MeterRegister : std::uint8_t {
    overcurrent_threshold = 0x15,  // I_FAST_RMS_TH
    overcurrent_cycles = 0x16,     // I_FAST_RMS_CYC
    pin_functions = 0x18,          // OT_FUNX
    mode = 0x19,
    gain = 0x1A,  // GAIN_CR
    write_protection = 0x1D,
};

inline constexpr std::size_t meter_packet_size = 23;
inline constexpr std::size_t meter_word_size = 4;

using ReadFrame = std::array<std::byte, 2>;
using WriteFrame = std::array<std::byte, 6>;

[[nodiscard]] ReadFrame read_frame(MeterAddress address, MeterRegister from);
[[nodiscard]] ReadFrame packet_request(MeterAddress address);
/// `value` has 24 bits.
[[nodiscard]] WriteFrame write_frame(MeterAddress address, MeterRegister to, std::uint32_t value);

enum class MeterFault : std::uint8_t {
    mangled,        // wrong length, head or checksum, or bytes set that are always zero
    other_address,  // a good answer, but to what another chip was asked
    absurd,         // a valid checksum over values that no outlet can have
};

/// The register's value from the four bytes of an answer.
[[nodiscard]] Result<std::uint32_t, MeterFault> word_from(Bytes answer, MeterAddress address,
                                                          MeterRegister from);

/// A reading from the 23 bytes of a packet, in our units. The eight-bit checksum lets one mangled
/// frame in 256 through, so nothing absurd may come out of it (F-024).
[[nodiscard]] Result<hal::Sample, MeterFault> sample_from(Bytes packet, MeterAddress address,
                                                          Instant now);

/// Above these no frame tells the truth. Two phases by mistake are 400 V and 10 %; the chip's
/// input clips at 42 mV peak, 42 A even as a square wave over 1 mOhm.
inline constexpr Millivolts meter_voltage_ceiling{450'000};
inline constexpr Milliamps meter_current_ceiling{60'000};
/// Real power above apparent power by more than the chip's and the shunt's errors is impossible;
/// the watt is for readings near zero, where both are noise.
inline constexpr std::int64_t power_factor_ceiling_permille{1'100};
inline constexpr Milliwatts power_slack{1'000};

[[nodiscard]] constexpr bool plausible(Millivolts voltage, Milliamps current, Milliwatts power)
{
    if (voltage > meter_voltage_ceiling || current > meter_current_ceiling) return false;
    const std::int64_t apparent = apparent_power(voltage, current).count();
    const std::int64_t real = power.count();
    return (real < 0 ? -real : real) <=
           apparent * power_factor_ceiling_permille / 1'000 + power_slack.count();
}

static_assert(plausible(Millivolts{220'000}, Milliamps{1'000}, Milliwatts{242'000 + 1'000}));
static_assert(!plausible(Millivolts{220'000}, Milliamps{1'000}, Milliwatts{242'001 + 1'000}));
static_assert(!plausible(Millivolts{220'000}, Milliamps{1'000}, Milliwatts{-242'001 - 1'000}));
static_assert(!plausible(Millivolts{450'001}, Milliamps{}, Milliwatts{}));
static_assert(!plausible(Millivolts{}, Milliamps{60'001}, Milliwatts{}));

}  // namespace ks::drivers
