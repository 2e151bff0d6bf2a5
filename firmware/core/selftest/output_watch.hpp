#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/hal/self_test.hpp"

namespace ks::core {

/// Ports that were not as they had been driven (F-045). Each is driven anew at the next tick; what
/// happens again and again is no passing disturbance.
class OutputWatch {
public:
    static constexpr int times = 3;  // our choice
    static constexpr Millis within{1'000};

    /// True at the `times`-th tick with an altered port within that time of the first.
    [[nodiscard]] constexpr bool wrong(Instant now, hal::Outputs found)
    {
        if (now - first_at_ >= within) altered_ = 0;
        if (found == hal::Outputs::as_told) return false;
        if (altered_ == 0) first_at_ = now;
        return ++altered_ == times;
    }

private:
    Instant first_at_{};
    int altered_{0};
};

}  // namespace ks::core
