#pragma once

#include "firmware/core/guard/rules/cut.hpp"

#include <algorithm>
#include <optional>

namespace ks::core {

/// Starts in a row that carried nothing at all, not even an idle charger's watt: the relay is stuck
/// open, its fuse has blown, or a contact is broken (F-016).
///
/// Cause: no_current. Measured: such starts in a row; limit: `closings_most`. Without a voltage
/// sense behind the relay one start alone says nothing: people start and then look for their
/// charger. Cleared by a reset. Latency: the fifth start's wait for a load.
class NoCurrent {
public:
    static constexpr std::uint32_t closings_most{5};

    constexpr void closed_for_nothing() { in_a_row_ = std::min(in_a_row_ + 1, closings_most); }
    constexpr void carried() { in_a_row_ = 0; }
    [[nodiscard]] constexpr std::optional<Cut> cut() const
    {
        if (in_a_row_ < closings_most) return std::nullopt;
        return Cut{.cause = protocol::TripCause::no_current,
                   .measured = in_a_row_,
                   .limit = closings_most,
                   .held_for = Millis{}};
    }

private:
    std::uint32_t in_a_row_{0};
};

}  // namespace ks::core
