#pragma once

#include "firmware/protocol/settings.hpp"

#include <type_traits>

namespace ks::core {

using protocol::Settings;

/// What a change of one setting means for the person who charges: can it lead to more current,
/// heat, time or energy than before?
///
/// Most limits loosen upwards. The thresholds below which a session ends loosen downwards: with a
/// lower one the outlet stays live for longer.
[[nodiscard]] constexpr bool loosens(const Settings& wanted, const Settings& now)
{
    return wanted.hard_overcurrent > now.hard_overcurrent ||
           wanted.overload_pickup > now.overload_pickup ||
           wanted.overload_tms_permille > now.overload_tms_permille ||
           wanted.contact_limit > now.contact_limit || wanted.session_cap > now.session_cap ||
           wanted.energy_cap > now.energy_cap || wanted.full_below < now.full_below ||
           wanted.full_permille_of_peak < now.full_permille_of_peak ||
           wanted.full_hold > now.full_hold || wanted.unplugged_below < now.unplugged_below ||
           wanted.unplugged_hold > now.unplugged_hold || wanted.no_load_wait > now.no_load_wait;
}

/// Beyond what is compiled in, which nobody's signature moves (D2).
[[nodiscard]] constexpr bool beyond_ceiling(const Settings& wanted)
{
    constexpr auto& most = protocol::settings_ceiling;
    return wanted.hard_overcurrent > most.hard_overcurrent ||
           wanted.overload_pickup > most.overload_pickup ||
           wanted.overload_tms_permille > most.overload_tms_permille ||
           wanted.contact_limit > most.contact_limit || wanted.session_cap > most.session_cap ||
           wanted.energy_cap > most.energy_cap || wanted.full_below > most.full_below ||
           wanted.full_permille_of_peak > most.full_permille_of_peak ||
           wanted.full_hold > most.full_hold || wanted.unplugged_below > most.unplugged_below ||
           wanted.unplugged_hold > most.unplugged_hold || wanted.no_load_wait > most.no_load_wait;
}

/// Values that mean something at all: none negative, and no protection switched off by a zero.
[[nodiscard]] constexpr bool meaningful(const Settings& wanted)
{
    return wanted.hard_overcurrent > Milliamps{} && wanted.overload_pickup > Milliamps{} &&
           wanted.overload_tms_permille > 0 && wanted.contact_limit > DeciCelsius{} &&
           wanted.session_cap > Millis{} && wanted.energy_cap > MilliwattHours{} &&
           wanted.full_below >= Milliwatts{} && wanted.full_hold >= Millis{} &&
           wanted.unplugged_below >= Milliwatts{} && wanted.unplugged_hold >= Millis{} &&
           wanted.no_load_wait >= Millis{};
}

static_assert(!loosens(protocol::factory_settings, protocol::factory_settings));
static_assert(!beyond_ceiling(protocol::settings_ceiling) &&
              !beyond_ceiling(protocol::factory_settings));
static_assert(meaningful(protocol::factory_settings) && meaningful(protocol::settings_ceiling));
static_assert(!meaningful(protocol::Settings{}), "all zeros is what a blank flash says");

namespace proof {

/// One more of `field`, from the factory's settings.
template <auto field>
[[nodiscard]] consteval protocol::Settings one_more()
{
    auto settings = protocol::factory_settings;
    using Value = std::remove_cvref_t<decltype(settings.*field)>;
    if constexpr (std::is_integral_v<Value>)
        ++(settings.*field);
    else
        settings.*field += Value{1};
    return settings;
}

template <auto... fields>
[[nodiscard]] consteval bool loosen_upwards()
{
    return ((loosens(one_more<fields>(), protocol::factory_settings) &&
             !loosens(protocol::factory_settings, one_more<fields>())) &&
            ...);
}
template <auto... fields>
[[nodiscard]] consteval bool loosen_downwards()
{
    return ((loosens(protocol::factory_settings, one_more<fields>()) &&
             !loosens(one_more<fields>(), protocol::factory_settings)) &&
            ...);
}

}  // namespace proof

static_assert(
    proof::loosen_upwards<&Settings::hard_overcurrent, &Settings::overload_pickup,
                          &Settings::overload_tms_permille, &Settings::contact_limit,
                          &Settings::session_cap, &Settings::energy_cap, &Settings::full_hold,
                          &Settings::unplugged_hold, &Settings::no_load_wait>());
static_assert(proof::loosen_downwards<&Settings::full_below, &Settings::full_permille_of_peak,
                                      &Settings::unplugged_below>());
static_assert(sizeof(Settings) == 80, "a new field of the settings needs a line in each function");

}  // namespace ks::core
