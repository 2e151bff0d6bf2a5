#include "sim/backtest/maker.hpp"

#include "sim/backtest/bench.hpp"

#include <functional>

namespace ks::sim {

namespace {

constexpr Millis comes_at{1'000};
constexpr Millis starts_at{3'000};

std::uint64_t hash_of(std::string_view text)
{
    // FNV-1a, because std::hash may differ between libraries and a seed must not.
    std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
    return hash;
}

}  // namespace

CurveMaker::CurveMaker(std::string family, std::string source)
    : family_{std::move(family)}, source_{std::move(source)}
{}

Curve CurveMaker::next()
{
    Curve curve;
    curve.family = family_;
    curve.name = family_ + "-" + std::to_string(++made_);
    curve.source = source_;
    curve.seed = Random{hash_of(family_), made_}.next();
    random_ = Random{curve.seed, 77};
    return curve;
}

Millis CurveMaker::moment(Millis from, Millis to)
{
    const auto tick = BacktestBench::tick.count();
    const auto ms =
        random_.between(static_cast<double>(from.count()), static_cast<double>(to.count()));
    return Millis{static_cast<std::int64_t>(ms) / tick * tick};
}

std::size_t CurveMaker::pick(std::size_t count)
{
    return static_cast<std::size_t>(random_.next() % count);
}

std::size_t add(Curve& curve, Millis at, std::uint8_t outlet, CurveDeed deed)
{
    curve.events.push_back({.at = at, .outlet = outlet, .deed = std::move(deed)});
    return curve.events.size() - 1;
}

void charge(Curve& curve, std::uint8_t outlet, const Bike& bike)
{
    add(curve, comes_at, outlet, bike);
    add(curve, starts_at, outlet, StartSession{});
}

Bike bike_for(std::string_view charger, double hours, double charge)
{
    const auto profile = charger_profile(charger).value();
    // Roughly what the charger can give in that time; lead-acid takes a sixth more than it keeps.
    const double keeps = profile.chemistry == Chemistry::lead_acid ? 0.85 : 0.98;
    return {.battery = {.chemistry = profile.chemistry,
                        .capacity_wh = profile.full_volts * profile.amps * hours * keeps,
                        .charge = charge},
            .charger = profile};
}

Bike any_bike(CurveMaker& maker)
{
    const auto profiles = charger_profiles();
    const auto& profile = profiles[maker.pick(profiles.size())];
    const double hours = maker.random().between(2.0, 6.0);
    auto bike = bike_for(profile.name, hours, maker.random().between(0.0, 0.9));
    // A little gas is age and no hazard: far below where a charger says full.
    if (profile.chemistry == Chemistry::lead_acid)
        bike.battery.gassing = maker.random().between(0.0, 0.1);
    return bike;
}

Bike strong_bike(CurveMaker& maker)
{
    constexpr std::array strong{"pb-48v-20ah", "pb-60v-20ah", "pb-72v-20ah", "pb-72v-32ah"};
    return bike_for(strong[maker.pick(strong.size())], 5.0, maker.random().between(0.0, 0.4));
}

Climate any_climate(CurveMaker& maker)
{
    constexpr std::array climates{mild_climate, hot_summer, hard_winter};
    auto climate = climates[maker.pick(climates.size())];
    climate.begins = maker.random().between(0.0, 86'400.0);
    return climate;
}

}  // namespace ks::sim
