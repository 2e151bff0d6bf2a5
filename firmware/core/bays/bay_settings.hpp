#pragma once

#include "firmware/base/result.hpp"
#include "firmware/core/bays/bay_words.hpp"

#include <array>

namespace ks::core {

/// Whether parking that is in nobody's danger is also told aloud.
enum class Aloud : std::uint8_t { dangers_only, parking_too };

/// How a post watches its bays and the places around it. All numbers are our choice; a community's
/// own rules set them (one known rule asks for three reminders, docs/sources.md).
struct BaySettings {
    std::uint8_t bays;
    /// The outlet at each bay; 0 none.
    std::array<protocol::OutletNumber, bay_limit> outlets;
    /// How long a bay must look taken, or free, until it is.
    Millis taken_hold;
    Millis free_hold;
    /// With a sensor that measures: taken below, free above, as it was in between. Both 0: the
    /// sensor's own status counts.
    Millimetres taken_below;
    Millimetres free_above;
    /// A sensor that says nothing for so long is lost.
    Millis silent_after;
    /// A bike at an outlet that does not charge is an event after so long; 0 never.
    Millis not_charging_after;
    /// A bike whose session is over is an event after so long; 0 never.
    Millis overstay_after;
    /// A bike may pass through a restricted zone, but not stay.
    Millis zone_hold;
    Millis barrier_hold;
    /// From here on a thermometer tells of fire.
    DeciCelsius heat_limit;
    /// The first reminder; the second comes four times as late, the third sixteen times.
    Millis remind_after;
    /// How long sounder, voice or display go on about one matter.
    Millis announce_for;
    Aloud aloud;

    constexpr bool operator==(const BaySettings&) const = default;
};

/// Each bay n at outlet n, as far as there are outlets.
inline constexpr BaySettings factory_bay_settings{
    .bays = 0,
    .outlets = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
    .taken_hold = Millis{5'000},
    .free_hold = Millis{10'000},
    .taken_below = Millimetres{},
    .free_above = Millimetres{},
    .silent_after = Millis{30'000},
    .not_charging_after = Millis{15 * 60'000},
    .overstay_after = Millis{60 * 60'000},
    .zone_hold = Millis{30'000},
    .barrier_hold = Millis{2'000},
    .heat_limit = DeciCelsius{700},
    .remind_after = Millis{15 * 60'000},
    .announce_for = Millis{20'000},
    .aloud = Aloud::dangers_only,
};

/// Which setting is refused.
enum class BaySetting : std::uint8_t {
    bays,
    outlets,  // unknown, or at two bays
    taken_hold,
    free_hold,
    distances,
    silent_after,
    not_charging_after,
    overstay_after,
    zone_hold,
    barrier_hold,
    heat_limit,
    remind_after,
    announce_for,
};

namespace bay_range {

struct Range {
    Millis least;
    Millis most;
    [[nodiscard]] constexpr bool holds(Millis value) const
    {
        return value >= least && value <= most;
    }
};

inline constexpr Range hold{Millis{1'000}, Millis{5 * 60'000}};
/// A full bus of slaves that all need their second try is polled every 8.5 s at worst; and a place
/// that nobody watches must be known within two minutes, whoever sets it up.
inline constexpr Range silence{Millis{10'000}, Millis{120'000}};
inline constexpr Range parking{Millis{60'000}, Millis{24LL * 3'600'000}};
/// A bike that blocks a way out for ten minutes is there to stay.
inline constexpr Range zone{Millis{1'000}, Millis{10 * 60'000}};
inline constexpr Range barrier{Millis{1'000}, Millis{60'000}};
/// Not before five minutes: three reminders of one matter, not a storm.
inline constexpr Range reminding{Millis{5 * 60'000}, Millis{4LL * 3'600'000}};
inline constexpr Range announcing{Millis{5'000}, Millis{120'000}};
inline constexpr Millimetres farthest{10'000};
/// Our choice, above what the sun makes of a roof. Temperature detectors of electrical fire
/// monitoring can be set from 45 to 140 degrees C (GB 14287.3 [R]).
inline constexpr DeciCelsius least_heat{500};
inline constexpr DeciCelsius most_heat{900};
/// Less between taken and free than this is no hysteresis.
inline constexpr Millimetres least_gap{50};

}  // namespace bay_range

/// Says the first setting that is out of its range.
[[nodiscard]] constexpr Result<Done, BaySetting> check_bay_settings(const BaySettings& wanted)
{
    using enum BaySetting;
    const auto off_or = [](const bay_range::Range& range, Millis value) {
        return value == Millis{} || range.holds(value);
    };
    if (wanted.bays > bay_limit) return Failure{bays};
    for (std::size_t i = 0; i < bay_limit; ++i) {
        if (wanted.outlets[i] > protocol::outlet_limit) return Failure{outlets};
        for (std::size_t j = 0; j < i; ++j)
            if (wanted.outlets[i] != 0 && wanted.outlets[i] == wanted.outlets[j])
                return Failure{outlets};
    }
    if (!bay_range::hold.holds(wanted.taken_hold)) return Failure{taken_hold};
    if (!bay_range::hold.holds(wanted.free_hold)) return Failure{free_hold};
    const bool by_status =
        wanted.taken_below == Millimetres{} && wanted.free_above == Millimetres{};
    if (!by_status &&
        (wanted.taken_below <= Millimetres{} || wanted.free_above > bay_range::farthest ||
         wanted.free_above < wanted.taken_below + bay_range::least_gap))
        return Failure{distances};
    if (!bay_range::silence.holds(wanted.silent_after)) return Failure{silent_after};
    if (!off_or(bay_range::parking, wanted.not_charging_after)) return Failure{not_charging_after};
    if (!off_or(bay_range::parking, wanted.overstay_after)) return Failure{overstay_after};
    if (!bay_range::zone.holds(wanted.zone_hold)) return Failure{zone_hold};
    if (!bay_range::barrier.holds(wanted.barrier_hold)) return Failure{barrier_hold};
    if (wanted.heat_limit < bay_range::least_heat || wanted.heat_limit > bay_range::most_heat)
        return Failure{heat_limit};
    if (!bay_range::reminding.holds(wanted.remind_after)) return Failure{remind_after};
    if (!bay_range::announcing.holds(wanted.announce_for)) return Failure{announce_for};
    return Done{};
}

static_assert(check_bay_settings(factory_bay_settings).ok());
static_assert(!bay_range::silence.holds(Millis{}) && !bay_range::zone.holds(Millis{}),
              "no setting switches the watch over a danger off");
static_assert(factory_bay_settings.outlets[protocol::outlet_limit - 1] == protocol::outlet_limit);
static_assert(!check_bay_settings(BaySettings{}).ok(), "all zeros is what a blank flash says");

}  // namespace ks::core
