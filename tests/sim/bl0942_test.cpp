#include "sim/chips/bl0942.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

namespace {

/// A chip on a bench supply that can be set to any current, voltage and power.
struct Bench {
    Bl0942 chip{0, Bl0942::BaudPin::at_4800};
    MeterTerminals wires;
    Instant now{};
    /// Asking takes no time on the bench, only on the wire.
    std::int64_t said_us{0};

    void run(Millis lasts, Volts volts, Amps amps, Watts watts)
    {
        for (Millis done{}; done < lasts; done += 5_ms) {
            wires.pass({.lasts = 0.005, .volts = volts, .amps = amps, .watts = watts, .inrush = 0});
            now = now + 5_ms;
            chip.measure(now, wires);
        }
    }
    std::string say(std::string_view bytes)
    {
        Bl0942::Answer answer;
        for (const auto byte : test::unhex(bytes))
            answer = chip.feed(said_us += 2084, byte);
        said_us += 20'000;
        return test::spaced_hex(answer.view());
    }
    [[nodiscard]] std::string registers()
    {
        std::string all;
        for (const auto* read :
             {"58 12", "58 14", "58 15", "58 16", "58 17", "58 18", "58 19", "58 1A", "58 1D"})
            all += say(read).substr(0, 6) + ' ';
        return all;
    }
};

constexpr auto* default_registers =
    "00 00  0B 00  FF FF  01 00  03 00  24 00  87 00  02 00  00 00  ";

}  // namespace

