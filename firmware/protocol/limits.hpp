#pragma once

#include "firmware/base/quantity.hpp"

#include <string_view>
#include <tuple>
#include <type_traits>

// What a post protects by: one row for each limit, with everything that is ever asked of it. The
// codec, the guard's judgement of a change, the profile files and the documents read these rows.
namespace ks::protocol {

/// The limits of one type of outlet. Powers and currents are magnitudes, currents rms.
struct Limits {
    Milliamps hard_overcurrent;
    Milliamps overload_pickup;
    /// Time multiplier of the inverse-time curve, in thousandths (IEC 60255-151 TMS).
    std::uint32_t overload_tms_permille;
    /// Over-power by tier: what this type of outlet may deliver, and for how long more.
    Milliwatts power_most;
    Millis power_hold;
    DeciCelsius contact_limit;
    /// Rise of a contact within one minute.
    DeciCelsius contact_rise;
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
    /// Too little power: the peak has not reached so much in so long.
    Milliwatts least_power;
    Millis least_power_within;
    /// No taper: at or above this fraction of the peak, flat for so long behind the knee; or hardly
    /// below the peak at all after so long.
    std::uint32_t taper_permille_of_peak;
    Millis taper_hold;
    Millis taper_by;
    /// Late rise: so much of the peak above the least power behind the knee, gradually, for so
    /// long.
    std::uint32_t late_rise_permille_of_peak;
    Millis late_rise_hold;
    /// Dropouts to nothing within one minute.
    std::uint32_t dropouts_per_minute;
    /// Step overload: so much above the highest power of a known profile, for so long.
    std::uint32_t step_permille_of_peak;
    Milliwatts step_least;
    Millis step_hold;
    Millis step_armed_after;
    /// A different load after a gap: the session's power differs by more than this fraction.
    std::uint32_t swap_permille;
    /// For how long after a pure loss of mains a session may go on by itself, once; zero: never.
    Millis resume_within;

    constexpr bool operator==(const Limits&) const = default;
};

/// The limits of the post itself.
struct PostLimits {
    Millivolts overvoltage;
    Millivolts undervoltage;
    Millis voltage_hold;
    /// Of all outlets together: the feeder's share.
    Milliamps current_budget;
    Milliwatts power_budget;
    /// What a start is reckoned with until it has been measured.
    Milliwatts start_reserve;
    /// How long a start that does not fit waits for its turn; zero: it is refused.
    Millis queue_wait;
    Milliamps residual_limit;
    DeciCelsius cabinet_limit;
    /// Below it a coil may let go by itself.
    Millivolts rail_least;
    /// Between two closings of one post, and over how long they spread after mains returned.
    Millis stagger;
    Millis return_spread;
    /// Link loss: alarm at the post after so long, and no new starts after so long.
    Millis link_alarm_after;
    Millis starts_without_link;
    /// 1: cuts with its group's wired line; 0: stands alone.
    std::uint32_t follows_group;

