#include "edge/toml/measure.hpp"

#include <charconv>
#include <cmath>
#include <initializer_list>

namespace ks::edge {

namespace {

struct Unit {
    std::string_view name;
    double worth;
};

/// The number before the unit, in the first unit's kind. Numbers people write have no exponent, so
/// «1e9s» is a slip of the finger and refused.
std::optional<double> number_in(std::string_view text, std::initializer_list<Unit> units)
{
    double number = 0.0;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
    for (const auto& unit : units)
        if (text == unit.name) return number * unit.worth;
    return std::nullopt;
}

}  // namespace

std::optional<Millis> duration_from(std::string_view text)
{
    const auto millis = number_in(text, {{"ms", 1.0}, {"s", 1e3}, {"min", 60e3}, {"h", 3'600e3}});
    constexpr double longest = 1e15;  // what a double holds to the millisecond
    if (!millis || std::abs(*millis) > longest) return std::nullopt;
    return Millis{std::llround(*millis)};
}

std::optional<double> watt_hours_from(std::string_view text)
{
    return number_in(text, {{"Wh", 1.0}, {"kWh", 1e3}});
}

std::optional<double> share_from(std::string_view text) { return number_in(text, {{"%", 0.01}}); }

std::optional<double> amperes_from(std::string_view text)
{
    return number_in(text, {{"A", 1.0}, {"mA", 1e-3}});
}

std::optional<double> volts_from(std::string_view text) { return number_in(text, {{"V", 1.0}}); }

std::optional<double> watts_from(std::string_view text)
{
    return number_in(text, {{"W", 1.0}, {"kW", 1e3}});
}

std::optional<double> celsius_from(std::string_view text)
{
    return number_in(text, {{"°C", 1.0}, {"C", 1.0}});
}

std::optional<std::uint64_t> token_from(std::string_view text)
{
    constexpr std::size_t digits_most = 16;
    if (!text.starts_with("0x")) return std::nullopt;
    text.remove_prefix(2);
    if (text.empty() || text.size() > digits_most) return std::nullopt;
    std::uint64_t token = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), token, 16);
    if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
    return token;
}

}  // namespace ks::edge
