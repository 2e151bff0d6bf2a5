#include "sim/backtest/campaign.hpp"

#include "firmware/protocol/names.hpp"

#include <algorithm>
#include <cmath>

namespace ks::sim {

namespace {

using protocol::EndReason;
using protocol::TripCause;

constexpr std::uint8_t outlets = 10;
constexpr Millis tries_again_after{60'000};
constexpr Instant never{Millis{INT64_MAX / 4}};

/// How common a habit is: our choice, generous to what made vendors give up.
struct Share {
    ChargerHabit habit;
    double share;
};
constexpr std::array shares{
    Share{ChargerHabit::plain, 0.40},      Share{ChargerHabit::fan, 0.15},
    Share{ChargerHabit::pfc_stages, 0.10}, Share{ChargerHabit::fast_stage, 0.08},
    Share{ChargerHabit::equalising, 0.09}, Share{ChargerHabit::pulsing, 0.09},
    Share{ChargerHabit::balancing, 0.09},
};

ChargerHabit habit_for(Chemistry chemistry, Random& random)
{
    double left = random.between(0.0, 1.0);
    auto habit = ChargerHabit::plain;
    for (const auto& share : shares) {
        if (left < share.share) {
            habit = share.habit;
            break;
        }
        left -= share.share;
    }
    const bool lead_only = habit == ChargerHabit::equalising || habit == ChargerHabit::pulsing;
    if (lead_only && chemistry == Chemistry::lithium) return ChargerHabit::balancing;
    if (habit == ChargerHabit::balancing && chemistry == Chemistry::lead_acid)
        return ChargerHabit::pulsing;
    return habit;
}

Bike visitor(Random& random)
{
    const auto profiles = charger_profiles();
    auto profile = profiles[random.next() % profiles.size()];
    // No two chargers of a kind are alike.
    profile.amps *= random.between(0.9, 1.1);
    const bool lead = profile.chemistry == Chemistry::lead_acid;
    const double hours = random.between(2.5, 6.0);
    return {.battery = {.chemistry = profile.chemistry,
                        .capacity_wh = profile.full_volts * profile.amps * hours,
                        .charge = random.between(0.0, 0.9),
                        .gassing = lead ? random.between(0.0, 0.12) : 0.0},
            .charger = profile,
            .habit = habit_for(profile.chemistry, random)};
}

PlantPost::Settings shed_of(Random& random)
{
    constexpr std::array climates{mild_climate, hot_summer, hot_summer, hard_winter};
    auto climate = climates[random.next() % climates.size()];
    climate.begins = random.between(0.0, 86'400.0);
    return {.seed = random.next(),
            .outlets = outlets,
            .mains = {.nominal = random.between(205.0, 235.0),
                      .noise = random.between(0.005, 0.03),
                      .feeder = random.between(0.02, 0.25)},
            .surroundings = {.cabinet = {.climate = climate}}};
}

/// The site's own share of a stronger feeder, so that all outlets are busy at once.
protocol::Settings site_settings()
{
    auto settings = protocol::factory_settings;
    settings.post.current_budget = Milliamps{63'000};
    settings.post.power_budget = Milliwatts{14'000'000};
    return settings;
}

std::string told(const Bike& bike)
{
    std::string text{bike.charger.name};
    for (const auto& known : charger_habit_words())
        if (known.habit == bike.habit) text += " " + std::string{known.word};
    return text + " of " + std::to_string(std::lround(bike.battery.capacity_wh)) + " Wh";
}

/// People at ten outlets for a day.
class Day {
public:
    Day(std::uint64_t seed, std::uint64_t number)
        : random_{seed, number},
          bench_{{.plant = shed_of(random_),
                  .settings = site_settings(),
                  .ticking = BacktestBench::Ticking::stepped,
                  .poll = BacktestBench::poll_seldom}}
    {
        day_.number = number;
    }

    CampaignDay live(Millis lasts)
    {
        for (std::uint8_t outlet = 1; outlet <= outlets; ++outlet)
            arrive(outlet, later(10.0, 600.0));
        plan_the_grid();
        const Instant evening = BacktestBench::ready + lasts;
        while (bench_.now() < evening) {
            bench_.run_until_news(std::min(evening, next_turn()));
            for (const auto& deed : bench_.take_deeds())
                hear(deed);
            take_turns();
        }
        day_.charging_hours = bench_.charging_hours();
        return day_;
    }

private:
    struct Place {
        Bike bike;
        std::string load;  // of the session that runs
        Instant comes{};
        std::optional<Instant> leaves;      // in mid-charge
        std::optional<TripCause> to_clear;  // by whoever looked
        Instant turn = never;               // of whoever does the next thing there
    };

    Instant later(double least_seconds, double most_seconds)
    {
        const auto ms =
            static_cast<std::int64_t>(random_.between(least_seconds, most_seconds) * 200);
        return Instant{Millis{bench_.now().since_boot().count() / 5 * 5 + ms * 5 + 5}};
    }
    Place& at(std::uint8_t outlet) { return places_.at(outlet - 1U); }

    void arrive(std::uint8_t outlet, Instant when)
    {
        auto& place = at(outlet);
        place.load = told(place.bike);
        place.bike = visitor(random_);
        place.comes = when;
        bench_.plan(when, outlet, place.bike);
        const auto taps = when + (later(2.0, 20.0) - bench_.now());
        bench_.plan(taps, outlet, StartSession{});
        ++day_.sessions;
        place.leaves.reset();
        if (!place.to_clear) place.turn = never;
        if (random_.between(0.0, 1.0) > 0.25) return;
        place.leaves = taps + (later(300.0, 14'400.0) - bench_.now());
        bench_.plan(*place.leaves, outlet, PullPlug{});
    }

    void plan_the_grid()
    {
        Instant when = bench_.now();
        for (int change = 0; change < 140; ++change) {
            when = when + (later(300.0, 900.0) - bench_.now());
            bench_.plan(when, 0, PostFault{DrawnElsewhere{random_.between(0.0, 30.0)}});
        }
        if (random_.between(0.0, 1.0) > 0.2) return;
        const auto fails = later(3'600.0, 80'000.0);
        bench_.plan(fails, 0, Supply::off);
        bench_.plan(fails + (later(0.1, 60.0) - bench_.now()), 0, Supply::on);
    }

    /// The bike goes home some time after its session, and another one comes.
    void follow(std::uint8_t outlet)
    {
        // After a trip he may charge once more before he goes: whoever follows is on his way
        // already.
        if (bench_.now() < at(outlet).comes) return;
        const auto goes = later(10.0, 900.0);
        const auto planned = at(outlet).leaves;
        const bool gone = planned && *planned <= bench_.now();
        const bool will_go = planned && *planned > bench_.now();
        if (!gone && !will_go) bench_.plan(goes, outlet, PullPlug{});
        const auto free_at = will_go ? std::max(goes, *planned) : goes;
        arrive_after(outlet, free_at);
    }
    void arrive_after(std::uint8_t outlet, Instant free_at)
    {
        arrive(outlet, free_at + (later(30.0, 600.0) - bench_.now()));
    }

    void hear(const GuardDeed& deed)
    {
        if (const auto* cause = std::get_if<TripCause>(&deed.what)) {
            day_.false_trips.push_back(deed);
            if (deed.outlet == protocol::whole_post) {
                day_.loads.emplace_back("the post");
                whole_ = *cause;
                whole_turn_ = bench_.now() + tries_again_after;
                return;
            }
            const auto& place = at(deed.outlet);
            day_.loads.push_back(bench_.now() < place.comes ? place.load : told(place.bike));
            at(deed.outlet).to_clear = *cause;
            at(deed.outlet).turn = bench_.now() + tries_again_after;
            return;
        }
        if (std::holds_alternative<TripCleared>(deed.what)) return clear_up(deed.outlet);
        const auto* end = std::get_if<EndReason>(&deed.what);
        // A refused start: somebody taps again later.
        if (end == nullptr) return retry_all_idle();
        if (*end == EndReason::load_swapped || *end == EndReason::too_little_power ||
            *end == EndReason::shed)
            day_.odd_ends.push_back(deed);
        follow(deed.outlet);
    }

    void clear_up(std::uint8_t outlet)
    {
        if (outlet == protocol::whole_post)
            whole_.reset();
        else
            at(outlet).to_clear.reset();
        retry_all_idle();
    }
    void retry_all_idle()
    {
        for (std::uint8_t outlet = 1; outlet <= outlets; ++outlet)
            if (!bench_.charging(outlet) && !at(outlet).to_clear)
                at(outlet).turn = std::min(at(outlet).turn, bench_.now() + tries_again_after);
    }

    [[nodiscard]] Instant next_turn() const
    {
        Instant next = whole_ ? whole_turn_ : never;
        for (const auto& place : places_)
            next = std::min(next, place.turn);
        return next;
    }
    void take_turns()
    {
        if (whole_ && bench_.now() >= whole_turn_) {
            bench_.clear(protocol::whole_post, *whole_);
            whole_turn_ = bench_.now() + tries_again_after;
        }
        for (std::uint8_t outlet = 1; outlet <= outlets; ++outlet) {
            auto& place = at(outlet);
            if (bench_.now() < place.turn) continue;
            place.turn = never;
            if (place.to_clear) {
                bench_.clear(outlet, *place.to_clear);
                place.turn = bench_.now() + tries_again_after;
            } else if (!bench_.charging(outlet) && bench_.plant().outlet(outlet).plugged()) {
                bench_.plan(later(0.1, 10.0), outlet, StartSession{});
            }
        }
    }

    Random random_;
    BacktestBench bench_;
    CampaignDay day_{};
    std::array<Place, outlets> places_{};
    std::optional<TripCause> whole_;
    Instant whole_turn_{};
};

}  // namespace

CampaignDay campaign_day(std::uint64_t seed, std::uint64_t number, Millis lasts)
{
    return Day{seed, number}.live(lasts);
}

}  // namespace ks::sim
