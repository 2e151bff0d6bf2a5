#include "sim/backtest/library.hpp"
#include "sim/backtest/maker.hpp"

namespace ks::sim {

namespace {

using enum protocol::EndReason;
using Curves = std::vector<Curve>;

constexpr Millis hour{3'600'000};
constexpr Millis whole_session{12 * hour.count()};

/// A sound charge may end by being full, or by its time; nothing else ends it.
const std::vector<protocol::EndReason> sound_ends{full, time_cap, time_limit};

bool suits(ChargerHabit habit, Chemistry chemistry)
{
    if (habit == ChargerHabit::equalising || habit == ChargerHabit::pulsing)
        return chemistry == Chemistry::lead_acid;
    if (habit == ChargerHabit::balancing) return chemistry == Chemistry::lithium;
    return true;
}

/// Every charger with every habit that suits it, in mild, hot and freezing weather.
void habits(Curves& into)
{
    for (const auto& habit : charger_habit_words()) {
        CurveMaker maker{"sound_" + std::string{habit.word}, "model; docs/sources.md, Charging"};
        for (const auto& profile : charger_profiles()) {
            if (!suits(habit.habit, profile.chemistry)) continue;
            for (const auto& climate : {mild_climate, hot_summer, hard_winter}) {
                auto curve = maker.next();
                auto bike = bike_for(profile.name, maker.random().between(3.0, 6.0),
                                     maker.random().between(0.0, 0.5));
                bike.habit = habit.habit;
                charge(curve, 1, bike);
                curve.plant.surroundings.cabinet.climate = climate;
                curve.plant.surroundings.cabinet.climate.begins =
                    maker.random().between(0.0, 86'400.0);
                curve.label.ends = sound_ends;
                curve.lasts = whole_session;
                into.push_back(std::move(curve));
            }
        }
    }
}

/// Loaded feeders, transformers at their limits, and packs of some age.
void weak_sheds(Curves& into)
{
    CurveMaker maker{"sound_weak_feeder", "model; a long cable and busy neighbours"};
    for (int i = 0; i < 10; ++i) {
        auto curve = maker.next();
        charge(curve, 1, any_bike(maker));
        curve.plant.mains = {.nominal = 198.0 + 5.0 * i, .noise = 0.03, .feeder = 0.4};
        for (int when = 0; when < 6; ++when)
            add(curve, Millis{1'200'000 * (when + 1)}, 0,
                PostFault{DrawnElsewhere{when % 2 == 0 ? 18.0 : 2.0}});
        curve.label.ends = sound_ends;
        curve.lasts = whole_session;
        into.push_back(std::move(curve));
    }
    CurveMaker aged{"sound_aged", "model; some gas, but it still tapers"};
    for (int i = 0; i < 12; ++i) {
        auto curve = aged.next();
        auto bike = bike_for("pb-48v-20ah", 4.0, aged.random().between(0.1, 0.6));
        bike.battery.gassing = 0.01 * i;
        charge(curve, 1, bike);
        curve.plant.surroundings.cabinet.climate = any_climate(aged);
        curve.label.ends = sound_ends;
        curve.lasts = whole_session;
        into.push_back(std::move(curve));
    }
}

/// People, and a full post in August.
void people(Curves& into)
{
    CurveMaker leaves{"sound_unplug", "model; somebody takes the bike in mid-charge"};
    for (int i = 0; i < 8; ++i) {
        auto curve = leaves.next();
        charge(curve, 1, any_bike(leaves));
        curve.hazard_event =
            add(curve, leaves.moment(Millis{60'000}, Millis{3'600'000}), 1, PullPlug{});
        curve.label.ends = {unplugged, full};
        curve.lasts = Millis{2 * hour.count()};
        into.push_back(std::move(curve));
    }
    CurveMaker outage{"sound_outage", "model; the mains fail and return"};
    for (int i = 0; i < 6; ++i) {
        auto curve = outage.next();
        charge(curve, 1, any_bike(outage));
        const auto at = outage.moment(Millis{60'000}, Millis{1'800'000});
        add(curve, at, 0, Supply::off);
        add(curve, at + Millis{500 + 4'000 * i}, 0, Supply::on);
        // Longer than what is taken for nothing having been pulled, and the session is over.
        if (i >= 3) curve.label.ends = {power_lost};
        curve.lasts = at + Millis{600'000};
        into.push_back(std::move(curve));
    }
    CurveMaker again{"sound_gentle_again", "model; a charger that begins gently does so again"};
    for (int i = 0; i < 6; ++i) {
        auto curve = again.next();
        auto bike = bike_for(i % 2 == 0 ? "pb-60v-20ah" : "pb-72v-32ah", 6.0, 0.05);
        bike.habit = ChargerHabit::fast_stage;
        charge(curve, 1, bike);
        const auto at = again.moment(Millis{hour.count()}, Millis{2 * hour.count()});
        add(curve, at, 0, Supply::off);
        add(curve, at + Millis{400 + 1'600 * i}, 0, Supply::on);
        curve.label.ends = sound_ends;
        curve.lasts = whole_session;
        into.push_back(std::move(curve));
    }
    CurveMaker busy{"sound_full_post", "model; ten bikes in a heat wave"};
    for (int i = 0; i < 6; ++i) {
        auto curve = busy.next();
        curve.outlets = 10;
        curve.settings.post.power_budget = Milliwatts{14'000'000};
        curve.settings.post.current_budget = Milliamps{63'000};
        for (std::uint8_t outlet = 1; outlet <= 10; ++outlet) {
            add(curve, Millis{1'000 + 400 * outlet}, outlet, any_bike(busy));
            add(curve, Millis{8'000 + 700 * outlet}, outlet, StartSession{});
        }
        curve.plant.surroundings.cabinet.climate = hot_summer;
        curve.plant.surroundings.cabinet.climate.begins = 11.0 * 3600.0;
        curve.lasts = Millis{4 * hour.count()};
        into.push_back(std::move(curve));
    }
}

}  // namespace

std::vector<Curve> legitimate_curves()
{
    Curves curves;
    habits(curves);
    weak_sheds(curves);
    people(curves);
    return curves;
}

std::vector<Curve> ending_curves()
{
    Curves curves;
    CurveMaker small{"too_little_power", "docs/sources.md, Posts in the field"};
    CurveMaker nothing{"no_load", "docs/sources.md, Posts in the field: 120 s"};
    CurveMaker swap{"load_swapped", "F-012: another bike after a gap of seconds"};
    CurveMaker slow{"swapped_slowly", "F-012: another bike after a gap"};
    for (int i = 0; i < 5; ++i) {
        auto phone = small.next();
        add(phone, Millis{1'000}, 1, Overload{0.01 + 0.006 * i});
        add(phone, Millis{3'000}, 1, StartSession{});
        phone.label.ends = {too_little_power};
        phone.lasts = Millis{45 * 60'000};
        curves.push_back(std::move(phone));

        auto empty = nothing.next();
        add(empty, Millis{3'000 + 700 * i}, 1, StartSession{});
        empty.label.ends = {no_load};
        empty.lasts = Millis{200'000};
        curves.push_back(std::move(empty));
    }
    for (int i = 0; i < 8; ++i) {
        auto quick = swap.next();
        charge(quick, 1, bike_for("pb-72v-32ah", 5.0, 0.2));
        const auto other = bike_for(i % 2 == 0 ? "pb-48v-12ah" : "li-48v-13s", 4.0, 0.3);
        quick.hazard_event = add(quick, swap.moment(Millis{60'000}, Millis{1'200'000}), 1,
                                 SwappedBike{.bike = other, .pause = 2.5 + 0.7 * i});
        quick.label.ends = {load_swapped, unplugged};
        quick.lasts = Millis{1'500'000};
        curves.push_back(std::move(quick));
    }
    for (int i = 0; i < 4; ++i) {
        auto late = slow.next();
        charge(late, 1, bike_for("pb-48v-20ah", 5.0, 0.2));
        late.hazard_event = add(late, slow.moment(Millis{60'000}, Millis{600'000}), 1,
                                SwappedBike{.bike = common_bike(), .pause = 14.0 + 10.0 * i});
        late.label.ends = {unplugged};
        late.lasts = Millis{900'000};
        curves.push_back(std::move(late));
    }
    return curves;
}

}  // namespace ks::sim
