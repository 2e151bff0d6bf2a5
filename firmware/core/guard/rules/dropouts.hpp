#pragma once

#include "firmware/core/guard/rules/cut.hpp"
#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/hal/sample.hpp"
#include "firmware/protocol/limits.hpp"

#include <array>
#include <numeric>
#include <optional>
#include <utility>

namespace ks::core {

/// An intermittent contact: power that vanishes and comes back many times a minute (F-009). A
/// charger that pulses keeps drawing its own watt or two in between; an open contact draws nothing.
///
/// Cause: arcing. Measured: dropouts within the last minute. Limit: `dropouts_per_minute`. A
/// dropout is power below `unplugged_below` that comes back, while the mains is there. Jumps by
/// more than half between two readings count as well: flips of 5 to 50 Hz are faster than the
/// meter's windows of 400 ms and show as jumps. A pulsing charger jumps too, but warms no contact
/// and comes back to its power. So they count ten for one while the contact warms. And power that
/// has collapsed from a charge proper to less than a fifth and not come back to half since, but
/// wavers by more than a quarter again and again, counts four for one: a charger that is
/// interrupted so often never starts. One that pulses and goes over to float falls as low, but from
/// the last of its taper. Cleared by a reset. Latency: a minute.
class Dropouts {
public:
    static constexpr Millis bucket{5'000};
    static constexpr std::size_t buckets = 12;
    static constexpr std::uint32_t jumps_for_one{10};
    static constexpr std::uint32_t waverings_for_one{4};
    /// Our choice: from less, or from less than half of the most that was drawn, a charger goes
    /// over to its float, and may do as it likes: at 72 V 32 Ah that began at 100 W. One that is
    /// weaker is judged by its dropouts and jumps alone.
    static constexpr Milliwatts collapses_from{110'000};
    /// Contact rise within the minute from which jumps count.
    static constexpr DeciCelsius warms{10};

    struct Seen {
        Milliwatts power;
        hal::Temperature contact;
        Supply supply;
    };

    constexpr void observe(Instant now, const Seen& seen, const protocol::Limits& limits)
    {
        turn_to(now, seen);
        const bool nothing = seen.power < limits.unplugged_below;
        // Once the mains is back a charger starts anew, and takes its second for it.
        if (seen.supply == Supply::gone) drew_ = false;
        if (was_nothing_ && !nothing && drew_) ++dropouts_[at_];
        const auto apart = seen.power > before_ ? seen.power - before_ : before_ - seen.power;
        const auto larger = std::max(seen.power, before_);
        if (seen.supply == Supply::there && larger > limits.unplugged_below &&
            apart.count() * 2 > larger.count())
            ++jumps_[at_];
        if (collapsed_from_ && std::int64_t{apart.count()} * 4 > larger.count()) ++waverings_[at_];
        watch_collapse(seen);
        drew_ = drew_ || !nothing;
        was_nothing_ = nothing;
        before_ = seen.power;
    }

    [[nodiscard]] constexpr std::optional<Cut> cut(const protocol::Limits& limits) const
    {
        const auto dropouts = sum(dropouts_);
        const auto jumps = warmed() ? sum(jumps_) / jumps_for_one : 0;
        const auto count = std::max({dropouts, jumps, sum(waverings_) / waverings_for_one});
        if (count < limits.dropouts_per_minute) return std::nullopt;
        return Cut{.cause = protocol::TripCause::arcing,
                   .measured = count,
                   .limit = limits.dropouts_per_minute,
                   .held_for = Millis{bucket.count() * static_cast<std::int64_t>(buckets)}};
    }

private:
    using Counts = std::array<std::uint32_t, buckets>;

    [[nodiscard]] static constexpr std::uint32_t sum(const Counts& counts)
    {
        return std::accumulate(counts.begin(), counts.end(), 0U);
    }
    [[nodiscard]] constexpr bool warmed() const
    {
        const auto oldest = contacts_[(at_ + 1) % buckets];
        return newest_ && oldest && *newest_ - *oldest >= warms;
    }
    constexpr void watch_collapse(const Seen& seen)
    {
        const bool back =
            collapsed_from_ && std::int64_t{seen.power.count()} * 2 >= collapsed_from_->count();
        if (back || seen.supply == Supply::gone) {
            collapsed_from_.reset();
            waverings_ = {};
        }
        most_ = std::max(most_, seen.power);
        high_ = std::max(high_, seen.power);
        // It may take more than one reading to fall.
        const auto level = std::max(high_, high_before_);
        if (!collapsed_from_ && seen.supply == Supply::there && level >= collapses_from &&
            std::int64_t{level.count()} * 2 >= most_.count() &&
            std::int64_t{seen.power.count()} * 5 < level.count())
            collapsed_from_ = level;
    }
    constexpr void turn_to(Instant now, const Seen& seen)
    {
        newest_ = seen.contact;
        if (!began_) {
            began_ = now;
            contacts_[at_] = seen.contact;
        }
        for (std::size_t i = 0; i < buckets && now - *began_ >= bucket; ++i) {
            began_ = *began_ + bucket;
            at_ = (at_ + 1) % buckets;
            dropouts_[at_] = 0;
            jumps_[at_] = 0;
            waverings_[at_] = 0;
            contacts_[at_] = seen.contact;
            high_before_ = std::exchange(high_, Milliwatts{});
        }
        if (now - *began_ >= bucket) began_ = now;
    }

    Counts dropouts_{};
    Counts jumps_{};
    Counts waverings_{};
    std::array<hal::Temperature, buckets> contacts_{};
    hal::Temperature newest_;
    std::size_t at_{0};
    std::optional<Instant> began_;
    Milliwatts before_{};
    std::optional<Milliwatts> collapsed_from_;
    /// The most of the session, of the bucket that runs and of the one before.
    Milliwatts most_{};
    Milliwatts high_{};
    Milliwatts high_before_{};
    bool was_nothing_{false};
    bool drew_{false};
};

}  // namespace ks::core
