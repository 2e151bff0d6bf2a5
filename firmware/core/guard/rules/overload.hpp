#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

#include <algorithm>

namespace ks::core {

/// Inverse-time overload after IEC 60255-151, extremely inverse (docs/sources.md, Standards):
/// t = TMS * 80 s / ((I/Is)^2 - 1).
///
/// The curve is integrated as heat, so that a current which changes, or pauses for a moment, is
/// judged by all that flowed. Heat is in mA^2 * ms: it grows with I^2 - Is^2, shrinks by the same
/// law below the pickup, and trips at TMS * 80 s * Is^2. Cooling from the brink without current
/// takes TMS * 80 s; the standard leaves that time to us, and this choice needs no constant.
///
/// After a reset nobody knows how hot the contacts were, so the memory starts on the brink: until
/// it has cooled, any current above the pickup trips at once, and none below it ever does.
class Overload {
public:
    /// Of the extremely inverse curve, in milliseconds.
    static constexpr std::int64_t curve_a{80'000};

    /// Currents are bounded before they are squared (no meter of ours reads 1 kA), and a tick that
    /// comes late counts a minute at most: the products stay inside 64 bits.
    static constexpr Milliamps current_most{1'000'000};
    static constexpr Millis step_most{60'000};

    [[nodiscard]] static constexpr std::int64_t trip_heat(const protocol::Limits& limits)
    {
        const std::int64_t pickup = limits.overload_pickup.count();
        return curve_a * limits.overload_tms_permille / 1000 * pickup * pickup;
    }

    /// `current` flowed for `span`, until `now`.
    constexpr void advance(Instant now, Millis span, Milliamps current,
                           const protocol::Limits& limits)
    {
        const std::int64_t pickup = limits.overload_pickup.count();
        const std::int64_t flows = std::clamp(current, Milliamps{}, current_most).count();
        const auto lasted = std::clamp(span, Millis{}, step_most).count();
        const auto brink = trip_heat(limits);

        if (unknown_) heat_ = brink - 1;
        unknown_ = false;
        heat_ =
            std::clamp<std::int64_t>(heat_ + (flows * flows - pickup * pickup) * lasted, 0, brink);
        above_ = Milliamps{static_cast<std::int32_t>(flows)};
        over_.follow(when(flows > pickup), now - span);
    }

    [[nodiscard]] constexpr std::optional<Cut> cut(Instant now,
                                                   const protocol::Limits& limits) const
    {
        if (above_ <= limits.overload_pickup || heat_ < trip_heat(limits)) return std::nullopt;
        return Cut{.cause = protocol::TripCause::overload,
                   .measured = above_.count(),
                   .limit = limits.overload_pickup.count(),
                   .held_for = over_.time(now)};
    }

    /// A trip may be cleared once half of the heat has gone: our choice, so that a fresh start has
    /// half the curve before it.
    [[nodiscard]] constexpr bool cooled(const protocol::Limits& limits) const
    {
        return heat_ <= trip_heat(limits) / 2;
    }

private:
    std::int64_t heat_{0};
    Milliamps above_{};
    Since over_;
    bool unknown_{true};
};

namespace proof {

inline constexpr protocol::Limits four_amps = [] {
    auto limits = protocol::factory<protocol::Limits>;
    limits.overload_pickup = Milliamps{4'000};
    limits.overload_tms_permille = 100;
    return limits;
}();

/// Whether a cold memory has tripped by then. In one step: every file that includes this one pays
/// for the proof, and the tests take it tick by tick.
[[nodiscard]] consteval bool tripped_by(std::int64_t ms, Milliamps current)
{
    Overload rule;
    rule.advance(Instant{}, Millis{60'000}, Milliamps{}, four_amps);
    rule.advance(Instant{Millis{ms}}, Millis{ms}, current, four_amps);
    return rule.cut(Instant{Millis{ms}}, four_amps).has_value();
}
[[nodiscard]] consteval bool trips_after(std::int64_t ms, Milliamps current)
{
    return tripped_by(ms, current) && !tripped_by(ms - 1, current);
}

}  // namespace proof

// Worked out by hand from the formula, Is = 4 A, TMS = 0.1: 6.40 s, 2.67 s, 1.00 s and 0.33 s.
static_assert(proof::trips_after(6'400, Milliamps{6'000}));
static_assert(proof::trips_after(2'667, Milliamps{8'000}));
static_assert(proof::trips_after(1'000, Milliamps{12'000}));
static_assert(proof::trips_after(334, Milliamps{20'000}));
static_assert(!proof::tripped_by(60'000, Milliamps{4'000}), "the pickup itself never trips");
static_assert(
    [] {
        constexpr auto most = protocol::loosest<protocol::Limits>;
        const std::int64_t flows = Overload::current_most.count();
        return Overload::trip_heat(most) < INT64_MAX / 2 &&
               flows * flows < INT64_MAX / 2 / Overload::step_most.count();
    }(),
    "no product leaves 64 bits");

}  // namespace ks::core
