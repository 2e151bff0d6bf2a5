#include "firmware/app/guard_side.hpp"
#include "firmware/boards/host/host_board.hpp"
#include "sim/chips/nor_flash.hpp"

#include <catch2/catch.hpp>

namespace ks::app {

/// Does a tick's work by hand, so that a step can be left out as a stray jump would.
struct TickSteps {
    template <class Side>
    static void without(Side& side, Instant now, std::optional<std::size_t> left_out)
    {
        std::size_t step = 0;
        const auto then = [&](auto work) {
            if (step++ != left_out) work();
        };
        side.flow_.begin();
        then([&] { side.hear_rest(now); });
        then([&] { side.sense(now); });
        then([&] { side.judge(now); });
        then([&] { side.confirm_outputs(now); });
        then([&] { side.drive(); });
        then([&] { side.watch_interrupts(now); });
        check(step == tick_steps.size());
        side.feed_watchdog();
    }
};

}  // namespace ks::app

using namespace ks;
using namespace ks::literals;

namespace {

using Board = host::HostBoard<sim::NorFlash>;

struct Bench {
    sim::NorFlash chip{hal::NorGeometry{.sector_size = 4'096, .sectors = 4, .page_size = 256}};
    Board board{chip, "127.0.0.1", 1};
    app::GuardSide<Board> side{board, 4, 0};
    Instant now{};

    void go_on() { board.set_now(now = now + 5_ms); }
    [[nodiscard]] bool fed() const { return board.watchdog_fed_at == now; }
    [[nodiscard]] std::optional<protocol::SelfTest> finding()
    {
        if (const auto found = side.word().findings.pop()) return found->test;
        return std::nullopt;
    }
};

}  // namespace

TEST_CASE("F-038: a tick that leaves out any one of its steps does not feed the watchdog",
          "[app][guard][unit]")
{
    for (std::size_t left_out = 0; left_out < app::tick_steps.size(); ++left_out) {
        CAPTURE(left_out);
        Bench bench;
        bench.go_on();
        app::TickSteps::without(bench.side, bench.now, std::nullopt);
        CHECK(bench.fed());
        CHECK_FALSE(bench.finding().has_value());

        bench.go_on();
        app::TickSteps::without(bench.side, bench.now, left_out);
        CHECK_FALSE(bench.fed());
        CHECK(bench.finding() == protocol::SelfTest::flow);
    }
}

TEST_CASE("F-038: turns of the rest that skip a step are no sign of life, and are told",
          "[app][guard][unit]")
{
    Bench bench;
    auto skipping = core::Flow{};
    skipping.begin();
    for (const auto step : app::turn_steps)
        if (step != app::TurnStep::journalled) skipping.passed(step);
    std::optional<protocol::SelfTest> found;
    Instant fed_last{};
    while (bench.now < Instant{4_s}) {
        bench.go_on();
        const bool right = bench.now < Instant{1_s};
        static_cast<void>(
            bench.side.word().turns.push(right ? app::right_turn : skipping.signature()));
        bench.side.tick();
        if (bench.fed()) fed_last = bench.now;
        if (const auto finding = bench.finding()) found = finding;
    }
    CHECK(found == protocol::SelfTest::flow);
    CHECK(fed_last >= Instant{2'900_ms});
    CHECK(fed_last <= Instant{3_s});
}

TEST_CASE("F-037: a rest that signs its turns keeps the watchdog fed for as long as it does",
          "[app][guard][unit]")
{
    Bench bench;
    while (bench.now < Instant{6_s}) {
        bench.go_on();
        if (bench.now < Instant{3_s})
            static_cast<void>(bench.side.word().turns.push(app::right_turn));
        bench.side.tick();
        CHECK(bench.fed() == (bench.now < Instant{4'995_ms}));
        if (bench.fed() != (bench.now < Instant{4'995_ms})) break;
    }
}

TEST_CASE("F-045: outputs and directions that something altered are right again at the next tick",
          "[app][guard][unit]")
{
    Bench bench;
    for (int i = 0; i < 200; ++i) {
        bench.go_on();
        bench.side.tick();
        // Once a second is a disturbance, and not worth an alarm.
        if (i == 50) bench.board.relays[2] = hal::Relay::closed;
        if (i == 150) bench.board.ports = Board::Ports::inputs;
        if (i != 50) CHECK(bench.board.relays[2] == hal::Relay::open);
        if (i != 150) CHECK(bench.board.ports == Board::Ports::outputs);
    }
    CHECK_FALSE(bench.finding().has_value());

    for (int i = 0; i < 3; ++i) {
        bench.board.relays[2] = hal::Relay::closed;
        bench.go_on();
        bench.side.tick();
        CHECK(bench.board.relays[2] == hal::Relay::open);
    }
    CHECK(bench.finding() == protocol::SelfTest::outputs);
}

TEST_CASE("F-041: a storm at a pin is shut out at the tick that sees it, and other wires stay open",
          "[app][guard][unit]")
{
    Bench bench;
    for (int i = 0; i < 10; ++i) {
        bench.go_on();
        auto& pins = bench.board.interrupted[static_cast<std::size_t>(hal::InterruptSource::pins)];
        pins += 500;
        bench.side.tick();
        CHECK(bench.fed());
    }
    using hal::InterruptGate;
    CHECK(bench.board.gates == std::array{InterruptGate::open, InterruptGate::held,
                                          InterruptGate::open, InterruptGate::open});
    CHECK(bench.finding() == protocol::SelfTest::interrupts);
    CHECK_FALSE(bench.finding().has_value());
}