TEST_CASE("the scale of the reference circuit is the one of the application note",
          "[sim][bl0942][unit]")
{
    CHECK(Bl0942Scale::per_amp == Approx(251'213.0).margin(1.0));
    CHECK(Bl0942Scale::per_volt == Approx(15'883.0).margin(1.0));
    CHECK(Bl0942Scale::per_watt == Approx(623.4).margin(0.05));
    CHECK(3'600'000.0 / Bl0942Scale::joules_per_pulse == Approx(5350.6).margin(0.1));
}

TEST_CASE("one ampere at 220 V gives the worked packet, byte for byte", "[sim][bl0942][unit]")
{
    Bench bench;
    // Middle of the 1,200th pulse; then whole windows at exactly 220 W.
    bench.wires.pass({.lasts = 1200.5 * Bl0942Scale::joules_per_pulse / 1000.0,
                      .volts = 220.0,
                      .amps = 1.0,
                      .watts = 1000.0,
                      .inrush = 0});
    bench.now = Instant{400_ms};
    bench.chip.measure(bench.now, bench.wires);
    bench.run(800_ms, 220.0, 1.0, 219.9995);

    CHECK(bench.say("58 AA") ==
          "55 4D D5 03 BF 51 35 36 64 01 BA 17 02 B0 04 00 20 4E 00 00 00 00 58");
}

TEST_CASE("negative power gives the worked packet with its sign and its flag",
          "[sim][bl0942][unit]")
{
    Bench bench;
    // MODE with clear-on-read, so that the pulse that set the flag is gone from the count.
    bench.say("A8 1D 55 00 00 E5");
    bench.say("A8 19 C7 00 00 77");
    constexpr Watts back = -500.4 / 623.394;
    bench.run(Millis{860'000}, 220.0, 1e-9, back);
    bench.say("58 AA");

    CHECK(bench.say("58 AA") ==
          "55 00 00 00 BF 51 35 00 00 00 0C FE FF 00 00 00 20 4E 00 01 00 00 95");
}

TEST_CASE("the worked register frames are understood", "[sim][bl0942][unit]")
{
    Bench bench;
    bench.run(400_ms, 220.0, 0.0, 0.0);
    CHECK(bench.say("58 04") == "BF 51 35 5E");

    bench.say("A8 1D 55 00 00 E5");
    bench.say("A8 15 EA 0D 00 4B");
    bench.say("A8 16 02 00 00 3F");
    bench.say("A8 18 25 00 00 1A");
    bench.say("A8 19 87 00 00 B7");
    CHECK(bench.say("58 15").substr(0, 8) == "EA 0D 00");
    CHECK(bench.say("58 16").substr(0, 2) == "02");
    CHECK(bench.say("58 18").substr(0, 2) == "25");
    CHECK(bench.say("58 19").substr(0, 2) == "87");
    CHECK(bench.say("58 1D").substr(0, 2) == "55");
    bench.say("A8 1D 00 00 00 3A");
    CHECK(bench.say("58 1D").substr(0, 2) == "00");
}

TEST_CASE("a chip keeps its settings to itself until it is unlocked", "[sim][bl0942][unit]")
{
    Bench bench;
    bench.say("A8 15 EA 0D 00 4B");
    CHECK(bench.registers() == default_registers);

    bench.say("A8 1D 55 00 00 E5");
    bench.say("A8 1D 00 00 00 3A");
    bench.say("A8 15 EA 0D 00 4B");
    CHECK(bench.registers() == default_registers);
}

TEST_CASE("a soft reset brings every default back and stops the count at nought",
          "[sim][bl0942][unit]")
{
    Bench bench;
    bench.say("A8 1D 55 00 00 E5");
    bench.say("A8 15 EA 0D 00 4B");
    bench.say("A8 19 87 03 00 B4");
    bench.run(20_s, 220.0, 1.0, 220.0);
    CHECK(bench.chip.baud() == 38'400);
    CHECK(bench.say("58 07").substr(0, 2) != "00");

    bench.say("A8 1C 5A 5A 5A 2D");
    CHECK(bench.registers() == default_registers);
    CHECK(bench.chip.baud() == 4'800);
    CHECK(bench.say("58 07").substr(0, 8) == "00 00 00");
}

TEST_CASE("bad frames of the master change nothing and get no answer", "[sim][bl0942][unit]")
{
    struct Row {
        std::string_view why;
        std::string_view bytes;
    };
    const Row rows[] = {
        {"wrong head", "57 AA"},
        {"a head of no chip", "5C AA"},
        {"a hobby library's head", "50 AA"},
        {"another chip's address", "59 AA"},
        {"another chip's write", "A9 15 EA 0D 00 4A"},
        {"write with a wrong checksum", "A8 15 EA 0D 00 4C"},
        {"write with a flipped bit", "A8 15 EA 0F 00 4B"},
        {"write without its checksum", "A8 15 EA 0D 00"},
        {"reset with another word", "A8 1C 5A 5A 5B 2C"},
        {"write to a reading", "A8 03 01 00 00 53"},
        {"write to no register", "A8 13 01 00 00 43"},
        {"only a head", "58"},
        {"nothing", ""},
        {"a packet address without a head", "AA"},
        {"noise", "00 FF 00 FF 13 37"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.why);
        Bench bench;
        bench.say("A8 1D 55 00 00 E5");
        CHECK(bench.say(row.bytes).empty());
        // And the next good frame is understood as if nothing had been.
        CHECK(bench.say("58 15") == "FF FF 00 94");
        CHECK(bench.say("58 1C").substr(0, 8) == "00 00 00");
        bench.say("A8 1D 00 00 00 3A");
        CHECK(bench.registers() == default_registers);
    }
}

TEST_CASE("a frame that takes longer than 16 ms is forgotten", "[sim][bl0942][unit]")
{
    Bench bench;
    const auto ask = [&](std::int64_t pause_us) {
        static_cast<void>(bench.chip.feed(0, std::byte{0x58}));
        const auto answer = bench.chip.feed(pause_us, std::byte{0xAA});
        static_cast<void>(bench.chip.feed(pause_us + 100'000, std::byte{0x00}));
        return answer.size();
    };
    CHECK(ask(16'000) == Bl0942::packet_size);
    CHECK(ask(16'001) == 0);
}

TEST_CASE("readings refresh every 400 ms, or every 800 ms when told so", "[sim][bl0942][unit]")
{
    Bench bench;
    bench.run(395_ms, 220.0, 1.0, 220.0);
    CHECK(bench.say("58 03").substr(0, 8) == "00 00 00");
    bench.run(5_ms, 220.0, 1.0, 220.0);
    CHECK(bench.say("58 03").substr(0, 8) == "4D D5 03");

    Bench slow;
    slow.say("A8 1D 55 00 00 E5");
    slow.say("A8 19 8F 00 00 AF");
    slow.run(795_ms, 220.0, 1.0, 220.0);
    CHECK(slow.say("58 03").substr(0, 8) == "00 00 00");
    slow.run(5_ms, 220.0, 1.0, 220.0);
    CHECK(slow.say("58 03").substr(0, 8) == "4D D5 03");
}

TEST_CASE("the fast path sees a jump within a cycle and pulls the over-current pin",
          "[sim][bl0942][unit]")
{
    Bench bench;
    bench.say("A8 1D 55 00 00 E5");
    bench.say("A8 15 EA 0D 00 4B");  // 10 A
    bench.run(1_s, 220.0, 30.0, 6600.0);
    CHECK_FALSE(bench.chip.overcurrent_pin());  // CF1 still gives energy pulses
    bench.say("A8 18 25 00 00 1A");
    CHECK(bench.chip.overcurrent_pin());

    bench.run(20_ms, 220.0, 9.9, 2178.0);
    CHECK_FALSE(bench.chip.overcurrent_pin());
    bench.run(20_ms, 220.0, 10.1, 2222.0);
    CHECK(bench.chip.overcurrent_pin());
}

TEST_CASE("a switch-on burst shows in the fast reading only", "[sim][bl0942][unit]")
{
    Bench bench;
    bench.run(400_ms, 220.0, 1.0, 100.0);
    const double burst = 40.0 * 40.0 / 2.0 * 0.003;
    bench.wires.pass(
        {.lasts = 0.005, .volts = 220.0, .amps = 1.0, .watts = 100.0, .inrush = burst});
    bench.now = bench.now + 5_ms;
    bench.run(15_ms, 220.0, 1.0, 100.0);
    const auto fast = test::unhex(bench.say("58 05"));
    const double amps =
        ByteReader{fast}.u24_le() / (Bl0942Scale::per_amp * Bl0942Scale::fast_share);
    CHECK(amps > 10.0);
    bench.run(400_ms, 220.0, 1.0, 100.0);
    CHECK(bench.say("58 03").substr(0, 8) == "4D D5 03");
}

TEST_CASE("below the creep threshold nothing flows and nothing counts", "[sim][bl0942][unit]")
{
    Bench bench;
    bench.run(Millis{4'000'000}, 220.0, 0.002, 0.21);
    CHECK(bench.say("58 03").substr(0, 8) == "00 00 00");
    CHECK(bench.say("58 06").substr(0, 8) == "00 00 00");
    CHECK(bench.say("58 07").substr(0, 8) == "00 00 00");
    CHECK(bench.say("58 09").substr(0, 5) == "02 01");

    bench.run(Millis{4'000'000}, 220.0, 0.002, 0.22);
    CHECK(bench.say("58 03").substr(0, 8) != "00 00 00");
    CHECK(bench.say("58 07").substr(0, 8) == "01 00 00");
}

TEST_CASE("energy pulses are exact over a long run and wrap after 24 bits", "[sim][bl0942][unit]")
{
    Bench bench;
    const auto pulses = [&] { return ByteReader{test::unhex(bench.say("58 07"))}.u24_le(); };
    bench.run(Millis{3'600'000}, 220.0, 1.0, 220.0);
    CHECK(pulses() == static_cast<std::uint32_t>(0.220 * 5350.63));

    const Joules nearly = (16'777'215.5 - 0.220 * 5350.6319) * Bl0942Scale::joules_per_pulse;
    bench.wires.pass(
        {.lasts = nearly / 5000.0, .volts = 220.0, .amps = 25.0, .watts = 5000.0, .inrush = 0});
    bench.run(400_ms, 220.0, 1.0, 220.0);
    CHECK(pulses() == 0xFF'FFFF);
    bench.run(4_s, 220.0, 1.0, 220.0);
    CHECK(pulses() == 0);
}

TEST_CASE("the input clips at 42 amperes peak and never reads more", "[sim][bl0942][unit]")
{
    Bench bench;
    const auto amps = [&](Amps real) {
        bench.run(800_ms, 220.0, real, real * 220.0);
        return ByteReader{test::unhex(bench.say("58 03"))}.u24_le() / Bl0942Scale::per_amp;
    };
    CHECK(amps(29.0) == Approx(29.0).epsilon(1e-4));
    const double at_40 = amps(40.0);
    CHECK(at_40 > 30.0);
    CHECK(at_40 < 40.0);
    const double at_200 = amps(200.0);
    CHECK(at_200 > at_40);
    CHECK(at_200 < 42.0);
}

TEST_CASE("a dead chip is silent, a frozen one repeats itself, a lying one scales",
          "[sim][bl0942][unit]")
{
    Bench bench;
    bench.run(400_ms, 220.0, 1.0, 220.0);
    const auto healthy = bench.say("58 AA");

    bench.wires.set_fault(MeterFault::dead, 1.0);
    bench.run(400_ms, 220.0, 5.0, 1100.0);
    CHECK(bench.say("58 AA").empty());

    bench.wires.set_fault(MeterFault::none, 1.0);
    bench.run(400_ms, 220.0, 1.0, 220.0);
    const auto before = bench.say("58 AA");
    bench.wires.set_fault(MeterFault::frozen, 1.0);
    bench.run(60_s, 220.0, 9.0, 1980.0);
    CHECK(bench.say("58 AA") == before);

    bench.wires.set_fault(MeterFault::lying, 0.5);
    bench.run(800_ms, 220.0, 2.0, 440.0);
    CHECK(bench.say("58 AA").substr(3, 17) == healthy.substr(3, 17));
}
