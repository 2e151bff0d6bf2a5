#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/base/instant.hpp"
#include "firmware/drivers/modbus_frame.hpp"

#include <optional>

namespace ks::drivers {

enum class ModbusBaud : std::uint8_t { at_4800, at_9600, at_19200, at_38400 };

/// One RS-485 bus, without repeaters: 32 unit loads by the driver's standard [R], and our choice
/// leaves a quarter of them free.
inline constexpr std::size_t modbus_slaves_most = 24;

/// The master of up to 24 Modbus slaves on one half-duplex bus, without the wire. It reads one
/// block of each slave in turn, for ever, and slips in the writes it is asked for.
///
/// The owner carries out `next`, feeds what arrives, and takes what was heard. A slave that does
/// not answer becomes absent and is then asked ever more seldom, one absent slave between two
/// rounds of the others: the absent cost the present one question a round, however many they are.
///
/// The protocol does not number its questions, so a late answer could be taken for that of another
/// question. That is why a slave has one block and no more: its late answer says the same thing.
class ModbusRtu {
public:
    struct Setup {
        ModbusBaud baud;
        /// How long a slave may think.
        Millis response;
    };
    /// The block that is read of a slave.
    struct Poll {
        SlaveAddress slave;
        ModbusFunction function;
        std::uint16_t first;
        std::uint8_t count;
    };
    struct Heard {
        SlaveAddress slave;
        Instant at;
        ModbusWords words;
    };
    struct Send {
        Bytes bytes;  // good until the next call of `next`
    };
    struct Wait {
        Instant until;
    };
    using Action = std::variant<Send, Wait>;

    enum class Presence : std::uint8_t { unheard, answering, absent };

    /// Of one slave since the start; they stop at their greatest value. What came instead of an
    /// answer is counted at the slave that was asked.
    struct Errors {
        std::uint16_t unanswered;
        std::uint16_t mangled;  // a wrong length or CRC
        std::uint16_t other_address;
        std::uint16_t wrong_function;
        std::uint16_t wrong_content;
        std::uint16_t exceptions;
        std::uint8_t last_exception;
    };

