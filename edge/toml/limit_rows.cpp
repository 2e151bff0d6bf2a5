#include "edge/toml/limit_rows.hpp"

#include "edge/toml/measure.hpp"
#include "edge/toml/written.hpp"

#include <cmath>

namespace ks::edge {

namespace {

using Need = TomlTable::Need;

/// How a quantity is written, in how many of our units one of its own is, and the finest step.
struct Writing {
    std::optional<double> (*from)(std::string_view text);
    double units;
    std::string_view example;
};

constexpr Writing writing_of(Milliamps) { return {amperes_from, 1'000.0, "12 A"}; }
constexpr Writing writing_of(Milliwatts) { return {watts_from, 1'000.0, "300 W"}; }
constexpr Writing writing_of(Millivolts) { return {volts_from, 1'000.0, "264 V"}; }
constexpr Writing writing_of(MilliwattHours) { return {watt_hours_from, 1'000.0, "2.5 Wh"}; }
constexpr Writing writing_of(DeciCelsius) { return {celsius_from, 10.0, "70 °C"}; }

/// Far outside every limit, and inside 32 bits of every unit: the row's own bounds say the rest.
constexpr double number_most = 2e6;
constexpr Millis time_most{INT64_MAX};

template <class T>
std::optional<T> value_at(TomlTable& table, std::string_view key, T /*tag*/)
{
    const auto writing = writing_of(T{});
    const auto number = table.measure(key, Need::optional,
                                      {writing.from, -number_most, number_most, writing.example});
    if (!number) return std::nullopt;
    const auto exact = *number * writing.units;
    const auto nearest = std::llround(exact);
    constexpr double slack = 1e-6;  // of a binary fraction, as in «0.3 W»
    const T value{static_cast<typename T::rep>(nearest)};
    if (std::abs(exact - static_cast<double>(nearest)) <= slack) return value;
    table.refuse(key,
                 "is finer than a post can keep; the nearest it can is \"" + written(value) + "\"");
    return std::nullopt;
}

std::optional<Millis> value_at(TomlTable& table, std::string_view key, Millis /*tag*/)
{
    return table.duration(key, Need::optional, {Millis{} - time_most, time_most});
}

template <class Owner, class T>
void read_limit(TomlTable& table, Owner& limits, const protocol::LimitRow<Owner, T>& row)
{
    const auto value = value_at(table, row.name, T{});
    if (!value) return;
    if (*value >= row.least && *value <= row.most) {
        limits.*row.field = *value;
        return;
    }
    const bool loose = (*value > row.most) == (row.loosens == protocol::Loosens::upwards);
    table.refuse(row.name, '"' + written(*value) + "\" is out of range: " + written(row.least) +
                               " to " + written(row.most) + " is compiled in" +
                               (loose ? ", and nobody's signature loosens a limit beyond it" : ""));
}

template <class Owner>
void read_limit(TomlTable& table, Owner& limits,
                const protocol::LimitRow<Owner, std::uint32_t>& row)
{
    const auto number = table.whole(row.name, Need::optional, {row.least, row.most});
    if (number) limits.*row.field = static_cast<std::uint32_t>(*number);
}

template <class Owner>
void read_all(TomlTable& table, Owner& limits)
{
    protocol::each_limit_of<Owner>([&](const auto& row) { read_limit(table, limits, row); });
}

}  // namespace

void read_limits(TomlTable& table, protocol::Limits& limits) { read_all(table, limits); }

void read_limits(TomlTable& table, protocol::PostLimits& limits) { read_all(table, limits); }

}  // namespace ks::edge
