// Z-03: any bytes as the answers of four meters. No sample is ever absurd, a clean answer after any
// noise is a sample within two frames, and nothing that arrives stops the bus from asking on.

#include "firmware/drivers/meter_bus.hpp"

#include <cstdint>

namespace {

using namespace ks;
using namespace ks::drivers;

constexpr std::uint8_t meters = 4;

/// The good answer to a question of the bus, from chips that are set up as the bus wants.
FixedBytes<meter_packet_size> good_answer(Bytes question)
{
    FixedBytes<meter_packet_size> answer;
    if (question.size() != sizeof(ReadFrame)) return answer;
    const auto at = std::to_integer<std::uint8_t>(question[1]);
    std::uint32_t sum = std::to_integer<std::uint32_t>(question[0]);
    ByteWriter writer{answer.raw()};
    if (at == 0xAA) {
        constexpr std::uint8_t body[] = {0x55, 0x4D, 0xD5, 0x03, 0xBF, 0x51, 0x35, 0x36,
                                         0x64, 0x01, 0xBA, 0x17, 0x02, 0xB0, 0x04, 0x00,
                                         0x20, 0x4E, 0x00, 0x00, 0x00, 0x00};
        for (const auto byte : body)
            writer.u8(byte);
    } else {
        const auto value = at == 0x15   ? 3'562U
                           : at == 0x16 ? 2U
                           : at == 0x18 ? 0x25U
                           : at == 0x19 ? 0x387U
                                        : 2U;
        sum += at;
        writer.u24_le(value);
    }
    for (const auto byte : writer.written())
        sum += std::to_integer<std::uint32_t>(byte);
    writer.u8(static_cast<std::uint8_t>(~sum));
    answer.resize(writer.size());
    return answer;
}

struct Bench {
    MeterBus bus{{.meters = meters, .pin_trip = Milliamps{10'000}, .baud = MeterBaud::at_38400}};
    Instant now{};
    int samples{0};

    void take_all()
    {
        for (MeterAddress address = 0; address < meters; ++address) {
            const auto sample = bus.take(address);
            if (!sample) continue;
            ++samples;
            check(sample->at == now);
            check(plausible(sample->voltage, sample->current, sample->power));
            check(sample->voltage >= Millivolts{} && sample->current >= Milliamps{});
            check(sample->pulses < 1U << 24);
        }
    }
    /// The next question; the bus must ask one within the longest wait.
    Bytes question()
    {
        for (int ms = 0; ms < 200; ++ms) {
            now = now + Millis{1};
            const auto action = bus.next(now);
            if (const auto* send = std::get_if<MeterBus::Send>(&action)) return send->bytes;
        }
        check(false);
        return {};
    }
    void answer_well(int questions)
    {
        for (int i = 0; i < questions; ++i) {
            bus.feed(good_answer(question()).view(), now);
            take_all();
        }
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Bench bench;
    // All four found, set up and read back.
    bench.answer_well(4 * 16);
    check(bench.samples > 0);

    // One byte says how many of the next are this question's answer.
    ByteReader input{Bytes{reinterpret_cast<const std::byte*>(data), size}};
    while (!input.at_end()) {
        static_cast<void>(bench.question());
        const auto length = std::min<std::size_t>(input.u8() % 96U, input.left());
        bench.bus.feed(input.take(length), bench.now);
        bench.take_all();
    }

    // Whatever was lost is found, set up and read back again, and all four give samples.
    const auto before = bench.samples;
    bench.answer_well(4 * 20);
    check(bench.samples >= before + 4);
    return 0;
}
