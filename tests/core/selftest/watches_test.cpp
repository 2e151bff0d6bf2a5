#include "firmware/core/selftest/adc_watch.hpp"
#include "firmware/core/selftest/clock_watch.hpp"
#include "firmware/core/selftest/finding.hpp"
#include "firmware/core/selftest/interrupt_watch.hpp"
#include "firmware/core/selftest/output_watch.hpp"
#include "firmware/core/selftest/stack_guard.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ks;
using namespace ks::literals;
using core::ClockWatch;
using core::InterruptWatch;
using hal::InterruptGate;
using hal::InterruptSource;
using hal::Outputs;

namespace {

/// The worst verdict of two seconds in which the clock runs at so many thousandths of the second.
ClockWatch::Verdict verdict_at(std::int64_t permille)
{
    ClockWatch watch;
    auto worst = ClockWatch::Verdict::early;
    for (std::int64_t us = 0; us <= 2'000'000; us += 5'000)
        worst = std::max(worst, watch.look(Instant{Millis{us * permille / 1'000'000}},
                                           Instant{Millis{us / 1'000}}));
    return worst;
}

/// A source that comes so often in each millisecond while its gate is open.
struct Wire {
    InterruptWatch watch;
    std::uint32_t count{0xFFFF'FF00};  // about to wrap
    InterruptGate gate{InterruptGate::open};
    int storms{0};
    Millis held{};
    std::int64_t ms{0};

    void run(Millis lasts, std::uint32_t each_ms, InterruptSource source)
    {
        for (const auto until = ms + lasts.count(); ms < until; ms += 5) {
            if (gate == InterruptGate::open) count += 5 * each_ms;
            if (gate == InterruptGate::held) held += 5_ms;
            const auto verdict = watch.look(Instant{Millis{ms}}, source, count);
            gate = verdict.gate;
            if (verdict.news == InterruptWatch::Verdict::News::storm) ++storms;
        }
    }
};

}  // namespace

TEST_CASE("F-043: a clock that agrees with the second one is good, and one a tenth off is not",
          "[core][selftest][unit]")
{
    for (const std::int64_t good : {920, 960, 1'000, 1'040, 1'080})
        CHECK(verdict_at(good) == ClockWatch::Verdict::good);
    for (const std::int64_t wrong : {0, 500, 880, 1'120, 2'000, 10'000})
        CHECK(verdict_at(wrong) == ClockWatch::Verdict::wrong);
}

TEST_CASE("F-043: a clock that stands, or a second one that stands, is wrong after one window",
          "[core][selftest][unit]")
{
    ClockWatch stands;
    CHECK(stands.look(Instant{1_s}, Instant{1_s}) == ClockWatch::Verdict::early);
    CHECK(stands.look(Instant{1_s}, Instant{1'199_ms}) == ClockWatch::Verdict::early);
    CHECK(stands.look(Instant{1_s}, Instant{1'200_ms}) == ClockWatch::Verdict::wrong);
    CHECK(stands.permille() == 0);
    ClockWatch alone;
    CHECK(alone.look(Instant{1_s}, Instant{1_s}) == ClockWatch::Verdict::early);
    CHECK(alone.look(Instant{1'200_ms}, Instant{1_s}) == ClockWatch::Verdict::wrong);
}

TEST_CASE("F-043: a wrong clock tells how fast it runs", "[core][selftest][unit]")
{
    ClockWatch watch;
    CHECK(watch.look(Instant{}, Instant{}) == ClockWatch::Verdict::early);
    CHECK(watch.look(Instant{800_ms}, Instant{1_s}) == ClockWatch::Verdict::wrong);
    CHECK(watch.permille() == 800);
}

TEST_CASE("F-042: a tick that does not come for half of what the watchdog waits is lost",
          "[core][selftest][unit]")
{
    core::TickWatch watch;
    CHECK_FALSE(watch.lost(Instant{3_s}));
    CHECK_FALSE(watch.lost(Instant{3'049_ms}));
    watch.ticked(Instant{3'049_ms});
    CHECK_FALSE(watch.lost(Instant{3'098_ms}));
    CHECK(watch.lost(Instant{3'099_ms}));
    watch.ticked(Instant{3'100_ms});
    CHECK_FALSE(watch.lost(Instant{3'101_ms}));
}

TEST_CASE("F-044: a converter is believed until three looks in a row are outside a known band",
          "[core][selftest][unit]")
{
    const auto seen = [](std::int32_t shown) {
        return hal::KnownChannel{
            .shown = Millivolts{shown}, .least = Millivolts{1'180}, .most = Millivolts{1'240}};
    };
    core::AdcWatch watch;
    for (const auto edge : {1'180, 1'240})
        CHECK_FALSE(watch.wrong(0, seen(edge)));
    for (const auto outside : {1'179, 1'241}) {
        CHECK_FALSE(watch.wrong(0, seen(outside)));
        CHECK_FALSE(watch.wrong(0, seen(outside)));
        CHECK_FALSE(watch.wrong(1, seen(1'200)));
        CHECK(watch.wrong(0, seen(outside)));
        CHECK_FALSE(watch.wrong(0, seen(1'200)));
        CHECK_FALSE(watch.wrong(0, seen(outside)));
        CHECK_FALSE(watch.wrong(0, seen(1'200)));
    }
}

TEST_CASE(
    "F-045: ports that were altered once are written anew, and three times in a second are a fault",
    "[core][selftest][unit]")
{
    core::OutputWatch watch;
    const auto altered = [&](Millis at) { return watch.wrong(Instant{at}, Outputs::altered); };
    const auto as_told = [&](Millis at) { return watch.wrong(Instant{at}, Outputs::as_told); };
    CHECK_FALSE(altered(5_s));
    CHECK_FALSE(as_told(5'005_ms));
    CHECK_FALSE(altered(5'500_ms));
    // The first is a second ago and forgotten with the second.
    CHECK_FALSE(altered(6_s));
    CHECK_FALSE(altered(6'100_ms));
    CHECK(altered(6'999_ms));
    CHECK_FALSE(as_told(7'100_ms));
}

TEST_CASE("F-041: a source that interrupts as often as its wire allows is left alone",
          "[core][selftest][unit]")
{
    struct Row {
        InterruptSource source;
        std::uint32_t each_ms;
    };
    for (const auto& [source, each_ms] :
         {Row{InterruptSource::meters, 12}, Row{InterruptSource::pins, 2},
          Row{InterruptSource::line, 47}, Row{InterruptSource::sensors, 2}}) {
        CAPTURE(static_cast<int>(source));
        Wire wire;
        wire.run(5_s, each_ms, source);
        CHECK(wire.storms == 0);
        CHECK(wire.held == 0_ms);
    }
}

TEST_CASE("F-041: a storm of interrupts is held off within a tick, told once, and tried again",
          "[core][selftest][unit]")
{
    for (const auto source : {InterruptSource::meters, InterruptSource::pins, InterruptSource::line,
                              InterruptSource::sensors}) {
        CAPTURE(static_cast<int>(source));
        Wire wire;
        wire.run(10_s, 100, source);  // 100 kHz
        CHECK(wire.storms == 1);
        CHECK(wire.held >= 8_s);

        // Over, calm for a slot, and back: told anew.
        wire.run(2_s, 0, source);
        CHECK(wire.gate == InterruptGate::open);
        CHECK(wire.storms == 1);
        wire.run(1_s, 100, source);
        CHECK(wire.storms == 2);
    }
}

TEST_CASE("F-041: sources are held off one by one", "[core][selftest][unit]")
{
    InterruptWatch watch;
    CHECK(watch.look(Instant{}, InterruptSource::pins, 0).gate == InterruptGate::open);
    CHECK(watch.look(Instant{5_ms}, InterruptSource::pins, 500).gate == InterruptGate::held);
    CHECK(watch.look(Instant{5_ms}, InterruptSource::meters, 500).gate == InterruptGate::open);
}

TEST_CASE("F-039: a stack that grew into its guard is found at whatever word it reached",
          "[core][selftest][unit]")
{
    std::array<std::uint32_t, 8> region{};
    core::StackGuard::prepare(region);
    CHECK_FALSE(core::StackGuard::trampled(region).has_value());
    for (std::uint32_t word = 0; word < region.size(); ++word) {
        for (int bit = 0; bit < 32; ++bit) {
            region[word] ^= 1U << bit;
            CHECK(core::StackGuard::trampled(region) == word);
            region[word] ^= 1U << bit;
        }
    }
}

TEST_CASE("a failed test that protection rests on restarts the post, any other only speaks",
          "[core][selftest][unit]")
{
    using enum protocol::SelfTest;
    using core::Response;
    for (const auto test : {registers, ram, flash, clock, flow, adc_reference, outputs, stack})
        CHECK(core::response_to(test) == Response::restart);
    CHECK(core::response_to(safety_variables) == Response::count);
    for (const auto test : {interrupts, protocol::SelfTest::random})
        CHECK(core::response_to(test) == Response::report);
}
