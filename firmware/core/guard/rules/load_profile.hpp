#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/base/quantity.hpp"

#include <algorithm>
#include <optional>

namespace ks::core {

/// Whether there is mains for a load to draw from: without it, nothing says anything about a load.
enum class Supply : std::uint8_t { there, gone };

/// What a session's load has looked like so far, minute by minute: the ground on which the slow
/// rules judge. A minute's mean forgets the noise of mains and meter and keeps every stage of a
/// charger.
class LoadProfile {
public:
    static constexpr Millis minute{60'000};
    /// The knee is passed when the mean has been this far below the peak for so many minutes: the
    /// charger has gone over to constant voltage (our choice: noise of a few per cent stays above).
    static constexpr std::int64_t knee_permille{850};
    static constexpr std::uint32_t knee_minutes{5};

    struct Minute {
        Milliwatts mean;
        Milliwatts before;  // the minute before; zero for the first
    };

    /// `power`, a magnitude, flowed for `span`. Gives the minute that this completed, if any.
    constexpr std::optional<Minute> advance(Millis span, Milliwatts power)
    {
        elapsed_ += span;
        over_ += span;
        product_ += std::int64_t{power.count()} * span.count();
        if (over_ < minute) return std::nullopt;

        const Minute done{.mean = Milliwatts{static_cast<std::int32_t>(product_ / over_.count())},
                          .before = mean_};
        over_ = {};
        product_ = 0;
        mean_ = done.mean;
        ++minutes_;
        if (!tainted_) peak_ = std::max(peak_, done.mean);
        tainted_ = held_;
        const bool below =
            std::int64_t{done.mean.count()} * 1'000 <= std::int64_t{peak_.count()} * knee_permille;
        below_ = below ? below_ + 1 : 0;
        past_knee_ = past_knee_ || below_ >= knee_minutes;
        return done;
    }

    /// A charger that has been without mains begins anew, and perhaps gently.
    constexpr void begins_anew() { began_ = elapsed_; }

    /// While something is suspected, no minute that it touched is part of the profile.
    constexpr void hold_peak() { held_ = tainted_ = true; }
    constexpr void release_peak() { held_ = false; }

    /// Of the minutes' means.
    [[nodiscard]] constexpr Milliwatts peak() const { return peak_; }
    /// Of the last whole minute.
    [[nodiscard]] constexpr Milliwatts mean() const { return mean_; }
    [[nodiscard]] constexpr std::uint32_t minutes() const { return minutes_; }
    [[nodiscard]] constexpr Millis elapsed() const { return elapsed_; }
    /// Since the session began, or its charger did so once more.
    [[nodiscard]] constexpr Millis since_begin() const { return elapsed_ - began_; }
    [[nodiscard]] constexpr bool past_knee() const { return past_knee_; }

private:
    Millis elapsed_{};
    Millis began_{};
    Millis over_{};
    std::int64_t product_{0};
    Milliwatts mean_{};
    Milliwatts peak_{};
    std::uint32_t minutes_{0};
    std::uint32_t below_{0};
    bool past_knee_{false};
    bool held_{false};
    bool tainted_{false};
};

/// So many thousandths of a power, rounded down.
[[nodiscard]] constexpr Milliwatts permille_of(Milliwatts power, std::uint32_t permille)
{
    return Milliwatts{static_cast<std::int32_t>(std::int64_t{power.count()} * permille / 1'000)};
}

static_assert([] {
    LoadProfile profile;
    const auto minute = [&](std::int32_t watts) {
        return profile.advance(LoadProfile::minute, Milliwatts{watts * 1'000});
    };
    bool right = minute(200)->before == Milliwatts{} && minute(180)->before == Milliwatts{200'000};
    for (int i = 0; i < 4; ++i)
        right = right && minute(170) && !profile.past_knee();
    return right && minute(170) && profile.past_knee() && profile.peak() == Milliwatts{200'000} &&
           !profile.advance(Millis{59'999}, Milliwatts{}) && profile.minutes() == 7;
}());

}  // namespace ks::core
