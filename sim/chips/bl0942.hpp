#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/base/instant.hpp"
#include "sim/plant/terminals.hpp"

#include <array>

namespace ks::sim {

/// A BL0942 meter chip (data sheet V1.10; docs/sources.md, BL0942): what its pins have seen becomes
/// registers, and its registers answer byte for byte. It has no clock; its owner passes time and
/// bytes.
///
/// Three things are in no source we read and are therefore not modelled: the scale of I_WAVE and
/// V_WAVE (they read zero), the effect of I_RMSOS (kept, no effect), and how a rectifier's crest
/// factor shifts I_FAST_RMS (we use the factor for sines).
class Bl0942 {
public:
    static constexpr std::size_t packet_size = 23;
    using Answer = FixedBytes<packet_size>;
    enum class BaudPin : std::uint8_t { at_4800, at_9600 };

    /// A frame must be complete this long after its head, or the chip's UART starts afresh.
    static constexpr std::int64_t frame_limit_us = 16'000;

    Bl0942(std::uint8_t address, BaudPin pin);

    [[nodiscard]] std::uint8_t address() const { return address_; }
    [[nodiscard]] std::uint32_t baud() const;
    /// The pin CF1, as far as OT_FUNX makes it the over-current output.
    [[nodiscard]] bool overcurrent_pin() const;

    /// Back to the state of a chip that just got its 3.3 V.
    void power_cycle(Instant now, const MeterTerminals& seen);

    /// Lets the chip measure what its terminals have seen until now. Windows end on the first call
    /// at or after their time, so steps of 5 ms or less keep them true.
    void measure(Instant now, const MeterTerminals& seen);

    /// One byte from the master, complete at that moment. The answer, if any, is all the chip will
    /// send; when it comes is the bus's business.
    [[nodiscard]] Answer feed(std::int64_t at_us, std::byte byte);

private:
    enum class Listening : std::uint8_t { head, read_address, write_bytes, deaf };

    struct Config {
        std::uint32_t rms_offset;
        std::uint32_t creep;
        std::uint32_t fast_threshold;
        std::uint32_t fast_cycles;
        std::uint32_t freq_cycles;
        std::uint32_t pins;
        std::uint32_t mode;
        std::uint32_t gain;
    };
    struct Measured {
        std::uint32_t i_rms;
        std::uint32_t v_rms;
        std::uint32_t i_fast_rms;
        std::int32_t watt;
        std::uint32_t pulses;
        std::uint32_t freq;
        std::uint32_t status;
    };
    struct Mark {
        Instant at;
        MeterTerminals::Integrals seen;
    };

    void reset_registers();
    void take_slow_window(Instant now, const MeterTerminals& seen);
    void take_fast_window(Instant now, const MeterTerminals& seen);
    void count_pulses(Joules energy);
    void follow_mishaps(Instant now, const MeterTerminals& seen);
    [[nodiscard]] Measured shown() const;
    [[nodiscard]] Millis fast_window() const;
    [[nodiscard]] std::uint32_t register_at(std::uint8_t address) const;
    [[nodiscard]] Answer register_answer(std::uint8_t address);
    [[nodiscard]] Answer packet();
    void write(std::uint8_t address, std::uint32_t value);
    void write_config(std::uint8_t address, std::uint32_t value);
    void finish_write();
    void start_frame(std::int64_t at_us, std::uint8_t head);

    std::uint8_t address_;
    BaudPin pin_;
    Config config_{};
    std::uint32_t unlocked_{0};
    Measured measured_{};
    Mark slow_{};
    Mark fast_{};
    Joules uncounted_{0.0};
    MeterFault fault_{MeterFault::none};
    std::uint32_t resets_seen_{0};
    std::uint32_t pulses_added_seen_{0};
    std::uint32_t packets_{0};

    Listening listening_{Listening::head};
    std::int64_t head_at_us_{0};
    std::array<std::uint8_t, 6> frame_{};
    std::size_t frame_size_{0};
};

/// Counts per ampere, volt and watt of the reference circuit, 1 mΩ and 5 × 390 kΩ over 510 Ω, by
/// the formulas of data sheet and app note (docs/sources.md, BL0942).
struct Bl0942Scale {
    static constexpr double reference_volts = 1.218;
    static constexpr double shunt = 0.001;
    static constexpr double divider = 510.0 / (5 * 390'000.0 + 510.0);
    static constexpr double per_amp = 305'978.0 * shunt * 1000.0 / reference_volts;
    static constexpr double per_volt = 73'989.0 * divider * 1000.0 / reference_volts;
    static constexpr double per_watt =
        3'537.0 * shunt * 1000.0 * divider * 1000.0 / (reference_volts * reference_volts);
    static constexpr Joules joules_per_pulse = 1638.4 * 256.0 / per_watt;
    /// I_FAST_RMS counts are about this share of I_RMS counts.
    static constexpr double fast_share = 0.363;
};

}  // namespace ks::sim
