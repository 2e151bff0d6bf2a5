#include "tests/drivers/meter_bench.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace ks;
using namespace ks::drivers;

namespace {

using Wire = std::vector<std::byte>;

bool is_packet(const Wire& wire) { return wire.size() == meter_packet_size; }

}  // namespace

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

TEST_CASE("a lone chip's set-up is the data sheet's frames in their order",
          "[drivers][meterbus][golden]")
{
    BusRig rig{1, MeterBaud::at_9600};
    rig.run_for(1_s);

    const char* expected[] = {"58 AA",
                              "A8 1D 55 00 00 E5",
                              "A8 15 EA 0D 00 4B",
                              "A8 16 02 00 00 3F",
                              "A8 18 25 00 00 1A",
                              "A8 19 87 00 00 B7",
                              "A8 1D 00 00 00 3A",
                              "58 15",
                              "58 16",
                              "58 18",
                              "58 19",
                              "58 1A",
                              "58 AA"};
    REQUIRE(rig.sent.size() > std::size(expected));
    for (std::size_t i = 0; i < std::size(expected); ++i) {
        CAPTURE(i);
        CHECK(rig.sent[i].bytes == test::unhex(expected[i]));
    }
}

TEST_CASE("another chip is addressed only after the data sheet's pause",
          "[drivers][meterbus][unit]")
{
    BusRig rig{4};
    rig.run_for(5_s);
    for (std::size_t i = 1; i < rig.sent.size(); ++i) {
        const auto address = [&](std::size_t n) {
            return std::to_integer<unsigned>(rig.sent[n].bytes.front()) & 3U;
        };
        if (address(i) == address(i - 1)) continue;
        REQUIRE(rig.sent[i].at - rig.sent[i - 1].at >= MeterBus::switch_pause);
    }
}

TEST_CASE("four chips at 38,400 baud and the guard's ticks are polled often enough to verify an "
          "opening within a second",
          "[drivers][meterbus][budget]")
{
    // 4 x (answer rounded up to ticks + pause), as the board's owner sees it every 5 ms.
    const auto answer =
        MeterBus::wire_time(MeterBaud::at_38400, sizeof(ReadFrame) + meter_packet_size);
    const auto ticks = (answer.count() + 4) / 5 * 5;
    CHECK(4 * (ticks + MeterBus::switch_pause.count()) <= 145);
}

TEST_CASE("a chip gives no sample before its set-up has been read back",
          "[drivers][meterbus][unit]")
{
    BusRig rig{1};
    rig.run_for(3_s, [](Wire& answer) {
        // Every register reads as if nothing had been written.
        if (answer.size() == meter_word_size) answer = test::unhex("00 00 00 00");
    });
    CHECK(rig.samples[0].empty());
    CHECK(rig.bus.errors(0).mangled > 0);

    BusRig stubborn{1};
    stubborn.run_for(3_s, [&](Wire&) { stubborn.bench.chip(0).registers[0x1A] = 3; });
    CHECK(stubborn.samples[0].empty());
    CHECK(stubborn.bus.errors(0).set_ups_failed > 0);
    CHECK(stubborn.bus.set_up_lost(0));
}

TEST_CASE("F-027: any register that changes by itself is noticed, and the meter gives no sample "
          "until all of them read as set",
          "[drivers][meterbus][calibration]")
{
    struct Changed {
        std::uint8_t at;
        std::uint32_t to;
        bool mends;  // by writing it again; the gain is only ever looked at
    };
    for (const auto& changed :
         {Changed{0x15, 0xFFFF, true}, Changed{0x16, 3, true}, Changed{0x18, 0x24, true},
          Changed{0x19, 0x85, true}, Changed{0x1A, 1, false}}) {
        CAPTURE(changed.at);
        BusRig rig{2};
        rig.run_for(7_s);
        CHECK_FALSE(rig.bus.set_up_lost(1));
        rig.bench.chip(1).registers[changed.at] = changed.to;

        rig.run_for(21_s);  // four looks

        CHECK(rig.bus.errors(1).restarts == 1);
        CHECK(rig.bus.errors(0).restarts == 0);
        CHECK(rig.bus.set_up_lost(1) != changed.mends);
        CHECK_FALSE(rig.bus.set_up_lost(0));
        rig.samples[1].clear();
        rig.run_for(2_s);
        CHECK(rig.samples[1].empty() != changed.mends);

        rig.bench.chip(1).restart();  // the chip's own reset mends the gain as well
        rig.run_for(2_s);
        CHECK_FALSE(rig.bus.set_up_lost(1));
        CHECK_FALSE(rig.samples[1].empty());
    }
}

