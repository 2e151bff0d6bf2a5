#pragma once

#include <compare>
#include <cstdint>

namespace ks {

/// A whole number of one physical unit. Adding keeps the unit; every other change of unit
/// is a named function, so that a reader can look it up and a compiler can refuse the rest.
template <class Unit, class Rep = std::int32_t>
class Quantity {
public:
    using rep = Rep;

    constexpr Quantity() = default;
    constexpr explicit Quantity(Rep count) : count_{count} {}

    [[nodiscard]] constexpr Rep count() const { return count_; }

    constexpr auto operator<=>(const Quantity&) const = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b)
    {
        return Quantity{static_cast<Rep>(a.count_ + b.count_)};
    }
    friend constexpr Quantity operator-(Quantity a, Quantity b)
    {
        return Quantity{static_cast<Rep>(a.count_ - b.count_)};
    }
    constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
    constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }

private:
    Rep count_{};
};

namespace unit {
struct Milliampere;
struct Millivolt;
struct Milliwatt;
struct MilliwattHour;
struct DeciCelsius;
struct Millisecond;
}  // namespace unit

using Milliamps = Quantity<unit::Milliampere>;
using Millivolts = Quantity<unit::Millivolt>;
using Milliwatts = Quantity<unit::Milliwatt>;

/// 64 bits: 32 would end at 2.1 MWh, which a busy outlet reaches within its life.
using MilliwattHours = Quantity<unit::MilliwattHour, std::int64_t>;
using DeciCelsius = Quantity<unit::DeciCelsius>;
using Millis = Quantity<unit::Millisecond, std::int64_t>;

/// 264 V times 32 A does not fit 32 bits of microwatts, hence the wide product. Rounds down.
[[nodiscard]] constexpr Milliwatts apparent_power(Millivolts voltage, Milliamps current)
{
    const auto microwatts = std::int64_t{voltage.count()} * current.count();
    return Milliwatts{static_cast<std::int32_t>(microwatts / 1000)};
}

inline namespace literals {

consteval Milliamps operator""_A(unsigned long long n)
{
    return Milliamps{static_cast<std::int32_t>(n * 1000)};
}
consteval Milliamps operator""_mA(unsigned long long n)
{
    return Milliamps{static_cast<std::int32_t>(n)};
}
consteval Millivolts operator""_V(unsigned long long n)
{
    return Millivolts{static_cast<std::int32_t>(n * 1000)};
}
consteval Milliwatts operator""_W(unsigned long long n)
{
    return Milliwatts{static_cast<std::int32_t>(n * 1000)};
}
consteval MilliwattHours operator""_Wh(unsigned long long n)
{
    return MilliwattHours{static_cast<std::int64_t>(n * 1000)};
}
consteval MilliwattHours operator""_mWh(unsigned long long n)
{
    return MilliwattHours{static_cast<std::int64_t>(n)};
}
consteval Millis operator""_ms(unsigned long long n)
{
    return Millis{static_cast<std::int64_t>(n)};
}
consteval Millis operator""_s(unsigned long long n)
{
    return Millis{static_cast<std::int64_t>(n * 1000)};
}
consteval Millis operator""_min(unsigned long long n)
{
    return Millis{static_cast<std::int64_t>(n * 60'000)};
}
consteval Millis operator""_h(unsigned long long n)
{
    return Millis{static_cast<std::int64_t>(n * 3'600'000)};
}

}  // namespace literals

}  // namespace ks
