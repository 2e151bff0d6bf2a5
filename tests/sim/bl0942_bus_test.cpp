#include "sim/chips/bl0942_bus.hpp"
#include "tests/support/hex.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::sim;

namespace {

struct Bench {
    std::array<MeterTerminals, 4> wires;
    Bl0942Bus bus;
    Instant now{};

    explicit Bench(std::uint8_t chips)
    {
        for (std::uint8_t address = 0; address < chips; ++address)
            bus.attach(address, Bl0942::BaudPin::at_4800, wires[address]);
    }
    void run(Millis lasts)
    {
        for (Millis done{}; done < lasts; done += 1_ms) {
            for (std::size_t i = 0; i < wires.size(); ++i)
                wires[i].pass({.lasts = 0.001,
                               .volts = 220.0,
                               .amps = 1.0 + static_cast<double>(i),
                               .watts = 100.0,
                               .inrush = 0});
            now = now + 1_ms;
            bus.advance_to(now);
        }
    }
    void send(std::string_view bytes)
    {
        const auto frame = test::unhex(bytes);
        REQUIRE(bus.send(frame) == frame.size());
    }
    std::string heard()
    {
        std::array<std::byte, 64> room{};
        const auto count = bus.receive(room);
        return test::spaced_hex(Bytes{room}.first(count));
    }
    void to_38400(std::uint8_t address)
    {
        const auto head = std::string{"A8 A9 AA AB"}.substr(address * 3U, 2);
        send(head + (address == 0 ? " 1D 55 00 00 E5" : " 1D 55 00 00 E4"));
        run(40_ms);
        send(head + (address == 0 ? " 19 87 03 00 B4" : " 19 87 03 00 B3"));
        run(40_ms);
    }
};

}  // namespace

TEST_CASE("an answer arrives byte by byte at the chip's rate", "[sim][bl0942][unit]")
{
    Bench bench{1};
    bench.run(400_ms);
    bench.send("58 AA");
    bench.run(6_ms);  // two bytes take 4.2 ms, the first of the answer 2.1 more
    CHECK(bench.heard().empty());
    bench.run(1_ms);
    CHECK(bench.heard() == "55");
    bench.run(2_ms);
    CHECK(bench.heard() == "4D");
    bench.run(43_ms);
    CHECK(bench.heard().size() == 20 * 3 - 1);
    bench.run(1_ms);
    CHECK(bench.heard().size() == 2);  // «a packet takes about 48 ms»
}

TEST_CASE("at 38400 baud a packet is there within eight milliseconds", "[sim][bl0942][unit]")
{
    Bench bench{1};
    bench.to_38400(0);
    CHECK(bench.bus.chip(0).baud() == 38'400);
    bench.run(400_ms);
    bench.send("58 AA");
    bench.run(6_ms);
    CHECK(bench.heard().size() < 23 * 3 - 1);
    bench.run(1_ms);
    bench.send("58 04");
    bench.run(20_ms);
    CHECK(bench.heard().ends_with("BF 51 35 5E"));
}

TEST_CASE("four chips on one bus answer to their own address and to no other",
          "[sim][bl0942][unit]")
{
    Bench bench{4};
    bench.run(800_ms);
    // The four currents, 1 to 4 A, in counts.
    const std::array reads{std::pair{"58 03", "4D D5 03"}, std::pair{"59 03", "9A AA 07"},
                           std::pair{"5A 03", "E8 7F 0B"}, std::pair{"5B 03", "35 55 0F"}};
    for (const auto& [ask, answer] : reads) {
        bench.send(ask);
        bench.run(40_ms);
        CHECK(bench.heard().substr(0, 8) == answer);
    }
}

TEST_CASE("a master that turns to another chip too early is not heard by it", "[sim][bl0942][unit]")
{
    Bench bench{2};
    bench.to_38400(0);
    bench.to_38400(1);
    bench.run(400_ms);
    bench.send("58 03");
    bench.run(4_ms);
    CHECK(bench.heard().size() == 4 * 3 - 1);
    bench.send("59 03");
    bench.run(10_ms);
    CHECK(bench.heard().empty());

    bench.run(20_ms);
    bench.send("59 03");
    bench.run(4_ms);
    CHECK(bench.heard().size() == 4 * 3 - 1);
}

TEST_CASE("a chip that speaks does not hear", "[sim][bl0942][unit]")
{
    Bench bench{1};
    bench.run(400_ms);
    bench.send("58 AA");
    bench.run(20_ms);
    bench.send("58 04");
    bench.run(80_ms);
    CHECK(bench.heard().size() == 23 * 3 - 1);
}

TEST_CASE("a master at the wrong rate makes noise, not frames", "[sim][bl0942][unit]")
{
    Bench bench{1};
    bench.bus.set_master_baud(9'600);
    bench.send("58 AA");
    bench.run(100_ms);
    CHECK(bench.heard().empty());
    bench.bus.set_master_baud(4'800);
    bench.send("58 AA");
    bench.run(100_ms);
    CHECK(bench.heard().size() == 23 * 3 - 1);
}

TEST_CASE("a master that writes more than the buffer holds is told so", "[sim][bl0942][unit]")
{
    Bench bench{1};
    const std::array<std::byte, Bl0942Bus::bytes_most + 9> flood{};
    CHECK(bench.bus.send(flood) == Bl0942Bus::bytes_most);
}

TEST_CASE("a master that never reads loses bytes and nothing else", "[sim][bl0942][unit]")
{
    Bench bench{1};
    for (int i = 0; i < 5; ++i) {
        bench.send("58 AA");
        bench.run(60_ms);
    }
    CHECK(bench.heard().size() == 64 * 3 - 1);
    bench.send("58 15");
    bench.run(60_ms);
    CHECK(bench.heard() == "FF FF 00 94");
}

TEST_CASE("chips that lost their supply forget settings, counts and half-sent answers",
          "[sim][bl0942][unit]")
{
    Bench bench{1};
    bench.to_38400(0);
    bench.run(20_s);
    bench.send("58 AA");
    bench.run(3_ms);
    bench.bus.power_cycle();
    bench.run(40_ms);
    CHECK(bench.heard().empty());
    CHECK(bench.bus.chip(0).baud() == 4'800);
    bench.send("58 07");
    bench.run(40_ms);
    CHECK(bench.heard().substr(0, 8) == "00 00 00");
}
