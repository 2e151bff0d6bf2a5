#include "firmware/app/self_care.hpp"
#include "firmware/boards/host/host_board.hpp"
#include "tests/core/recorder_bench.hpp"

#include <catch2/catch.hpp>

using namespace ks;
using namespace ks::literals;
using protocol::SelfTest;
using protocol::SelfTestFailed;
using protocol::TripCause;

namespace {

using Board = host::HostBoard<sim::NorFlash>;

/// A post's care for itself, without the post: what it wants of the guard is kept.
struct Bench {
    sim::NorFlash chip{test::recorder_chip};
    test::RecorderBench memory{chip};
    Board board{chip, "127.0.0.1", 1};
    app::GuardWord word;
    app::SelfCare<Board> care{board, word, *memory.recorder};
    std::vector<core::Wish> wishes;
    Instant now{};

    Bench() { care.begin(memory.recorder->begin(protocol::ResetCause::power_on, moment())); }
    [[nodiscard]] core::Moment moment() const
    {
        return {.now = now, .wall = std::nullopt, .edge_silent = {}};
    }
    [[nodiscard]] auto keep()
    {
        return [this](const core::Wish& wish) { wishes.push_back(wish); };
    }
    void turn(Millis later)
    {
        board.set_now(now = now + later);
        static_cast<void>(word.ticks.push(now));
        care.turn(moment(), keep());
    }
    void run(Millis lasts)
    {
        for (const auto until = now + lasts; now < until;)
            turn(5_ms);
    }
    void find(SelfTest test)
    {
        REQUIRE(word.findings.push({.test = test, .detail = 2}));
        turn(5_ms);
    }
    [[nodiscard]] std::vector<SelfTestFailed> told()
    {
        return memory.bodies<SelfTestFailed>(protocol::Lane::alarm);
    }
    [[nodiscard]] std::size_t faults() const
    {
        return static_cast<std::size_t>(
            std::count_if(wishes.begin(), wishes.end(), [](const core::Wish& wish) {
                return std::holds_alternative<core::WishFault>(wish);
            }));
    }
};

core::News memory_trip()
{
    return core::NewsTripped{.at = {},
                             .trip = {.outlet = 4,
                                      .cause = TripCause::memory_fault,
                                      .session = 0,
                                      .measured = 0,
                                      .limit = 0,
                                      .held_for = {},
                                      .count = 1}};
}

core::News cleared(TripCause cause)
{
    return core::NewsCleared{.at = {}, .outlet = protocol::whole_post, .cause = cause, .ticket = 0};
}

}  // namespace

TEST_CASE("the guard is told what was latched once every test has been through, and once only",
          "[app][selftest][unit]")
{
    Bench bench;
    bench.turn(5_ms);
    CHECK(bench.wishes.empty());
    bench.run(2_s);
    REQUIRE(bench.wishes.size() == 1);
    CHECK(std::holds_alternative<core::WishRestore>(bench.wishes.front()));
    CHECK(bench.told().empty());
    CHECK_FALSE(bench.board.wants_restart);
}

TEST_CASE("F-033: a failure before the first pass is over gives the guard its memory first",
          "[app][selftest][unit]")
{
    Bench bench;
    bench.board.stuck_register = host::HostProcessor::Stuck{.at = 1, .bits = 1};
    bench.turn(5_ms);
    REQUIRE(bench.wishes.size() == 2);
    CHECK(std::holds_alternative<core::WishRestore>(bench.wishes[0]));
    const auto& fault = std::get<core::WishFault>(bench.wishes[1]);
    CHECK(fault.cause == TripCause::self_test_failed);
    CHECK(fault.measured == static_cast<std::int64_t>(SelfTest::registers));
}

TEST_CASE("F-033: a failure is told once, counted once, and ends in a restart half a second later",
          "[app][selftest][unit]")
{
    Bench bench;
    bench.run(2_s);
    for (int i = 0; i < 50; ++i)
        bench.find(SelfTest::flow);
    CHECK(bench.told() ==
          std::vector{SelfTestFailed{.test = SelfTest::flow, .detail = 2, .strikes = 1}});
    CHECK(bench.faults() == 1);
    CHECK_FALSE(bench.board.wants_restart);
    bench.run(app::SelfCare<Board>::restart_after);
    CHECK(bench.board.wants_restart);
}

