#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/hal/sample.hpp"

#include <algorithm>

namespace ks::core {

/// Verified opening: a relay told to open is believed only when the current has vanished, and an
/// open relay that conducts is found in every state, at any time later (F-015, F-017, I-07).
///
/// The meter shows the rms of windows of 400 ms. The window in which the contacts part holds both
/// worlds, so only samples taken `settle` after the opening testify. Two samples in a row must
/// agree before the whole post loses its contactor (a frame may be forged, F-024); the earlier one
/// may be from before `settle`, so an opening that failed costs no extra poll.
class Conduction {
public:
    /// BL0942 data sheet V1.10: the slow rms and the power refresh every 400 ms.
    static constexpr Millis meter_refresh{400};
    /// Relays release within 8 ms (HF115F [Cx], docs/sources.md); the rest is margin.
    static constexpr Millis release{50};
    /// One refresh until the mixed window has ended, one for the clean window behind it.
    static constexpr Millis settle{2 * meter_refresh.count() + release.count()};
    /// The slowest round of polls for which the verdict comes within `verdict_limit`.
    static constexpr Millis poll_most{145};
    static constexpr Millis verdict_limit{1'000};

    /// Three times the least current the meter is specified for (10 mA, data sheet V1.10); an
    /// open relay passes none. A welded relay with only an idle charger behind it stays below and
    /// is found with the first load.
    static constexpr Milliamps conducts_from{30};

    constexpr void told_open(Instant now)
    {
        open_since_ = now;
        in_a_row_ = 0;
        began_.reset();
    }

    constexpr void observe(const hal::Sample& sample)
    {
        seen_at_ = sample.at;
        seen_ = sample.current;
        if (sample.current < conducts_from)
            began_.reset();
        else if (!began_)
            began_ = sample.at;
        in_a_row_ = sample.current < conducts_from
                        ? std::uint8_t{0}
                        : std::min<std::uint8_t>(enough, static_cast<std::uint8_t>(in_a_row_ + 1));
    }

    /// No current any more, as of a sample that can know.
    [[nodiscard]] constexpr bool gone() const { return clean(open_since_) && in_a_row_ == 0; }
    /// Current although it was told to open.
    [[nodiscard]] constexpr bool flows() const { return flows_since(open_since_); }
    /// The same with a second breaker in series, which was told to open at `other`.
    [[nodiscard]] constexpr bool flows_since(Instant other) const
    {
        return clean(std::max(open_since_, other)) && in_a_row_ == enough;
    }
    /// The newest sample shows current, whatever it is worth.
    [[nodiscard]] constexpr bool suspicious() const { return in_a_row_ > 0; }
    /// When the current that flows was first seen.
    [[nodiscard]] constexpr std::optional<Instant> began() const { return began_; }
    [[nodiscard]] constexpr Instant open_since() const { return open_since_; }

    [[nodiscard]] constexpr std::optional<Cut> cut(Instant now) const
    {
        if (!flows()) return std::nullopt;
        return conducting(protocol::TripCause::relay_welded, now - open_since_);
    }
    [[nodiscard]] constexpr Cut conducting(protocol::TripCause cause, Millis told_open_for) const
    {
        return Cut{.cause = cause,
                   .measured = seen_.count(),
                   .limit = conducts_from.count(),
                   .held_for = told_open_for};
    }

private:
    static constexpr std::uint8_t enough = 2;

    [[nodiscard]] constexpr bool clean(Instant open_since) const
    {
        return seen_at_ && *seen_at_ >= open_since + settle;
    }

    Instant open_since_{};
    std::optional<Instant> seen_at_;
    std::optional<Instant> began_;
    Milliamps seen_{};
    std::uint8_t in_a_row_{0};
};

static_assert(Conduction::settle + Conduction::poll_most + Millis{5} <= Conduction::verdict_limit,
              "samples, poll and one tick of the guard fit the verdict's second");
static_assert([] {
    const auto after = [](std::int64_t first, std::int64_t second, std::int32_t milliamps) {
        Conduction rule;
        rule.told_open(Instant{});
        for (const auto ms : {first, second})
            rule.observe({.at = Instant{Millis{ms}},
                          .voltage = {},
                          .current = Milliamps{milliamps},
                          .power = {},
                          .pulses = 0});
        return rule;
    };
    return !after(700, 849, 30).flows() && after(700, 850, 30).flows()    // settle
           && !after(700, 850, 29).flows() && after(700, 850, 29).gone()  // threshold
           && !after(700, 849, 0).gone();
}());

}  // namespace ks::core
