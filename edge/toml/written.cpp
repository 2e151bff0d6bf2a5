#include "edge/toml/written.hpp"

namespace ks::edge {

namespace {

/// `count` over `scale`, a power of ten, without a rest and without zeros at its end.
std::string decimal(std::int64_t count, std::int64_t scale)
{
    const auto size = count < 0 ? -count : count;
    auto text = (count < 0 ? "-" : "") + std::to_string(size / scale);
    auto rest = std::to_string(scale + size % scale).substr(1);
    while (!rest.empty() && rest.back() == '0')
        rest.pop_back();
    return rest.empty() ? text : text + "." + rest;
}

}  // namespace

std::string written(Milliamps value)
{
    if (value.count() % 100 != 0) return std::to_string(value.count()) + " mA";
    return decimal(value.count(), 1'000) + " A";
}

std::string written(Millivolts value) { return decimal(value.count(), 1'000) + " V"; }

std::string written(Milliwatts value) { return decimal(value.count(), 1'000) + " W"; }

std::string written(MilliwattHours value)
{
    const bool large = value.count() >= 1'000'000 && value.count() % 100'000 == 0;
    return large ? decimal(value.count(), 1'000'000) + " kWh"
                 : decimal(value.count(), 1'000) + " Wh";
}

std::string written(DeciCelsius value) { return decimal(value.count(), 10) + " °C"; }

std::string written(Millis value)
{
    struct Unit {
        std::int64_t worth;
        const char* name;
    };
    constexpr Unit units[] = {{3'600'000, " h"}, {60'000, " min"}, {1'000, " s"}};
    for (const auto& unit : units)
        if (value.count() != 0 && value.count() % unit.worth == 0)
            return std::to_string(value.count() / unit.worth) + unit.name;
    return value.count() == 0 ? "0 s" : std::to_string(value.count()) + " ms";
}

std::string written(std::uint32_t value) { return std::to_string(value); }

std::string written(Gain value) { return decimal(value.ten_thousandths, 100) + " %"; }

}  // namespace ks::edge
