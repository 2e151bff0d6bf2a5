#include "firmware/app/self_test_side.hpp"
#include "firmware/base/crc32c.hpp"
#include "firmware/boards/host/host_board.hpp"
#include "sim/chips/nor_flash.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ks;
using namespace ks::literals;
using protocol::SelfTest;

namespace {

constexpr hal::NorGeometry any_chip{.sector_size = 4'096, .sectors = 4, .page_size = 256};

/// A board as large as the chip: what a slice costs is counted.
struct LargeBoard : host::HostBoard<sim::NorFlash> {
    using host::HostBoard<sim::NorFlash>::HostBoard;

    static constexpr std::uint32_t image_size = core::ImageCheck::image_most;
    static constexpr std::uint32_t safety_size = image_size / 8;
    [[nodiscard]] hal::ImageFacts image(hal::ImagePart part) const
    {
        return {.first = 0,
                .size = part == hal::ImagePart::safety ? safety_size : image_size,
                .sum = part == hal::ImagePart::safety ? safety_sum : whole_sum};
    }
    void read_image(std::uint32_t, std::span<std::byte> into)
    {
        bytes_read += into.size();
        std::fill(into.begin(), into.end(), std::byte{0xFF});
    }
    template <class Work>
    void undisturbed(Work work)
    {
        ++windows;
        host::HostBoard<sim::NorFlash>::undisturbed(work);
    }
    static std::uint32_t sum_of(std::uint32_t size)
    {
        const std::vector<std::byte> blank(size, std::byte{0xFF});
        return crc32c(Bytes{blank});
    }
    std::uint32_t whole_sum = sum_of(image_size);
    std::uint32_t safety_sum = sum_of(safety_size);
    std::size_t bytes_read{0};
    std::uint32_t windows{0};
};

template <class B>
struct Bench {
    using Side = app::SelfTestSide<B>;

    sim::NorFlash chip{any_chip};
    B board{chip, "127.0.0.1", 1};
    std::vector<std::byte> memory = std::vector<std::byte>(40'000, std::byte{0x6B});
    std::optional<Side> side;
    std::set<SelfTest> found;
    Instant now{};
    typename Side::Tick tick{Side::Tick::heard};

    Bench()
    {
        board.memory = memory;
        side.emplace(board);
    }
    void turn()
    {
        now = now + 5_ms;
        board.set_now(now);
        side->turn(now, tick);
        while (const auto finding = side->take())
            found.insert(finding->test);
    }
    void boot()
    {
        for (int i = 0; i < 1'000 && !side->boot_over(); ++i)
            turn();
        REQUIRE(side->boot_over());
    }
    /// How long until the test has failed; a minute and a half at most.
    Millis until(SelfTest test)
    {
        const auto from = now;
        while (!found.contains(test) && now - from < 90_s)
            turn();
        return now - from;
    }
};
using Board = host::HostBoard<sim::NorFlash>;

}  // namespace

TEST_CASE("a sound board passes every test before it is of use, and never fails one after",
          "[app][selftest][unit]")
{
    Bench<Board> bench;
    const auto before = bench.memory;
    bench.boot();
    CHECK(bench.now <= Instant{1_s});
    while (bench.now < Instant{130_s})
        bench.turn();
    CHECK(bench.found.empty());
    CHECK(bench.memory == before);
}

TEST_CASE("F-033: whatever is broken at the start is found before the first pass is over",
          "[app][selftest][unit]")
{
    const auto found_at_boot = [](auto breaks) {
        Bench<Board> bench;
        breaks(bench.board);
        bench.boot();
        return bench.found;
    };
    using Found = std::set<SelfTest>;
    using Stuck = host::HostProcessor::Stuck;
    CHECK(found_at_boot([](Board& b) { b.stuck_register = Stuck{.at = 12, .bits = 1}; }) ==
          Found{SelfTest::registers});
    CHECK(found_at_boot([](Board& b) { b.stuck_ram = Stuck{.at = 9'999, .bits = 1U << 31}; }) ==
          Found{SelfTest::ram});
    CHECK(found_at_boot([](Board& b) { b.flipped_byte = 0; }) == Found{SelfTest::flash});
    CHECK(found_at_boot([](Board& b) {
              b.flipped_byte = b.image(hal::ImagePart::whole).size - 1;
          }) == Found{SelfTest::flash});
    CHECK(found_at_boot([](Board& b) { b.clock_permille = 1'150; }) == Found{SelfTest::clock});
    CHECK(found_at_boot([](Board& b) { b.shown.fill(Millivolts{0}); }) ==
          Found{SelfTest::adc_reference});
    CHECK(found_at_boot([](Board& b) { b.stack.back() = 0; }) == Found{SelfTest::stack});
    CHECK(found_at_boot([](Board& b) { b.stuck_noise = std::byte{0}; }) == Found{SelfTest::random});
}

TEST_CASE("F-035: a bit that flips in the safety section is found within 5 s, anywhere within 60 s",
          "[app][selftest][unit]")
{
    Bench<Board> bench;
    bench.boot();
    const auto whole = bench.board.image(hal::ImagePart::whole).size;
    const auto safety = bench.board.image(hal::ImagePart::safety).size;
    // Anywhere in the part and at any phase of the pass; two passes later all is forgotten.
    const auto longest = [&](std::uint32_t first, std::uint32_t size, int times, Millis pass) {
        Millis most{};
        for (int i = 0; i < times; ++i) {
            bench.board.flipped_byte =
                first + static_cast<std::uint32_t>(i) * (size - 1) / 7 % size;
            most = std::max(most, bench.until(SelfTest::flash));
            bench.board.flipped_byte.reset();
            const auto clean = bench.now + pass + pass + Millis{333 * (i % 5)};
            while (bench.now < clean)
                bench.turn();
            bench.found.clear();
        }
        return most;
    };
    const auto of_safety = longest(0, safety, 16, 2'300_ms);
    CHECK(of_safety <= 5_s);
    CHECK(of_safety > 2'300_ms);
    const auto of_whole = longest(safety, whole - safety, 5, 28'100_ms);
    CHECK(of_whole <= 60_s);
    // Half a pass at least, or it was not the pass that found it.
    CHECK(of_whole > 14_s);
}

TEST_CASE("a stuck bit in the guard's own memory is found within 10 s", "[app][selftest][unit]")
{
    Bench<Board> bench;
    bench.boot();
    bench.turn();
    for (const std::uint32_t at : {0U, 777U, 9'999U}) {
        bench.board.stuck_ram = host::HostProcessor::Stuck{.at = at, .bits = 4};
        CHECK(bench.until(SelfTest::ram) <= 10_s);
        bench.found.clear();
    }
}

TEST_CASE("F-033, F-039, F-042, F-043, F-044: what must be found within a second is",
          "[app][selftest][unit]")
{
    using Stuck = host::HostProcessor::Stuck;
    const auto found_within = [](SelfTest test, auto breaks) {
        Bench<Board> bench;
        bench.boot();
        breaks(bench);
        return bench.until(test);
    };
    CHECK(found_within(SelfTest::registers, [](auto& bench) {
              bench.board.stuck_register = Stuck{.at = 3, .bits = 2};
          }) <= 100_ms);
    CHECK(found_within(SelfTest::stack, [](auto& bench) { bench.board.stack[31] = 1; }) <= 5_ms);
    CHECK(found_within(SelfTest::clock, [](auto& bench) {
              bench.tick = app::SelfTestSide<Board>::Tick::silent;
          }) <= 55_ms);
    CHECK(found_within(SelfTest::clock, [](auto& bench) { bench.board.clock_permille = 880; }) <=
          500_ms);
    CHECK(found_within(SelfTest::adc_reference,
                       [](auto& bench) { bench.board.shown[0] = Millivolts{1'250}; }) <= 300_ms);
    CHECK(found_within(SelfTest::adc_reference,
                       [](auto& bench) { bench.board.shown.fill(Millivolts{1'210}); }) <= 300_ms);
}

TEST_CASE("F-047: noise that becomes stuck is found within two looks", "[app][selftest][unit]")
{
    Bench<Board> bench;
    bench.boot();
    bench.board.stuck_noise = std::byte{0xC3};
    CHECK(bench.until(SelfTest::random) <= 2_s);
}

TEST_CASE("I-06: no turn does more than its share, on the largest chip, however late it came",
          "[app][selftest][unit]")
{
    Bench<LargeBoard> bench;
    bench.memory.resize(192 * 1'024);
    bench.board.memory = bench.memory;
    const auto most_in_a_turn = [&](Millis gap, Instant to) {
        std::size_t bytes = 0;
        std::uint32_t windows = 0;
        while (bench.now < to) {
            const auto bytes_before = bench.board.bytes_read;
            const auto windows_before = bench.board.windows;
            bench.now = bench.now + gap;
            bench.turn();
            bytes = std::max(bytes, bench.board.bytes_read - bytes_before);
            windows = std::max(windows, bench.board.windows - windows_before);
        }
        return std::pair{bytes, windows};
    };
    const auto booting = most_in_a_turn(0_ms, Instant{2_s});
    CHECK(booting.first <= std::size_t{2} * bench.side->boot_bytes);
    CHECK(booting.second <= 2 * bench.side->boot_windows);
    REQUIRE(bench.side->boot_over());
    // A hundred thousand cycles, of the 168 million a second: 4,786 bytes and 23 windows.
    for (const auto gap : {0_ms, 400_ms}) {
        const auto most = most_in_a_turn(gap, bench.now + 20_s);
        CHECK(most.first <= 4'800);
        CHECK(most.second <= 24);
        CHECK(most.first > 0);
    }
    CHECK(bench.found.empty());
}
