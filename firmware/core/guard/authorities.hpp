#pragma once

#include "firmware/protocol/ids.hpp"

namespace ks::core {

/// Which sessions have been begun: each is an authority, used once (I-04). Ids of one boot only
/// grow, but a start that waited for its turn may come behind younger ones, so the last 64 are
/// known one by one and everything before them counts as used.
class Authorities {
public:
    [[nodiscard]] constexpr bool fresh(protocol::SessionId session) const
    {
        if (session > newest_) return true;
        const auto behind = newest_ - session;
        return behind < 64 && ((used_ >> behind) & 1U) == 0;
    }
    constexpr void use(protocol::SessionId session)
    {
        if (session > newest_) {
            const auto ahead = session - newest_;
            used_ = ahead < 64 ? used_ << ahead : 0;
            newest_ = session;
        }
        used_ |= std::uint64_t{1} << (newest_ - session);
    }

private:
    protocol::SessionId newest_{0};
    /// Bit n: the n-th before the newest. Before the first nothing was ever begun.
    std::uint64_t used_{~std::uint64_t{0}};
};

static_assert([] {
    Authorities authorities;
    bool right = !authorities.fresh(0) && authorities.fresh(7);
    authorities.use(7);
    right = right && !authorities.fresh(7) && authorities.fresh(6) && authorities.fresh(8);
    authorities.use(6);
    right = right && !authorities.fresh(6);
    authorities.use(100);
    return right && !authorities.fresh(100) && !authorities.fresh(36) && authorities.fresh(37) &&
           authorities.fresh(99);
}());

}  // namespace ks::core
