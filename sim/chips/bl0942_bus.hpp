#pragma once

#include "firmware/base/fixed_queue.hpp"
#include "firmware/base/fixed_vector.hpp"
#include "sim/chips/bl0942.hpp"

#include <optional>

namespace ks::sim {

/// One UART of the post with up to four meters on it, at real byte times (8N1). Owns the chips;
/// the terminals they measure outlive it.
///
/// The post's UART takes the rate of the chip that a frame addresses, unless a test pins it with
/// `set_master_baud`; then a chip at another rate hears noise, which is no frame.
class Bl0942Bus {
public:
    static constexpr std::size_t chips_most = 4;
    static constexpr std::size_t bytes_most = 64;

    void attach(std::uint8_t address, Bl0942::BaudPin pin, const MeterTerminals& seen);
    [[nodiscard]] const Bl0942& chip(std::uint8_t address) const;

    /// Queues a frame of the master, which starts with a head; says how much found room.
    [[nodiscard]] std::size_t send(Bytes bytes);
    /// What has arrived at the master by now.
    [[nodiscard]] std::size_t receive(std::span<std::byte> into);
    void set_master_baud(std::optional<std::uint32_t> baud) { master_baud_ = baud; }

    /// Lets time pass on the wire and in the chips. The owner advances the plant first and comes
    /// every 5 ms or more often.
    void advance_to(Instant now);

    /// The 3.3 V of all chips went away and came back; bytes under way are lost.
    void power_cycle();

private:
    struct Wired {
        Bl0942 chip;
        MeterTerminals const* seen;
    };
    struct Outgoing {
        std::byte byte;
        bool starts_frame;
    };
    struct Incoming {
        std::byte byte;
        std::int64_t complete_us;
    };

    [[nodiscard]] std::uint32_t rate_for(std::byte head) const;
    void deliver(std::byte byte);
    void queue_answer(const Bl0942& chip, const Bl0942::Answer& answer);

    FixedVector<std::optional<Wired>, chips_most> chips_;
    FixedQueue<Outgoing, bytes_most> outgoing_;
    FixedQueue<Incoming, bytes_most> incoming_;
    std::optional<std::uint32_t> master_baud_;
    std::uint32_t rate_{4800};
    Instant now_{};
    /// When the byte now on the wire is complete, or the last one was.
    std::int64_t wire_free_us_{0};
    std::int64_t answered_until_us_{0};
};

}  // namespace ks::sim
