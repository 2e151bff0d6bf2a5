#include "tests/core/guard_watch.hpp"

#include <catch2/catch.hpp>

#include <random>

// Random sequences of wishes, samples and silences on a guard of two outlets, and after every step
// the invariants (docs/demands.md) that no sequence may break. One guard lives through all of them,
// so each sequence starts in a state that some other has reached.

using namespace ks;
using namespace ks::core;
using protocol::TripCause;

namespace {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : random_{seed} {}

    [[nodiscard]] std::uint32_t below(std::uint32_t limit)
    {
        return static_cast<std::uint32_t>(random_() % limit);
    }
    [[nodiscard]] bool one_in(std::uint32_t many) { return below(many) == 0; }

private:
    std::minstd_rand random_;
};

std::uint32_t around(Chance& chance, std::uint32_t value) { return value + chance.below(3) - 1; }

/// One limit, of outlets or of the post, moved by a little or by a lot; now and then everything as
/// loose as it can be.
Settings random_settings(Chance& chance, const Settings& now)
{
    auto wanted = now;
    if (chance.one_in(8)) {
        wanted.types.fill(protocol::loosest<protocol::Limits>);
        wanted.post = protocol::loosest<protocol::PostLimits>;
    }
    wanted.version = around(chance, now.version + 1);
    const auto nudge_one = [&](auto& limits) {
        using Owner = std::remove_reference_t<decltype(limits)>;
        auto which = chance.below(static_cast<std::uint32_t>(protocol::limit_count<Owner>()));
        protocol::each_limit_of<Owner>([&](const auto& row) {
            if (which-- != 0) return;
            using Value = std::remove_cvref_t<decltype(row.least)>;
            auto& value = limits.*row.field;
            switch (chance.below(5)) {
            case 0: value = row.least; break;
            case 1: value = row.factory; break;
            case 2: value += Value{1}; break;
            case 3: value -= Value{1}; break;
            default: value += Value{100'000};
            }
        });
    };
    if (chance.one_in(3))
        nudge_one(wanted.post);
    else
        nudge_one(wanted.types[0]);
    return wanted;
}

TripCause random_cause(Chance& chance)
{
    return protocol::all_causes[chance.below(protocol::all_causes.size())];
}

WishRestore random_memory(Chance& chance, const GuardWatch& watch)
{
    WishRestore memory{.settings = random_settings(chance, watch.settings()),
                       .latched = {},
                       .whole = {},
                       .memory = chance.one_in(9) ? WishRestore::Memory::lost
                                                  : WishRestore::Memory::good};
    if (chance.one_in(2)) memory.latched[chance.below(2)] = random_cause(chance);
    if (chance.one_in(9)) memory.whole = memory.whole.with(random_cause(chance));
    return memory;
}

Wish random_wish(Chance& chance, const GuardWatch& watch)
{
    const auto outlet = static_cast<protocol::OutletNumber>(chance.below(4));
    switch (chance.below(10)) {
    case 0:
    case 1:
    case 2:
        return WishStart{.ticket = 1,
                         .outlet = outlet,
                         .session = watch.newest_session() + chance.below(3),
                         .means = protocol::StartMeans::command,
                         .time_limit = Millis{chance.below(120'000)},
                         .energy_limit = MilliwattHours{chance.below(50'000)}};
    case 3: return WishStop{.ticket = 2, .outlet = outlet, .reason = protocol::EndReason::stopped};
    case 4:
    case 5: {
        const auto latched = watch.latched(chance.one_in(2) ? protocol::whole_post : outlet);
        return WishClear{.ticket = 3,
                         .outlet = watch.latched(outlet) ? outlet : protocol::whole_post,
                         .cause = latched && !chance.one_in(3) ? *latched : random_cause(chance)};
    }
    case 6:
        return WishSettings{.ticket = 4,
                            .settings = random_settings(chance, watch.settings()),
                            .approval =
                                chance.one_in(4) ? Approval::both_approvers : Approval::none};
    case 7: return random_memory(chance, watch);
    case 8:
        if (chance.one_in(40)) return WishFault{.cause = random_cause(chance), .measured = 1};
        return WishStarts{chance.one_in(9) ? WishStarts::Policy::link_lost
                                           : WishStarts::Policy::allowed};
    default:
        return WishStarts{chance.one_in(4) ? WishStarts::Policy::refused
                                           : WishStarts::Policy::allowed};
    }
}

Milliamps random_current(Chance& chance, hal::Relay relay)
{
    if (relay == hal::Relay::open && !chance.one_in(1'000)) return {};
    constexpr Milliamps currents[] = {0_A, 2_mA, 100_mA, 700_mA, 2_A, 5_A};
    if (chance.one_in(300)) return Milliamps{static_cast<std::int32_t>(chance.below(60'000))};
    return currents[chance.below(6)];
}

using Welded = std::array<bool, GuardWatch::outlets>;

void random_inputs(Chance& chance, GuardWatch& watch, Welded& welded)
{
    for (protocol::OutletNumber outlet = 1; outlet <= GuardWatch::outlets; ++outlet) {
        auto& input = watch.input(outlet);
        if (chance.one_in(500)) input.contact = std::nullopt;
        if (chance.one_in(500)) input.contact = DeciCelsius{800};
        if (chance.one_in(20)) input.contact = DeciCelsius{250};
        input.pin = chance.one_in(2'000) ? hal::OvercurrentPin::raised : hal::OvercurrentPin::quiet;
        input.sample.reset();
        auto& weld = welded[outlet - 1U];
        if (chance.one_in(weld ? 30 : 2'000)) weld = !weld;
        if (chance.one_in(50)) continue;
        watch.show(outlet, weld ? 1_A : random_current(chance, watch.relay(outlet)));
    }
}

void random_post(Chance& chance, GuardWatch& watch)
{
    auto& post = watch.post();
    auto& input = post.inputs[chance.below(hal::post_input_count)];
    if (chance.one_in(700)) input = hal::InputState::active;
    if (chance.one_in(700)) input = hal::InputState::fault;
    if (chance.one_in(10)) post.inputs.fill(hal::InputState::quiet);
    if (chance.one_in(700)) post.residual[chance.below(2)] = 30_mA;
    if (chance.one_in(700)) post.residual[chance.below(2)] = std::nullopt;
    if (chance.one_in(10)) post.residual.fill(1_mA);
    if (chance.one_in(2'000)) post.cabinet = DeciCelsius{800};
    if (chance.one_in(20)) post.cabinet = DeciCelsius{250};
    if (chance.one_in(2'000)) post.rail = 7_V;
    if (chance.one_in(20)) post.rail = 12_V;
    constexpr Millivolts mains[] = {220_V, 0_V, 160_V, 300_V, 120_V};
    if (chance.one_in(1'000)) watch.mains = mains[chance.below(5)];
    if (chance.one_in(20)) watch.mains = 220_V;
    if (chance.one_in(2'000)) watch.coil_stuck = hal::Relay::closed;
    if (chance.one_in(2'000)) watch.coil_stuck = hal::Relay::open;
    if (chance.one_in(30)) watch.coil_stuck.reset();
}

}  // namespace

TEST_CASE("no message sequence loosens a limit except the two-approver settings record of D2, and "
          "none closes a relay without its one fresh authority",
          "[core][guard][property][slow]")
{
    constexpr int sequences = 1'000'000;
    Chance chance{20'261'122};
    GuardWatch watch;
    Welded welded{};

    for (int sequence = 0; sequence < sequences; ++sequence) {
        for (auto wishes = chance.below(4); wishes > 0; --wishes)
            watch.wish(random_wish(chance, watch));
        random_post(chance, watch);
        random_inputs(chance, watch, welded);
        if (chance.one_in(60)) watch.rest_takes_news = !watch.rest_takes_news;
        watch.rest_is_alive = !chance.one_in(50);
        const auto span = chance.one_in(30) ? Millis{1 + chance.below(3'000)} : Millis{100};
        watch.step(span);
        if (watch.broken()) break;
        // A fresh post now and then, or the first restore would be the only one.
        if (chance.one_in(5'000)) watch.reset();
    }

    const auto& seen = watch.seen();
    CAPTURE(seen.starts, seen.clears, seen.tightened, seen.loosened, seen.trips, seen.welds,
            seen.whole, seen.waited);
    INFO(watch.broken().value_or(""));
    CHECK_FALSE(watch.broken());
    // A campaign that never gets anywhere proves nothing.
    CHECK(watch.seen().starts > 1'000);
    CHECK(watch.seen().clears > 1'000);
    CHECK(watch.seen().tightened > 1'000);
    CHECK(watch.seen().loosened > 100);
    CHECK(watch.seen().welds > 100);
    CHECK(watch.seen().trips > 1'000);
    CHECK(watch.seen().whole > 100);
    CHECK(watch.seen().waited > 10);
    CHECK(watch.seen().rest_silences > 10);
}
