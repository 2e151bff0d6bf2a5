#pragma once

#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/core/guard/rules/since.hpp"
#include "firmware/protocol/limits.hpp"

namespace ks::core {

/// Another bike or charger within one session (F-012): nobody charges under the authority of him
/// who was there before.
///
/// Ends the session: load_swapped. Measured: power after a gap against power before it. Limit:
/// `swap_permille` of the larger, at least 20 W. A gap is 1.5 s below `unplugged_below` with the
/// mains there; a charger's own pause draws its watt or two and is none. Judged over ten seconds,
/// ten seconds after the return, when a charger's soft start is over. What was plugged in after the
/// start follows nobody. Who plugs the same bike in
/// again at once goes on, unless its charger begins another stage: then a new tap begins a new
/// session. Latency: twenty seconds.
class Swapped {
public:
    static constexpr Millis gap{1'500};
    static constexpr Millis settles{10'000};
    static constexpr Millis judged_for{10'000};
    static constexpr Milliwatts least_difference{20'000};

    /// A resumed session is judged as if after a gap.
    constexpr void expect(Instant now, Milliwatts level)
    {
        before_ = level;
        back_at_ = now;
    }

    constexpr void observe(Instant now, Millis span, Milliwatts power, Supply supply,
                           const protocol::Limits& limits)
    {
        if (supply == Supply::gone || power >= limits.unplugged_below) {
            const bool drew = last_level_ > Milliwatts{};
            if (drew && !before_ && supply == Supply::there && nothing_.for_as_long_as(gap, now)) {
                before_ = last_level_;
                back_at_ = now;
                over_ = {};
                product_ = 0;
            }
            nothing_.breaks();
        } else {
            nothing_.holds(now - span);
        }
        if (!before_) {
            if (power >= limits.unplugged_below) follow(span, power);
            return;
        }
        if (now - back_at_ < settles) return;
        over_ += span;
        product_ += std::int64_t{power.count()} * span.count();
    }

    [[nodiscard]] constexpr bool swapped(const protocol::Limits& limits)
    {
        if (!before_ || over_ < judged_for) return false;
        const Milliwatts after{static_cast<std::int32_t>(product_ / over_.count())};
        const auto larger = std::max(after, *before_);
        const auto apart = after > *before_ ? after - *before_ : *before_ - after;
        before_.reset();
        last_level_ = after;
        return apart >= std::max(permille_of(larger, limits.swap_permille), least_difference);
    }

private:
    /// A running level of some ten seconds; it ends with the gap, so that it is from before it.
    constexpr void follow(Millis span, Milliwatts power)
    {
        const auto weight = std::min<std::int64_t>(span.count(), settles.count());
        const auto step = (std::int64_t{power.count()} - last_level_.count()) * weight;
        const auto moved = last_level_ == Milliwatts{}
                               ? std::int64_t{power.count()}
                               : last_level_.count() + step / settles.count();
        last_level_ = Milliwatts{static_cast<std::int32_t>(moved)};
    }

    Since nothing_;
    Milliwatts last_level_{};
    std::optional<Milliwatts> before_;
    Instant back_at_{};
    Millis over_{};
    std::int64_t product_{0};
};

}  // namespace ks::core
