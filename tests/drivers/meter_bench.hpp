#pragma once

#include "firmware/drivers/meter_bus.hpp"

#include <map>
#include <vector>

namespace ks::drivers {

/// The packet that a chip at `address` sends for these registers.
struct PacketRegisters {
    std::uint32_t current{251'213};    // 1 A
    std::uint32_t voltage{3'494'335};  // 220 V
    std::int32_t watt{137'146};        // 220 W
    std::uint32_t pulses{1'200};
};
[[nodiscard]] std::vector<std::byte> packet_of(MeterAddress address,
                                               const PacketRegisters& registers);

/// Up to four chips after the data sheet's tables, as far as a master can see them, on one wire
/// without time: an answer is there as soon as its question is complete.
class MeterBench {
public:
    struct Chip {
        MeterAddress address{0};
        std::map<std::uint8_t, std::uint32_t> registers{};
        PacketRegisters packet{};
        enum class Power : std::uint8_t { on, off } power{Power::on};
        std::uint32_t unlocked{0};
        std::size_t packets_asked{0};

        void restart();
    };

    explicit MeterBench(std::uint8_t chips);

    [[nodiscard]] Chip& chip(MeterAddress address) { return chips_[address]; }
    /// What the wire carries back for this frame.
    [[nodiscard]] std::vector<std::byte> hear(Bytes frame);

private:
    std::vector<Chip> chips_;
};

/// The bus and its bench, a millisecond at a time.
struct BusRig {
    explicit BusRig(std::uint8_t meters);
    BusRig(std::uint8_t meters, MeterBaud baud);

    /// Runs and counts the samples of each address. `spoil` may change what comes back.
    template <class Spoil>
    void run_for(Millis time, Spoil spoil)
    {
        for (const auto until = now + time; now < until; now = now + Millis{1}) {
            const auto action = bus.next(now);
            if (const auto* send = std::get_if<MeterBus::Send>(&action)) {
                sent.push_back({now, {send->bytes.begin(), send->bytes.end()}});
                auto answer = bench.hear(send->bytes);
                spoil(answer);
                if (!answer.empty()) bus.feed(answer, now);
            }
            for (std::uint8_t address = 0; address < meters; ++address)
                if (const auto sample = bus.take(address)) samples[address].push_back(*sample);
        }
    }
    void run_for(Millis time)
    {
        run_for(time, [](std::vector<std::byte>&) {});
    }

    struct Sent {
        Instant at;
        std::vector<std::byte> bytes;
    };
    std::uint8_t meters;
    Instant now{};
    MeterBench bench;
    MeterBus bus;
    std::vector<Sent> sent;
    std::array<std::vector<hal::Sample>, meters_per_bus> samples;
};

}  // namespace ks::drivers
