#pragma once

#include "firmware/hal/self_test.hpp"

#include <array>

namespace ks::core {

/// The channels whose voltage is known (IEC 60730-1 Annex H 7.2): a converter that is stuck, whose
/// reference has drifted or whose multiplexer stays put cannot show both right (F-044). It is what
/// the temperatures rest on.
class AdcWatch {
public:
    /// In a row: one reading may have been taken beside a relay's spark. Our choice.
    static constexpr int looks = 3;

    /// True when so many looks in a row were outside the channel's band.
    [[nodiscard]] constexpr bool wrong(std::uint8_t channel, const hal::KnownChannel& seen)
    {
        check(channel < hal::known_channels);
        auto& outside = outside_[channel];
        const bool inside = seen.shown >= seen.least && seen.shown <= seen.most;
        outside = inside ? 0 : outside + 1;
        return outside >= looks;
    }

private:
    std::array<int, hal::known_channels> outside_{};
};

}  // namespace ks::core