TEST_CASE("F-033: the third failure restarts nothing any more", "[app][selftest][unit]")
{
    Bench bench;
    bench.run(2_s);
    for (const auto test : {SelfTest::flow, SelfTest::ram})
        bench.memory.recorder->self_test_failed(test, 0, core::Recorder::Counts::yes,
                                                bench.moment());
    bench.find(SelfTest::outputs);
    bench.run(5_s);
    CHECK(bench.told().back().strikes == 3);
    CHECK(bench.faults() == 1);
    CHECK_FALSE(bench.board.wants_restart);

    // Cleared, and not mended: found again at once, and a strike again.
    bench.memory.recorder->take(cleared(TripCause::self_test_failed), bench.moment());
    bench.care.heard(cleared(TripCause::self_test_failed), bench.moment(), bench.keep());
    bench.find(SelfTest::outputs);
    CHECK(bench.told().back().strikes == 1);
    CHECK(bench.faults() == 2);
}

TEST_CASE("F-034: a safety variable that disagreed is a failed self-test that the guard acted on",
          "[app][selftest][unit]")
{
    Bench bench;
    bench.run(2_s);
    bench.care.heard(memory_trip(), bench.moment(), bench.keep());
    bench.care.heard(memory_trip(), bench.moment(), bench.keep());
    CHECK(bench.told() == std::vector{SelfTestFailed{
                              .test = SelfTest::safety_variables, .detail = 4, .strikes = 1}});
    CHECK(bench.faults() == 0);
    bench.run(2_s);
    CHECK_FALSE(bench.board.wants_restart);

    bench.care.heard(cleared(TripCause::memory_fault), bench.moment(), bench.keep());
    bench.care.heard(memory_trip(), bench.moment(), bench.keep());
    CHECK(bench.told().size() == 2);
}

TEST_CASE("F-041, F-047: what protection does not rest on is told once an hour, and counts nothing",
          "[app][selftest][unit]")
{
    Bench bench;
    bench.run(2_s);
    for (int minute = 0; minute < 150; ++minute) {
        bench.turn(60_s);
        bench.find(SelfTest::interrupts);
        bench.find(SelfTest::random);
    }
    CHECK(bench.told().size() >= 4);
    CHECK(bench.told().size() <= 6);
    CHECK(bench.told().back().strikes == 0);
    CHECK(bench.faults() == 0);
    CHECK(bench.care.take_doubt_in_noise());
    CHECK_FALSE(bench.care.take_doubt_in_noise());
}

TEST_CASE("F-046: a post that was blocked and lost its latch with the power is latched again",
          "[app][selftest][unit]")
{
    sim::NorFlash chip{test::recorder_chip};
    for (int boot = 0; boot < 2; ++boot) {
        test::RecorderBench memory{chip};
        static_cast<void>(memory.recorder->begin(protocol::ResetCause::watchdog, memory.at({})));
    }
    test::RecorderBench memory{chip};
    Board board{chip, "127.0.0.1", 1};
    app::GuardWord word;
    app::SelfCare<Board> care{board, word, *memory.recorder};
    auto known = memory.recorder->begin(protocol::ResetCause::watchdog, memory.at({}));
    REQUIRE(memory.recorder->strikes().blocked());
    std::vector<core::Wish> wishes;
    const auto keep = [&](const core::Wish& wish) { wishes.push_back(wish); };
    care.begin(known);
    care.turn(memory.at({}), keep);
    REQUIRE(wishes.size() == 2);
    CHECK(std::holds_alternative<core::WishFault>(wishes[1]));
    const auto told = memory.bodies<SelfTestFailed>(protocol::Lane::alarm);
    REQUIRE(told.size() == 1);
    CHECK(told.front().test == SelfTest::flow);
    CHECK(told.front().detail == app::SelfCare<Board>::keeps_resetting);

    // With the latch restored there is nothing to be added.
    app::SelfCare<Board> again{board, word, *memory.recorder};
    known.whole = known.whole.with(TripCause::self_test_failed);
    wishes.clear();
    again.begin(known);
    again.turn(memory.at({}), keep);
    CHECK(wishes.empty());
}
