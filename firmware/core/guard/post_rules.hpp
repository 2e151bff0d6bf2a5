#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/guard/rules/contact.hpp"
#include "firmware/core/guard/rules/held_input.hpp"
#include "firmware/core/guard/rules/load_profile.hpp"
#include "firmware/core/guard/rules/residual.hpp"
#include "firmware/core/guard/rules/voltage.hpp"
#include "firmware/protocol/record.hpp"

namespace ks::core {

/// What a cause of the whole post does beside opening every relay.
[[nodiscard]] constexpr bool opens_contactor(protocol::TripCause cause)
{
    using enum protocol::TripCause;
    return cause == contactor_welded || cause == coil_mismatch || cause == smoke || cause == heat ||
           cause == water || cause == emergency || cause == extinguisher ||
           cause == enclosure_opened || cause == tilted || cause == group_cut ||
           cause == memory_fault || cause == self_test_failed;
}
/// Over when it is gone, without anybody's reset. Nothing closes by itself then.
[[nodiscard]] constexpr bool clears_itself(protocol::TripCause cause)
{
    using enum protocol::TripCause;
    return cause == overvoltage || cause == undervoltage || cause == supply_low ||
           cause == input_failed;
}

/// The rules of the post itself: its inputs, its mains, its cabinet, its own rail.
class PostRules {
public:
    static constexpr Millis rail_hold{20};
    static constexpr Millis rail_calm{5'000};

    /// `mains`: the middle of what the heard meters show; nothing when none is heard.
    void observe(Instant now, const hal::PostInputs& inputs, std::optional<Millivolts> mains,
                 const protocol::PostLimits& limits);

    /// At most one cut for each cause of the whole post, worst first.
    using Cuts = FixedVector<Cut, 16>;
    [[nodiscard]] Cuts cuts(Instant now, const protocol::PostLimits& limits) const;
    /// For the closed outlets of that circuit.
    [[nodiscard]] std::optional<Cut> circuit_cut(Instant now, std::size_t circuit,
                                                 const protocol::PostLimits& limits) const;
    [[nodiscard]] bool circuit_good(std::size_t circuit, const protocol::PostLimits& limits) const;

    /// Not yet gone: nobody clears it now.
    [[nodiscard]] bool present(Instant now, protocol::TripCause cause,
                               const protocol::PostLimits& limits) const;
    /// Good enough to close onto.
    [[nodiscard]] bool voltage_good(const protocol::PostLimits& limits) const
    {
        return voltage_.inside(limits);
    }
    /// No input says or hides anything, the rail holds a coil, the cabinet is cool enough.
    [[nodiscard]] bool calm(const protocol::PostLimits& limits) const;
    [[nodiscard]] Supply supply() const { return mains_since_ ? Supply::there : Supply::gone; }
    /// Since when there has been mains without a break; nothing while there is none.
    [[nodiscard]] std::optional<Instant> mains_since() const { return mains_since_; }
    /// As the post reading tells it.
    [[nodiscard]] protocol::PostReading reading() const;

private:
    [[nodiscard]] const HeldInput& input(hal::PostInput which) const
    {
        return held_[static_cast<std::size_t>(which)];
    }
    void watch_mains(Instant now, std::optional<Millivolts> mains,
                     const protocol::PostLimits& limits);

    std::array<HeldInput, hal::post_input_count> held_;
    std::array<ResidualCurrent, hal::circuits_most> residual_;
    Voltage voltage_;
    std::optional<Instant> mains_since_;
    Contact cabinet_;
    std::optional<Cut> cabinet_cut_;
    Since rail_low_;
    Since rail_good_;
    hal::PostInputs newest_{};
};

}  // namespace ks::core
