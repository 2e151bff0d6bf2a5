#pragma once

#include "firmware/protocol/settings.hpp"

namespace ks::core {

/// A sum over everything that the settings decide, compared on every tick (F-034). Each value is
/// mixed by multiplication with an odd number and a rotation, so that no single flipped bit, and no
/// two values that change places, leave it as it was.
[[nodiscard]] constexpr std::uint64_t checksum(const protocol::Settings& settings)
{
    std::uint64_t sum = 0;
    const auto mix = [&](std::uint64_t value) {
        constexpr std::uint64_t odd = 0x9E37'79B9'7F4A'7C15;  // 2^64 over the golden ratio
        sum = (sum << 7U | sum >> 57U) ^ (value * odd);
    };
    const auto mix_limits = [&](const auto& limits) {
        using Owner = std::remove_cvref_t<decltype(limits)>;
        protocol::each_limit_of<Owner>([&](const auto& row) {
            const auto& value = limits.*row.field;
            if constexpr (requires { value.count(); })
                mix(static_cast<std::uint64_t>(value.count()));
            else
                mix(value);
        });
    };
    mix(settings.version);
    for (const auto& limits : settings.types)
        mix_limits(limits);
    for (const auto type : settings.type_of)
        mix(type);
    mix_limits(settings.post);
    for (const auto& gains : settings.calibration) {
        mix(gains.voltage.ten_thousandths);
        mix(gains.current.ten_thousandths);
    }
    return sum;
}

static_assert([] {
    auto settings = protocol::factory_settings;
    const auto sum = checksum(settings);
    settings.types[0].hard_overcurrent += Milliamps{1};
    return sum != checksum(settings);
}());

}  // namespace ks::core
