#include "sim/fleet/commissioned.hpp"

#include "sim/fleet/measure.hpp"

#include <cmath>

namespace ks::sim {

namespace {

using Need = ScenarioTable::Need;

/// How a quantity is written, and in how many of our units one of its own is.
struct Writing {
    std::optional<double> (*from)(std::string_view text);
    double units;
    std::string_view example;
};

constexpr Writing writing_of(Milliamps) { return {amperes_from, 1'000.0, "12A"}; }
constexpr Writing writing_of(Milliwatts) { return {watts_from, 1'000.0, "300W"}; }
constexpr Writing writing_of(Millivolts) { return {volts_from, 1'000.0, "264V"}; }
constexpr Writing writing_of(MilliwattHours) { return {watt_hours_from, 1'000.0, "2.5Wh"}; }
constexpr Writing writing_of(DeciCelsius) { return {celsius_from, 10.0, "70°C"}; }

template <class T>
std::optional<T> read(ScenarioTable& table, std::string_view key, T least, T most)
{
    const auto writing = writing_of(least);
    const auto number =
        table.measure(key, Need::optional,
                      {writing.from, static_cast<double>(least.count()) / writing.units,
                       static_cast<double>(most.count()) / writing.units, writing.example});
    if (!number) return std::nullopt;
    return T{static_cast<typename T::rep>(std::llround(*number * writing.units))};
}
std::optional<Millis> read(ScenarioTable& table, std::string_view key, Millis least, Millis most)
{
    return table.duration(key, Need::optional, {least, most});
}
std::optional<std::uint32_t> read(ScenarioTable& table, std::string_view key, std::uint32_t least,
                                  std::uint32_t most)
{
    const auto number = table.whole(key, Need::optional, {least, most});
    if (!number) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

template <class Owner>
void read_all(ScenarioTable& table, Owner& limits)
{
    protocol::each_limit_of<Owner>([&](const auto& row) {
        if (const auto value = read(table, row.name, row.least, row.most))
            limits.*row.field = *value;
    });
}

}  // namespace

protocol::Settings read_commissioned(ScenarioTable& table)
{
    auto settings = protocol::factory_settings;
    read_all(table, settings.types[0]);
    settings.types[1] = settings.types[0];
    read_all(table, settings.post);
    table.finish();
    if (settings != protocol::factory_settings) settings.version = 1;
    check(within_bounds(settings));
    return settings;
}

}  // namespace ks::sim
