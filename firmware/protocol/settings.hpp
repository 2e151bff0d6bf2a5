#pragma once

#include "firmware/base/quantity.hpp"

namespace ks::protocol {

/// What a post protects by. `version` only grows. All currents are rms.
struct Settings {
    std::uint32_t version;
    Milliamps hard_overcurrent;
    Milliamps overload_pickup;
    /// Time multiplier of the inverse-time curve, in thousandths (IEC 60255-151 TMS).
    std::uint32_t overload_tms_permille;
    DeciCelsius contact_limit;
    Millis session_cap;
    MilliwattHours energy_cap;
    /// Full: below the threshold *and* below the fraction of the session's peak, for the hold time.
    Milliwatts full_below;
    std::uint32_t full_permille_of_peak;
    Millis full_hold;
    Milliwatts unplugged_below;
    Millis unplugged_hold;
    /// How long a start waits for something to draw power.
    Millis no_load_wait;

    constexpr bool operator==(const Settings&) const = default;
};

/// No settings record, whoever signed it, goes beyond these. A 16 A relay (HF115F) behind a 1 mOhm
/// shunt should carry 16 A continuously at most; 12 h is the longest full charge of a healthy pack;
/// the rest is our choice: no pack on sale takes 10 kWh, and 90 degrees C is a vendor's default for
/// a contact. docs/sources.md, BL0942, Charging and Posts in the field, says how sure each is.
inline constexpr Settings settings_ceiling{
    .version = 0xFFFF'FFFF,
    .hard_overcurrent = Milliamps{16'000},
    .overload_pickup = Milliamps{12'000},
    .overload_tms_permille = 1'000,
    .contact_limit = DeciCelsius{900},
    .session_cap = Millis{12 * 3'600'000},
    .energy_cap = MilliwattHours{10'000'000},
    .full_below = Milliwatts{250'000},
    .full_permille_of_peak = 500,
    .full_hold = Millis{4 * 3'600'000},
    .unplugged_below = Milliwatts{15'000},
    .unplugged_hold = Millis{600'000},
    .no_load_wait = Millis{600'000},
};

/// What a post has before it is commissioned. Our choice, because: the strongest fast charger in
/// docs/sources.md, Charging, draws 990 W, 4.5 A at 220 V; 10 A is past every charger and inside
/// the relay; 15 W and 20 % are the vendors' full thresholds (Posts in the field), 8 h is a Beijing
/// group standard's limit for lithium [Cx], and 10 h the AP3000 default we allow as cap.
inline constexpr Settings factory_settings{
    .version = 0,
    .hard_overcurrent = Milliamps{10'000},
    .overload_pickup = Milliamps{6'000},
    .overload_tms_permille = 100,
    .contact_limit = DeciCelsius{700},
    .session_cap = Millis{10 * 3'600'000},
    .energy_cap = MilliwattHours{6'000'000},
    .full_below = Milliwatts{15'000},
    .full_permille_of_peak = 200,
    .full_hold = Millis{120'000},
    .unplugged_below = Milliwatts{500},
    .unplugged_hold = Millis{10'000},
    .no_load_wait = Millis{120'000},
};

}  // namespace ks::protocol