TEST_CASE("a chip that is gone has not lost its set-up: it is silent",
          "[drivers][meterbus][silence]")
{
    BusRig rig{1};
    rig.run_for(1_s);
    rig.bench.chip(0).registers[0x1A] = 3;
    rig.bench.chip(0).packet.pulses = 0;  // goes back, so it is looked at
    rig.run_for(21_s);
    REQUIRE(rig.bus.set_up_lost(0));
    rig.bench.chip(0).power = MeterBench::Chip::Power::off;
    rig.run_for(1_s);
    CHECK_FALSE(rig.bus.set_up_lost(0));
    CHECK_FALSE(rig.bus.answering(0));
}

TEST_CASE("a chip that restarted is found and set up again, and its neighbour goes on",
          "[drivers][meterbus][restart]")
{
    BusRig rig{2};
    rig.run_for(5_s);
    rig.bench.chip(1).restart();
    rig.bench.chip(1).packet.pulses = 5'000;
    const auto before = rig.samples[0].size();

    rig.run_for(MeterBus::check_every + 1_s);

    CHECK(rig.bench.chip(1).registers.at(0x15) == 3'562);
    CHECK(rig.bus.errors(1).restarts == 1);
    CHECK(rig.bus.errors(0).restarts == 0);
    CHECK(rig.samples[0].size() > before + 50);

    SECTION("at once, when its pulse counter has gone back")
    {
        rig.bench.chip(1).restart();
        rig.run_for(1_s);
        CHECK(rig.bench.chip(1).registers.at(0x15) == 3'562);
    }
}

TEST_CASE("a silent chip delays its neighbours by little and is set up when it is back",
          "[drivers][meterbus][silence]")
{
    BusRig rig{4};
    rig.run_for(2_s);
    rig.bench.chip(2).power = MeterBench::Chip::Power::off;
    rig.run_for(2_s);
    CHECK_FALSE(rig.bus.answering(2));
    CHECK(rig.bus.errors(2).unanswered > 5);
    const auto before = rig.samples[3].size();
    rig.run_for(10_s);
    // Seven a second, beside a dead neighbour.
    CHECK(rig.samples[3].size() - before >= 70);

    rig.bench.chip(2).restart();
    rig.bench.chip(2).power = MeterBench::Chip::Power::on;
    const auto silent = rig.samples[2].size();
    rig.run_for(2_s);
    CHECK(rig.bus.answering(2));
    CHECK(rig.samples[2].size() > silent);
    CHECK(rig.bench.chip(2).registers.at(0x15) == 3'562);
}

TEST_CASE("noise before a packet and bytes after it cost nothing", "[drivers][meterbus][sync]")
{
    BusRig rig{1};
    rig.run_for(1_s);
    const auto asked = rig.bench.chip(0).packets_asked;
    const auto samples = rig.samples[0].size();
    rig.run_for(2_s, [](Wire& answer) {
        if (!is_packet(answer)) return;
        answer.insert(answer.begin(), {std::byte{0x55}, std::byte{0x00}});
        answer.push_back(std::byte{0x55});
    });
    CHECK(rig.samples[0].size() - samples == rig.bench.chip(0).packets_asked - asked);
}

TEST_CASE("bytes that come one by one make the same samples", "[drivers][meterbus][sync]")
{
    MeterBench bench{1};
    MeterBus bus{{.meters = 1, .pin_trip = Milliamps{10'000}, .baud = MeterBaud::at_9600}};
    int samples = 0;
    for (std::int64_t ms = 0; ms < 3'000; ++ms) {
        const Instant now{Millis{ms}};
        const auto action = bus.next(now);
        if (const auto* send = std::get_if<MeterBus::Send>(&action))
            for (const auto byte : bench.hear(send->bytes))
                bus.feed(Bytes{&byte, 1}, now);
        if (bus.take(0)) ++samples;
    }
    CHECK(samples > 50);
    CHECK(bus.stray_bytes() == 0);
}

TEST_CASE("F-025, F-028: after any damage on the wire the second frame at the latest is a sample "
          "again",
          "[drivers][meterbus][sync]")
{
    std::mt19937 random{3};
    BusRig rig{1};
    rig.run_for(1_s);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        bool damaged = false;
        rig.run_for(200_ms, [&](Wire& answer) {
            if (damaged || !is_packet(answer)) return;
            damaged = true;
            switch (random() % 4) {
            case 0: answer.resize(random() % answer.size()); break;
            case 1: answer.insert(answer.end(), random() % 60, std::byte{0x55}); break;
            case 2: answer[random() % answer.size()] ^= std::byte{0x10}; break;
            case 3: answer.assign(random() % 80, std::byte{0xFF}); break;
            }
        });
        const auto asked = rig.bench.chip(0).packets_asked;
        const auto samples = rig.samples[0].size();
        rig.run_for(200_ms);
        REQUIRE(rig.bench.chip(0).packets_asked - asked <= rig.samples[0].size() - samples + 1);
    }
}

TEST_CASE("reading one byte too many does not lose every second frame", "[drivers][meterbus][sync]")
{
    // What the chip sends after one packet is there before the next question: a reader of 24 bytes
    // would start its next packet in the middle.
    BusRig rig{1};
    rig.run_for(1_s);
    const auto asked = rig.bench.chip(0).packets_asked;
    const auto samples = rig.samples[0].size();
    rig.run_for(5_s, [](Wire& answer) {
        if (is_packet(answer)) answer.push_back(std::byte{0x55});
    });
    CHECK(rig.samples[0].size() - samples >= rig.bench.chip(0).packets_asked - asked);
    for (const auto& sample : rig.samples[0])
        REQUIRE(sample.current == Milliamps{1'000});
}

TEST_CASE("a chip that answers for its neighbour gives it no sample",
          "[drivers][meterbus][address]")
{
    BusRig rig{2};
    rig.run_for(2_s);
    const auto before = rig.samples[0].size();
    rig.run_for(2_s, [&](Wire& answer) {
        if (is_packet(answer)) answer = packet_of(1, {.current = 2'000'000, .watt = 0});
    });
    CHECK(rig.samples[0].size() == before);
    CHECK(rig.bus.errors(0).other_address > 0);
}

TEST_CASE("absurd packets are counted and give no sample", "[drivers][meterbus][plausible]")
{
    BusRig rig{1};
    rig.run_for(2_s);
    const auto before = rig.samples[0].size();
    rig.bench.chip(0).packet.voltage = 16'000'000;
    rig.run_for(2_s);
    CHECK(rig.samples[0].size() == before);
    CHECK(rig.bus.errors(0).absurd > 0);
    CHECK(rig.bus.errors(0).mangled == 0);
}

TEST_CASE("bytes that nobody asked for are counted and forgotten", "[drivers][meterbus][stray]")
{
    MeterBus empty;
    CHECK(std::holds_alternative<MeterBus::Wait>(empty.next(Instant{})));
    empty.feed(packet_of(0, {}), Instant{});
    CHECK(empty.stray_bytes() == meter_packet_size);

    BusRig rig{1};
    rig.run_for(1_s);
    const auto samples = rig.samples[0].size();
    REQUIRE(std::holds_alternative<MeterBus::Wait>(rig.bus.next(rig.now)));
    rig.bus.feed(packet_of(0, {}), rig.now);
    CHECK_FALSE(rig.bus.take(0));
    rig.run_for(1_s);
    CHECK(rig.samples[0].size() > samples);
}

TEST_CASE("random bytes as answers never make a sample", "[drivers][meterbus][noise]")
{
    std::mt19937 random{4};
    BusRig rig{2};
    rig.run_for(2_s);
    const auto before = rig.samples[0].size() + rig.samples[1].size();
    rig.run_for(60_s, [&](Wire& answer) {
        for (auto& byte : answer)
            byte = static_cast<std::byte>(random());
        answer.resize(random() % 70, std::byte{0x55});
    });
    CHECK(rig.samples[0].size() + rig.samples[1].size() == before);
}

TEST_CASE("frames to bring a chip to its rate are unlocked mode writes",
          "[drivers][meterbus][golden]")
{
    const auto frames = MeterBus::rate_frames(1, MeterBaud::at_38400);
    CHECK(equal(frames[0], test::unhex("A9 1D 55 00 00 E4")));
    CHECK(equal(frames[1], test::unhex("A9 19 87 03 00 B3")));
    CHECK(
        equal(MeterBus::rate_frames(0, MeterBaud::at_19200)[1], test::unhex("A8 19 87 02 00 B5")));
}
