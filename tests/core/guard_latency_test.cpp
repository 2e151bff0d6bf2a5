#include "firmware/core/guard/rules/meter_silence.hpp"
#include "tests/core/guard_rig.hpp"

#include <catch2/catch.hpp>

#include <random>

// From the condition at the sensor to the coil told low, over random phases, with a rest that does
// everything it can to be in the way (I-01, I-06). A condition begins right after a tick, which is
// the worst moment for it, so every time holds the whole tick that is the program's share.

using namespace ks;
using namespace ks::core;

namespace {

constexpr int phases = 60;

/// One tick beside a rest that signs its flow, takes nothing, and wishes as often as it can.
void step_beside_an_adversary(GuardRig& rig, std::minstd_rand& random)
{
    rig.guard().still_here(rig.now());
    auto looser = loosest_settings;
    looser.version = static_cast<std::uint32_t>(random());
    bool taken = true;
    while (taken) {
        const auto outlet = static_cast<protocol::OutletNumber>(random() % 4);
        switch (random() % 4) {
        case 0: taken = rig.guard().wish(WishSettings{7, looser, Approval::none}); break;
        case 1:
            taken = rig.guard().wish(WishStart{7, outlet, random() % 1'000,
                                               protocol::StartMeans::command, 1_h, 1000_Wh});
            break;
        case 2:
            taken = rig.guard().wish(WishClear{7, outlet, protocol::all_causes[random() % 37]});
            break;
        default: taken = rig.guard().wish(WishRestore{nothing_latched});
        }
    }
    rig.step();
}

/// The longest time, over many phases, from `happens` until outlet 1 is told to open.
template <class Happens>
Millis longest(Happens happens)
{
    std::minstd_rand random{7};
    Millis worst{};
    for (int phase = 0; phase < phases; ++phase) {
        auto rig = GuardRig::charging(3, 1_A);
        rig.post.circuits = 1;
        rig.post.outlets_per_circuit = 12;
        rig.post.residual[0] = 1_mA;
        rig.rest = GuardRig::Rest::hung;
        for (auto ticks = random() % 160; ticks > 0; --ticks)
            step_beside_an_adversary(rig, random);
        REQUIRE(rig.closed(1));
        happens(rig);
        const auto from = rig.now();
        while (rig.closed(1) && rig.now() - from < 5_s)
            step_beside_an_adversary(rig, random);
        REQUIRE_FALSE(rig.closed(1));
        worst = std::max(worst, rig.now() - from);
    }
    return worst;
}

constexpr Millis one_tick = GuardRig::tick;

}  // namespace

TEST_CASE("F-006, I-01: hard overcurrent by the chip's own pin opens within 30 ms",
          "[core][guard][latency][slow]")
{
    // The chip looks at whole cycles of the mains: 20 ms; the rest is one tick.
    constexpr Millis chip{20};
    const auto took =
        longest([](GuardRig& rig) { rig.socket(1).pin = hal::OvercurrentPin::raised; });
    CHECK(took == one_tick);
    CHECK(chip + took <= 30_ms);
}

TEST_CASE("F-006, I-01: hard overcurrent by packet opens within one refresh, one poll and a tick",
          "[core][guard][latency][slow]")
{
    const auto took = longest([](GuardRig& rig) { rig.socket(1).load = 12_A; });
    CHECK(took <= GuardRig::refresh + GuardRig::poll + one_tick);
    // Four chips share a bus: 6.5 ms of bytes at 38400 baud and 20 ms of switching each.
    constexpr Millis slowest_poll{4 * 27};
    CHECK(took - GuardRig::poll + slowest_poll <= GuardRig::refresh + 150_ms);
}

TEST_CASE("F-011, I-01: fire inputs open within 50 ms", "[core][guard][latency][slow]")
{
    CHECK(longest([](GuardRig& rig) {
              rig.input(hal::PostInput::smoke) = hal::InputState::active;
          }) <= 50_ms);
}

TEST_CASE("F-008, I-01: residual current opens within 60 ms", "[core][guard][latency][slow]")
{
    CHECK(longest([](GuardRig& rig) { rig.post.residual[0] = 30_mA; }) <= 60_ms);
}

TEST_CASE("F-019, F-020, I-01: an over-temperature and a lost sensor open within a second",
          "[core][guard][latency][slow]")
{
    CHECK(longest([](GuardRig& rig) { rig.socket(1).contact = DeciCelsius{701}; }) <= 1_s);
    CHECK(longest([](GuardRig& rig) { rig.socket(1).contact = std::nullopt; }) <= 1_s);
}

TEST_CASE("F-021, I-01: a silent meter opens a second after its last reading",
          "[core][guard][latency][slow]")
{
    const auto took =
        longest([](GuardRig& rig) { rig.socket(1).meter = GuardRig::Socket::Meter::dead; });
    CHECK(took <= meter_silence_limit + one_tick);
}

TEST_CASE("F-017, I-01: a shorted coil driver calls for the contactor within 60 ms",
          "[core][guard][latency][slow]")
{
    CHECK(longest([](GuardRig& rig) {
              rig.socket(2).driver = GuardRig::Socket::Driver::shorted;
              static_cast<void>(rig.guard().wish(WishStop{1, 2, protocol::EndReason::stopped}));
          }) <= Coil::hold + 15_ms);
}

TEST_CASE("F-042: after ticks that never came the first that comes has judged everything",
          "[core][guard][latency][unit]")
{
    for (const auto lost : {1_s, 60_s}) {
        auto rig = GuardRig::charging(2, 1_A);
        rig.lose_ticks(lost);
        rig.socket(2).meter = GuardRig::Socket::Meter::dead;
        rig.socket(1).pin = hal::OvercurrentPin::raised;
        rig.step();
        CHECK_FALSE(rig.closed(1));
        // Nobody has heard its meter meanwhile.
        CHECK_FALSE(rig.closed(2));
    }
}