    constexpr bool operator==(const PostLimits&) const = default;
};

/// Which way a limit loosens: towards more current, heat, time or energy than before.
enum class Loosens : std::uint8_t { upwards, downwards };

/// All about one limit. `least` and `most` are compiled in: nobody's signature moves a limit beyond
/// them, in either direction (D2). `factory` is what a post has before it is commissioned.
template <class Owner, class T>
struct LimitRow {
    using Value = T;
    std::string_view name;
    T Owner::*field;
    Loosens loosens;
    T least;
    T factory;
    T most;
};

namespace rows {

using enum Loosens;

template <class T>
constexpr LimitRow<Limits, T> of(std::string_view name, T Limits::*field, Loosens way,
                                 std::type_identity_t<T> least, std::type_identity_t<T> factory,
                                 std::type_identity_t<T> most)
{
    return {name, field, way, least, factory, most};
}
template <class T>
constexpr LimitRow<PostLimits, T> of(std::string_view name, T PostLimits::*field, Loosens way,
                                     std::type_identity_t<T> least, std::type_identity_t<T> factory,
                                     std::type_identity_t<T> most)
{
    return {name, field, way, least, factory, most};
}

constexpr DeciCelsius celsius(std::int32_t degrees) { return DeciCelsius{degrees * 10}; }

/// Our choice, each, because: the strongest fast charger in docs/sources.md, Charging, draws 990 W,
/// 4.5 A at 220 V; 10 A is past every charger and inside a 16 A relay (HF115F), which ends the
/// range. 15 W and 20 % are vendors' full thresholds and 90 degrees C a vendor's contact limit
/// (Posts in the field); 12 h is the longest full charge of a healthy pack and 10 h a vendor's cap;
/// no pack on sale takes 10 kWh. An idle charger draws 0.5 to 3 W [R], an empty socket nothing.
inline constexpr std::tuple outlet{
    of("hard_overcurrent", &Limits::hard_overcurrent, upwards, 1_A, 10_A, 16_A),
    of("overload_pickup", &Limits::overload_pickup, upwards, 500_mA, 6_A, 12_A),
    of("overload_tms_permille", &Limits::overload_tms_permille, upwards, 1, 100, 1'000),
    of("power_most", &Limits::power_most, upwards, 50_W, 1'200_W, 3'500_W),
    of("power_hold", &Limits::power_hold, upwards, 1_s, 10_s, 60_s),
    of("contact_limit", &Limits::contact_limit, upwards, celsius(45), celsius(70), celsius(90)),
    of("contact_rise", &Limits::contact_rise, upwards, celsius(3), celsius(12), celsius(30)),
    of("session_cap", &Limits::session_cap, upwards, 1_min, 10_h, 12_h),
    of("energy_cap", &Limits::energy_cap, upwards, 1_Wh, 6'000_Wh, 10'000_Wh),
    of("full_below", &Limits::full_below, downwards, 3_W, 15_W, 250_W),
    of("full_permille_of_peak", &Limits::full_permille_of_peak, downwards, 10, 200, 500),
    of("full_hold", &Limits::full_hold, upwards, 1_s, 120_s, 4_h),
    of("unplugged_below", &Limits::unplugged_below, downwards, Milliwatts{300}, Milliwatts{500},
       15_W),
    of("unplugged_hold", &Limits::unplugged_hold, upwards, 1_s, 10_s, 600_s),
    of("no_load_wait", &Limits::no_load_wait, upwards, 1_s, 120_s, 600_s),
    of("least_power", &Limits::least_power, downwards, 0_W, 10_W, 100_W),
    of("least_power_within", &Limits::least_power_within, upwards, 10_s, 30_min, 2_h),
    of("taper_permille_of_peak", &Limits::taper_permille_of_peak, upwards, 250, 300, 500),
    of("taper_hold", &Limits::taper_hold, upwards, 1_min, 150_min, 5_h),
    of("taper_by", &Limits::taper_by, upwards, 1_min, 9_h, 12_h),
    of("late_rise_permille_of_peak", &Limits::late_rise_permille_of_peak, upwards, 50, 100, 300),
    of("late_rise_hold", &Limits::late_rise_hold, upwards, 1_min, 15_min, 1_h),
    of("dropouts_per_minute", &Limits::dropouts_per_minute, upwards, 3, 6, 30),
    of("step_permille_of_peak", &Limits::step_permille_of_peak, upwards, 100, 350, 1'000),
    of("step_least", &Limits::step_least, upwards, 20_W, 80_W, 400_W),
    of("step_hold", &Limits::step_hold, upwards, 1_s, 30_s, 5_min),
    of("step_armed_after", &Limits::step_armed_after, upwards, 10_s, 2_h, 4_h),
    of("swap_permille", &Limits::swap_permille, upwards, 100, 250, 1'000),
    of("resume_within", &Limits::resume_within, upwards, 0_s, 0_s, 10_min),
};

/// Our choice, each, because: the vendors' 270 V and 100 V (Posts in the field) leave chargers
/// unprotected; 10 A chargers' inputs are made for 176 to 264 V [R]; 30 mA is the RCD that the
/// circuit must have anyway; a C16 branch carries 16 A and at 220 V 3.5 kW (Standards); coils of
/// 12 V let go somewhere below 8 V [R]; 200 ms between closings and 30 s after mains return are the
/// issue's.
inline constexpr std::tuple post{
    of("overvoltage", &PostLimits::overvoltage, upwards, 235_V, 264_V, 280_V),
    of("undervoltage", &PostLimits::undervoltage, downwards, 150_V, 176_V, 200_V),
    of("voltage_hold", &PostLimits::voltage_hold, upwards, 500_ms, 1_s, 10_s),
    of("current_budget", &PostLimits::current_budget, upwards, 1_A, 16_A, 63_A),
    of("power_budget", &PostLimits::power_budget, upwards, 100_W, 3'500_W, 14'000_W),
    of("start_reserve", &PostLimits::start_reserve, downwards, 50_W, 200_W, 3'500_W),
    of("queue_wait", &PostLimits::queue_wait, upwards, 0_s, 30_min, 2_h),
    of("residual_limit", &PostLimits::residual_limit, upwards, 6_mA, 24_mA, 30_mA),
    of("cabinet_limit", &PostLimits::cabinet_limit, upwards, celsius(50), celsius(70), celsius(80)),
    of("rail_least", &PostLimits::rail_least, downwards, Millivolts{9'000}, Millivolts{10'000},
       Millivolts{11'500}),
    of("stagger", &PostLimits::stagger, downwards, 200_ms, 200_ms, 5_s),
    of("return_spread", &PostLimits::return_spread, downwards, 0_s, 30_s, 5_min),
    of("link_alarm_after", &PostLimits::link_alarm_after, upwards, 10_s, 60_s, 10_min),
    of("starts_without_link", &PostLimits::starts_without_link, upwards, 0_s, 24_h, 720_h),
    of("follows_group", &PostLimits::follows_group, downwards, 0, 1, 1),
};

}  // namespace rows

/// Calls `visit(row)` for each limit of that kind, in the order in which they lie in the bytes.
template <class Visit>
constexpr void each_limit(const Limits* /*tag*/, Visit visit)
{
    std::apply([&](const auto&... row) { (visit(row), ...); }, rows::outlet);
}
template <class Visit>
constexpr void each_limit(const PostLimits* /*tag*/, Visit visit)
{
    std::apply([&](const auto&... row) { (visit(row), ...); }, rows::post);
}
template <class Owner, class Visit>
constexpr void each_limit_of(Visit visit)
{
    each_limit(static_cast<const Owner*>(nullptr), visit);
}

/// How many limits there are of that kind.
template <class Owner>
[[nodiscard]] consteval std::size_t limit_count()
{
    std::size_t count = 0;
    each_limit_of<Owner>([&](const auto& /*row*/) { ++count; });
    return count;
}

/// Every limit at one edge of its range: `member` names the row's column.
template <class Owner, class Pick>
[[nodiscard]] consteval Owner limits_by(Pick pick)
{
    Owner made{};
    each_limit_of<Owner>([&](const auto& row) { made.*row.field = pick(row); });
    return made;
}

template <class Owner>
inline constexpr Owner factory = limits_by<Owner>([](const auto& row) { return row.factory; });
/// As loose as anything can be made, in each limit's own direction.
template <class Owner>
inline constexpr Owner loosest = limits_by<Owner>([](const auto& row) {
    return row.loosens == Loosens::upwards ? row.most : row.least;
});

/// Inside what is compiled in, both ways.
template <class Owner>
[[nodiscard]] constexpr bool within_bounds(const Owner& limits)
{
    bool within = true;
    each_limit_of<Owner>([&](const auto& row) {
        within = within && limits.*row.field >= row.least && limits.*row.field <= row.most;
    });
    return within;
}

/// Can the change lead to more current, heat, time or energy for anybody than before?
template <class Owner>
[[nodiscard]] constexpr bool loosens(const Owner& wanted, const Owner& now)
{
    bool looser = false;
    each_limit_of<Owner>([&](const auto& row) {
        const auto& wants = wanted.*row.field;
        const auto& has = now.*row.field;
        looser = looser || (row.loosens == Loosens::upwards ? wants > has : wants < has);
    });
    return looser;
}

static_assert(within_bounds(factory<Limits>) && within_bounds(factory<PostLimits>));
static_assert(within_bounds(loosest<Limits>) && within_bounds(loosest<PostLimits>));
static_assert(!within_bounds(Limits{}), "all zeros is what a blank flash says");
static_assert(!loosens(factory<Limits>, factory<Limits>));
static_assert(loosens(loosest<Limits>, factory<Limits>) &&
              !loosens(factory<Limits>, loosest<Limits>));
// A field without a row would be decided by nobody.
static_assert(limit_count<Limits>() == 29 && sizeof(Limits) == 192);
static_assert(limit_count<PostLimits>() == 15 && sizeof(PostLimits) == 96);

}  // namespace ks::protocol
