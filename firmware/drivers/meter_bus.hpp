#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/drivers/bl0942.hpp"

#include <optional>
#include <variant>

namespace ks::drivers {

enum class MeterBaud : std::uint8_t { at_4800, at_9600, at_19200, at_38400 };

/// The master of up to four BL0942 on one half-duplex UART, without the wire: it sets the chips
/// up, reads that back, polls them in turn, and sets a chip up again that has restarted.
///
/// The owner carries out `next`, feeds what arrives, and takes samples. Only a chip whose set-up
/// has been read back gives any; what is mangled, absurd or another chip's answer gives none, and
/// the guard's own rule for silent meters does the rest.
///
/// The chips wake at the rate that their pin SCLK_BPS chooses, 4,800 or 9,600. A bus at a higher
/// rate needs the board's help: at the pin's rate it sends `rate_frames` of each address, then
/// changes its UART, then starts the bus. A chip that restarts later falls back to the pin's rate
/// and is not `answering` until the board has done so again. The bus sends the same frames before
/// it asks a chip it does not hear, so a UART that follows each chip's rate needs no help.
class MeterBus {
public:
    struct Setup {
        std::uint8_t meters;
        /// At and above this rms current of a sine each chip raises its own over-current pin, until
        /// it is told another.
        Milliamps pin_trip;
        MeterBaud baud;
    };
    struct Send {
        Bytes bytes;  // good until the next call of `next`
    };
    struct Wait {
        Instant until;
    };
    using Action = std::variant<Send, Wait>;

    /// Since the start; they stop at their greatest value.
    struct Errors {
        std::uint32_t unanswered;
        std::uint32_t mangled;
        std::uint32_t other_address;
        std::uint32_t absurd;
        std::uint32_t set_ups_failed;
        std::uint32_t restarts;
    };

    /// The data sheet's wait before another chip is addressed.
    static constexpr Millis switch_pause{20};
    /// Between two frames for one chip: our choice, one tick of the guard.
    static constexpr Millis frame_pause{5};
    /// Our choice: a restarted chip is without its over-current pin for no longer, and a register
    /// that changed by itself shows within four times that.
    static constexpr Millis check_every{5'000};
    /// After so many unanswered polls a chip counts as restarted when it is heard again.
    static constexpr std::uint8_t unanswered_most{3};
    /// How long a bus without meters asks to be left alone.
    static constexpr Millis nothing_to_do{1'000};

    /// A bus without meters: it waits for ever.
    MeterBus() = default;
    explicit MeterBus(const Setup& setup);

    [[nodiscard]] Action next(Instant now);
    void feed(Bytes bytes, Instant now);

    /// The newest sample since it was last taken.
    [[nodiscard]] std::optional<hal::Sample> take(MeterAddress address);
    /// From now on this chip raises its pin there. It is set up anew, and gives no samples while it
    /// is: for an outlet that charges, wait.
    void set_pin_trip(MeterAddress address, Milliamps pin_trip);
    [[nodiscard]] const Errors& errors(MeterAddress address) const;
    /// It answers, but not with what it was told: what it shows would be judged by a scale that it
    /// does not have.
    [[nodiscard]] bool set_up_lost(MeterAddress address) const;
    /// It has been heard lately; set up or not.
    [[nodiscard]] bool answering(MeterAddress address) const;
    /// Bytes that nobody had asked for.
    [[nodiscard]] std::uint32_t stray_bytes() const { return stray_bytes_; }

    /// Unlock and mode for one chip, to be sent at the rate it still has.
    [[nodiscard]] static std::array<WriteFrame, 2> rate_frames(MeterAddress address,
                                                               MeterBaud baud);
    /// How long an answer of so many bytes may take, with two ticks of margin.
    [[nodiscard]] static constexpr Millis answer_limit(MeterBaud baud, std::size_t bytes)
    {
        return wire_time(baud, bytes) + Millis{10};
    }
    /// Rounded up to whole milliseconds; ten bits a byte.
    [[nodiscard]] static constexpr Millis wire_time(MeterBaud baud, std::size_t bytes)
    {
        const auto bits_per_second = std::int64_t{4'800} << static_cast<unsigned>(baud);
        const auto bits = static_cast<std::int64_t>(bytes) * 10'000;
        return Millis{(bits + bits_per_second - 1) / bits_per_second};
    }

private:
    enum class Phase : std::uint8_t {
        unknown,   // never heard, or silent for long: brought to the rate, asked for a packet
        writing,   // being set up
        checking,  // what was written is read back
        ready,
    };
    struct Meter {
        Phase phase{Phase::unknown};
        std::uint8_t step{0};
        std::uint8_t unanswered{0};
        /// Which word is looked at beside the threshold.
        std::uint8_t other{1};
        bool lost{false};
        Instant check_at{};
        Milliamps pin_trip{};
        std::uint32_t pulses{0};
        std::optional<hal::Sample> sample;
        Errors errors{};
    };
    struct Word {
        MeterRegister at;
        std::uint32_t value;
    };
    enum class Awaiting : std::uint8_t { nothing, word, packet };

    static constexpr std::size_t writes = 6;
    static constexpr std::size_t reads = 5;
    /// A packet, and what noise may come before it.
    static constexpr std::size_t heard_most = 64;

    [[nodiscard]] Word write_at(std::size_t step) const;
    [[nodiscard]] Word read_at(std::size_t step) const;
    [[nodiscard]] Send request(Instant now);
    template <std::size_t size>
    [[nodiscard]] Send send(const std::array<std::byte, size>& frame);
    [[nodiscard]] Send find(Instant now);
    [[nodiscard]] Send write_next(Instant now);
    [[nodiscard]] Send ask_word(Instant now, Word word);
    [[nodiscard]] Send ask_packet(Instant now);
    void await(Instant now, Awaiting what, std::size_t bytes);
    void give_up(Instant now);
    void hear_word(Instant now);
    void hear_packet(Instant now);
    void keep(Instant now, const hal::Sample& sample);
    void judge_word(Instant now, std::uint32_t value);
    void count(MeterFault fault);
    void set_up_again();
    void pause(Instant now, Millis time);
    void next_meter(Instant now);
    [[nodiscard]] Meter& current() { return meters_[address_]; }

    Setup setup_{};
    std::array<Meter, meters_per_bus> meters_{};
    MeterAddress address_{0};
    Awaiting awaiting_{Awaiting::nothing};
    /// What the chip now asked is expected to say.
    Word expected_{};
    Instant deadline_{};
    Instant quiet_until_{};
    std::uint32_t stray_bytes_{0};
    FixedBytes<heard_most> heard_;
    std::array<std::byte, 6> out_{};
};

static_assert(sizeof(MeterBus) <= 608, "three buses fit 2 KiB");
static_assert(MeterBus::wire_time(MeterBaud::at_4800, meter_packet_size) == Millis{48},
              "the data sheet says about 48 ms");

}  // namespace ks::drivers
