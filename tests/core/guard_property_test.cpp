#include "firmware/core/guard/limits.hpp"
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

Settings random_settings(Chance& chance, const Settings& now)
{
    auto wanted = chance.one_in(8) ? protocol::settings_ceiling : now;
    wanted.version = around(chance, now.version + 1);
    const auto nudge = [&](auto& field) {
        using Value = std::remove_cvref_t<decltype(field)>;
        const auto by = static_cast<typename Value::rep>(chance.below(3)) - 1;
        field += Value{static_cast<typename Value::rep>(by * (chance.one_in(9) ? 100'000 : 1))};
    };
    switch (chance.below(12)) {
    case 0: nudge(wanted.hard_overcurrent); break;
    case 1: nudge(wanted.overload_pickup); break;
    case 2: wanted.overload_tms_permille = around(chance, now.overload_tms_permille); break;
    case 3: nudge(wanted.contact_limit); break;
    case 4: nudge(wanted.session_cap); break;
    case 5: nudge(wanted.energy_cap); break;
    case 6: nudge(wanted.full_below); break;
    case 7: wanted.full_permille_of_peak = around(chance, now.full_permille_of_peak); break;
    case 8: nudge(wanted.full_hold); break;
    case 9: nudge(wanted.unplugged_below); break;
    case 10: nudge(wanted.unplugged_hold); break;
    default: nudge(wanted.no_load_wait); break;
    }
    return wanted;
}

TripCause random_cause(Chance& chance) { return static_cast<TripCause>(1 + chance.below(7)); }

Wish random_wish(Chance& chance, const GuardWatch& watch)
{
    const auto outlet = static_cast<protocol::OutletNumber>(chance.below(4));
    switch (chance.below(9)) {
    case 0:
    case 1:
    case 2:
        return WishStart{.ticket = 1,
                         .outlet = outlet,
                         .session = watch.newest_session() + chance.below(3),
                         .time_limit = Millis{chance.below(60'000)},
                         .energy_limit = MilliwattHours{chance.below(50'000)}};
    case 3: return WishStop{.ticket = 2, .outlet = outlet};
    case 4:
    case 5: {
        const auto latched = watch.latched(outlet);
        return WishClear{.ticket = 3,
                         .outlet = outlet,
                         .cause = latched && !chance.one_in(3) ? *latched : random_cause(chance)};
    }
    case 6:
        return WishSettings{.ticket = 4,
                            .settings = random_settings(chance, watch.settings()),
                            .approval =
                                chance.one_in(4) ? Approval::both_approvers : Approval::none};
    case 7: {
        WishRestore memory{.settings = random_settings(chance, watch.settings()),
                           .latched = {},
                           .whole = std::nullopt};
        if (chance.one_in(2)) memory.latched[chance.below(2)] = random_cause(chance);
        return memory;
    }
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
        input.sample.reset();
        auto& weld = welded[outlet - 1U];
        if (chance.one_in(weld ? 30 : 2'000)) weld = !weld;
        if (chance.one_in(50)) continue;
        watch.show(outlet, weld ? 1_A : random_current(chance, watch.relay(outlet)));
    }
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
        random_inputs(chance, watch, welded);
        if (chance.one_in(60)) watch.rest_takes_news = !watch.rest_takes_news;
        watch.rest_is_alive = !chance.one_in(50);
        const auto span = chance.one_in(30) ? Millis{1 + chance.below(3'000)} : Millis{100};
        watch.step(span);
        if (watch.broken()) break;
        // A fresh post now and then, or the first restore would be the only one.
        if (chance.one_in(5'000)) watch.reset();
    }

    INFO(watch.broken().value_or(""));
    CHECK_FALSE(watch.broken());
    // A campaign that never gets anywhere proves nothing.
    CHECK(watch.seen().starts > 1'000);
    CHECK(watch.seen().clears > 1'000);
    CHECK(watch.seen().tightened > 1'000);
    CHECK(watch.seen().loosened > 100);
    CHECK(watch.seen().welds > 100);
    CHECK(watch.seen().trips > 1'000);
    CHECK(watch.seen().rest_silences > 10);
}
