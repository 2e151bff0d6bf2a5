#pragma once

#include "firmware/base/fixed_bytes.hpp"
#include "firmware/base/gain.hpp"
#include "firmware/protocol/ids.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::protocol {

/// A post has standard outlets and may have a second type, for fast chargers say.
inline constexpr std::size_t outlet_types = 2;

/// The name of a profile: printable ASCII, for people.
using ProfileName = FixedBytes<20>;

/// What one outlet's meter shows, times these, is what flows there. Nothing is judged before it has
/// been multiplied.
struct MeterGains {
    Gain voltage;
    Gain current;

    constexpr bool operator==(const MeterGains&) const = default;
};

/// Our choice, because: an uncalibrated board is off by about 2 % (docs/sources.md, BL0942); one
/// that needs five times as much has a wrong part and no tolerance, and must not be calibrated into
/// service.
inline constexpr Gain gain_least{9'000};
inline constexpr Gain gain_most{11'000};
inline constexpr MeterGains factory_gains{.voltage = unity_gain, .current = unity_gain};

/// By outlet, from index 0 for outlet 1.
using Calibration = std::array<MeterGains, outlet_limit>;

inline constexpr Calibration factory_calibration = [] {
    Calibration made{};
    made.fill(factory_gains);
    return made;
}();

/// What a post protects by: a profile by name and version, the limits of each type of outlet, which
/// outlet is of which type, the limits of the post, and what its meters are multiplied by.
/// `version` only grows.
struct Settings {
    std::uint32_t version;
    ProfileName profile;
    std::array<Limits, outlet_types> types;
    /// By outlet, from index 0 for outlet 1: an index into `types`.
    std::array<std::uint8_t, outlet_limit> type_of;
    PostLimits post;
    Calibration calibration;

    constexpr bool operator==(const Settings&) const = default;

    /// `outlet` from 1.
    [[nodiscard]] constexpr const Limits& of(OutletNumber outlet) const
    {
        check(outlet != whole_post && outlet <= outlet_limit);
        check(type_of[outlet - 1U] < outlet_types);
        return types[type_of[outlet - 1U]];
    }
};

/// Longest encoded settings: two types, every limit in its longest form. A test measures it.
inline constexpr std::size_t settings_limit = 625;

/// What a post has before it is commissioned.
inline constexpr Settings factory_settings{.version = 0,
                                           .profile = {},
                                           .types = {factory<Limits>, factory<Limits>},
                                           .type_of = {},
                                           .post = factory<PostLimits>,
                                           .calibration = factory_calibration};

/// Printable ASCII, so that no terminal, page or file is surprised by it.
[[nodiscard]] constexpr bool is_profile_name(const ProfileName& name)
{
    for (const auto byte : name.view()) {
        const auto c = std::to_integer<unsigned char>(byte);
        if (c < 0x20 || c > 0x7E) return false;
    }
    return true;
}

/// A gain of zero, which a blank or wiped memory says, would make every current nothing.
[[nodiscard]] constexpr bool within_bounds(const MeterGains& gains)
{
    return gains.voltage >= gain_least && gains.voltage <= gain_most &&
           gains.current >= gain_least && gains.current <= gain_most;
}

/// Inside what is compiled in, and every outlet of a type that exists.
[[nodiscard]] constexpr bool within_bounds(const Settings& settings)
{
    for (const auto& gains : settings.calibration)
        if (!within_bounds(gains)) return false;
    for (const auto& limits : settings.types)
        if (!within_bounds(limits)) return false;
    for (const auto type : settings.type_of)
        if (type >= outlet_types) return false;
    return within_bounds(settings.post) && is_profile_name(settings.profile);
}

/// Judged by what it means for each outlet: to move one to another type can loosen as well. A gain
/// that changes loosens something either way, undervoltage if not overvoltage. Both are within
/// bounds.
[[nodiscard]] constexpr bool loosens(const Settings& wanted, const Settings& now)
{
    if (wanted.calibration != now.calibration) return true;
    for (OutletNumber outlet = 1; outlet <= outlet_limit; ++outlet)
        if (loosens(wanted.of(outlet), now.of(outlet))) return true;
    return loosens(wanted.post, now.post);
}

static_assert(within_bounds(factory_settings) && !within_bounds(Settings{}));
static_assert(!loosens(factory_settings, factory_settings));
static_assert(within_bounds(MeterGains{gain_least, gain_most}) && !within_bounds(MeterGains{}) &&
              !within_bounds(MeterGains{Gain{8'999}, unity_gain}) &&
              !within_bounds(MeterGains{unity_gain, Gain{11'001}}));
static_assert(is_profile_name(ProfileName{}), "a post may have a profile without a name");
static_assert(
    [] {
        auto two_types = factory_settings;
        two_types.types[1].hard_overcurrent = Milliamps{12'000};
        auto moved = two_types;
        moved.type_of[3] = 1;
        return !loosens(two_types, factory_settings) && loosens(moved, two_types) &&
               !loosens(two_types, moved);
    }(),
    "a type that no outlet has loosens nothing, an outlet that gets it does");

}  // namespace ks::protocol
