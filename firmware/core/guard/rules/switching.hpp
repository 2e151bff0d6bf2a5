#pragma once

#include "firmware/base/instant.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace ks::core {

/// No chatter (I-08): a relay rests between off and on, and closes only so often a minute. Opening
/// is never delayed.
class Switching {
public:
    static constexpr Millis rest{5'000};
    static constexpr Millis window{60'000};
    static constexpr std::size_t closings_most = 3;

    constexpr Switching() = default;
    /// At boot nobody knows how long the relay has been open, so the rest counts from there.
    constexpr explicit Switching(Instant opened_at) : opened_at_{opened_at} {}

    [[nodiscard]] constexpr bool may_close(Instant now) const
    {
        const auto oldest = closings_[next_];
        return now - opened_at_ >= rest && (!oldest || now - *oldest >= window);
    }
    constexpr void closed(Instant now)
    {
        closings_[next_] = now;
        next_ = (next_ + 1) % closings_most;
    }
    constexpr void opened(Instant now) { opened_at_ = now; }

private:
    Instant opened_at_{};
    std::array<std::optional<Instant>, closings_most> closings_{};
    std::size_t next_{0};
};

static_assert([] {
    const auto at = [](std::int64_t ms) { return Instant{Millis{ms}}; };
    Switching relay{at(0)};
    bool right = !relay.may_close(at(4'999)) && relay.may_close(at(5'000));
    for (const auto ms : {5'000, 12'000, 19'000}) {
        right = right && relay.may_close(at(ms));
        relay.closed(at(ms));
        relay.opened(at(ms + 1'000));
    }
    return right && !relay.may_close(at(64'999)) && relay.may_close(at(65'000));
}());

}  // namespace ks::core