    static constexpr Millis response_least{20};
    static constexpr Millis response_most{500};
    /// A question that brings no good answer is asked once more at once: one hit by noise must not
    /// cost a round.
    static constexpr std::uint8_t tries{2};
    /// Our choice: so many polls in a row without a good answer, each with its tries, make absent.
    static constexpr std::uint8_t failures_most{3};
    /// An absent slave rests so long, then twice as long after each further failure.
    static constexpr Millis rest_least{2'000};
    static constexpr Millis rest_most{32'000};
    /// The owner may come late with an answer's last byte: two turns of 5 ms.
    static constexpr Millis owner_slack{10};
    /// A bus on which somebody babbles is asked all the same after so long.
    static constexpr Millis silence_wait_most{200};
    static constexpr Millis nothing_to_do{1'000};
    static constexpr std::size_t writes_most = 4;

    /// A bus without slaves: it waits for ever.
    ModbusRtu() : ModbusRtu{Setup{.baud = ModbusBaud::at_9600, .response = Millis{100}}} {}
    explicit ModbusRtu(const Setup& setup);

    /// Adds a slave. Refused: what no question may be, a write, an address that is there already
    /// (`queue_full` when all 24 are).
    [[nodiscard]] Result<Done, ModbusRefusal> add(const Poll& poll);
    /// Writes to a slave that was added, at once or in the next round. A write that fails twice is
    /// dropped and counted.
    [[nodiscard]] Result<Done, ModbusRefusal> write(const ModbusQuestion& question);

    [[nodiscard]] Action next(Instant now);
    void feed(Bytes bytes, Instant now);
    /// What the last answer said, once.
    [[nodiscard]] std::optional<Heard> take();

    [[nodiscard]] std::size_t slaves() const { return slaves_.size(); }
    [[nodiscard]] Presence presence(SlaveAddress slave) const { return of(slave).presence; }
    [[nodiscard]] const Errors& errors(SlaveAddress slave) const { return of(slave).errors; }
    /// Bytes that nobody had asked for, or that no answer could still need.
    [[nodiscard]] std::uint32_t stray_bytes() const { return stray_bytes_; }
    [[nodiscard]] std::uint32_t writes_failed() const { return writes_failed_; }

    /// Eleven bits a character, whatever the parity; rounded up.
    [[nodiscard]] static constexpr Millis wire_time(ModbusBaud baud, std::size_t bytes)
    {
        const auto bits_per_second = std::int64_t{4'800} << static_cast<unsigned>(baud);
        const auto bits = static_cast<std::int64_t>(bytes) * 11'000;
        return Millis{(bits + bits_per_second - 1) / bits_per_second};
    }
    /// t3.5, the silence before a frame: 3.5 characters, and 1.75 ms above 19,200 baud (Modbus over
    /// Serial Line V1.02, 2.5.1.1 [Cx]). Rounded up, and one more because `now` is cut to whole
    /// milliseconds.
    [[nodiscard]] static constexpr Millis silence(ModbusBaud baud)
    {
        if (baud == ModbusBaud::at_38400) return Millis{3};
        const auto bits_per_second = std::int64_t{4'800} << static_cast<unsigned>(baud);
        return Millis{(38'500 + bits_per_second - 1) / bits_per_second + 1};
    }
    /// The longest that one question with its answer, or without, keeps the bus.
    [[nodiscard]] static constexpr Millis exchange_most(const Setup& setup)
    {
        return wire_time(setup.baud, modbus_question_most) + setup.response +
               wire_time(setup.baud, modbus_answer_most) + owner_slack + silence(setup.baud);
    }
    /// The longest between two polls of an answering slave, if every one of them needs both tries
    /// and takes all its time, one write fails in every round, and one absent slave is asked. How
    /// many are absent makes no difference.
    [[nodiscard]] static constexpr Millis worst_period(const Setup& setup, std::size_t answering,
                                                       std::size_t absent)
    {
        const auto questions = (answering + 1) * tries + (absent > 0 ? 1 : 0);
        return Millis{exchange_most(setup).count() * static_cast<std::int64_t>(questions)};
    }

private:
    struct Slave {
        Poll poll{};
        Presence presence{Presence::unheard};
        std::uint8_t failures{0};
        std::uint8_t doublings{0};
        Instant due{};
        Errors errors{};
    };
    /// Does our own transmitter come back to our receiver? Learnt from reads, whose answers cannot
    /// be mistaken for their questions. The answer to a single write can, so no write is sent
    /// before this is known.
    enum class Echo : std::uint8_t { unknown, absent, present };
    enum class Awaiting : std::uint8_t { nothing, poll, write };

    /// Our own echo, an answer, and what noise may come with them.
    static constexpr std::size_t heard_most = 96;
    static_assert(heard_most >= modbus_question_most + modbus_answer_most + 32);

    [[nodiscard]] const Slave& of(SlaveAddress slave) const;
    [[nodiscard]] bool has(SlaveAddress slave) const;
    [[nodiscard]] std::optional<std::size_t> choose(Instant now);
    [[nodiscard]] std::optional<std::size_t> choose_absent(Instant now);
    [[nodiscard]] Instant next_due(Instant now) const;
    [[nodiscard]] bool write_is_due() const;
    [[nodiscard]] Send ask(Instant now);
    [[nodiscard]] std::size_t echo_size() const;
    void hear(Instant now);
    [[nodiscard]] bool try_answer(Bytes frame, Instant now);
    void learn_echo();
    void answered(const ModbusAnswer& answer, Instant now);
    void give_up(Instant now);
    void poll_failed(Instant now);
    void count(ModbusFault fault);
    [[nodiscard]] Slave& asked() { return slaves_[asked_]; }

    Setup setup_;
    FixedVector<Slave, modbus_slaves_most> slaves_;
    FixedQueue<ModbusQuestion, writes_most> writes_;
    ModbusQuestion question_{};
    ModbusFrame frame_;
    FixedBytes<heard_most> heard_;
    std::optional<Heard> news_;
    Instant deadline_{};
    Instant quiet_until_{};
    std::optional<Instant> wanted_since_;
    std::uint32_t stray_bytes_{0};
    std::uint32_t writes_failed_{0};
    /// Where the round is, and which absent slave is asked next.
    std::uint8_t cursor_{0};
    std::uint8_t absent_cursor_{0};
    /// Whose turn it is now.
    std::uint8_t asked_{0};
    std::uint8_t tried_{0};
    Awaiting awaiting_{Awaiting::nothing};
    Echo echo_{Echo::unknown};
    bool wrote_in_round_{false};
};

static_assert(sizeof(ModbusRtu) <= 1'536, "one bus, all 24 slaves, in 1.5 KiB");
static_assert(ModbusRtu::silence(ModbusBaud::at_9600) == Millis{6}, "4.01 ms, rounded up, and one");
static_assert(ModbusRtu::worst_period({ModbusBaud::at_9600, Millis{100}}, 8, 1) ==
                  ModbusRtu::worst_period({ModbusBaud::at_9600, Millis{100}}, 8, 16),
              "the absent do not starve the present");

}  // namespace ks::drivers
