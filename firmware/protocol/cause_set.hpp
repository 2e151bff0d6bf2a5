#pragma once

#include "firmware/protocol/word_range.hpp"

namespace ks::protocol {

namespace proof {

inline constexpr std::size_t cause_count = static_cast<std::size_t>(range_of<TripCause>.last);

}  // namespace proof

/// Every cause, in the order of their numbers.
inline constexpr auto all_causes = [] {
    std::array<TripCause, proof::cause_count> causes{};
    for (std::size_t i = 0; i < causes.size(); ++i)
        causes[i] = static_cast<TripCause>(i + 1);
    return causes;
}();

/// A set of trip causes, as one word.
class CauseSet {
public:
    constexpr CauseSet() = default;
    constexpr explicit CauseSet(std::uint64_t bits) : bits_{bits} {}

    [[nodiscard]] constexpr bool has(TripCause cause) const { return (bits_ & bit(cause)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr CauseSet with(TripCause cause) const
    {
        return CauseSet{bits_ | bit(cause)};
    }
    [[nodiscard]] constexpr CauseSet without(TripCause cause) const
    {
        return CauseSet{bits_ & ~bit(cause)};
    }
    [[nodiscard]] constexpr CauseSet operator|(CauseSet other) const
    {
        return CauseSet{bits_ | other.bits_};
    }
    [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
    constexpr bool operator==(const CauseSet&) const = default;

    /// No bit that no cause has.
    [[nodiscard]] constexpr bool known() const
    {
        return (bits_ & 1U) == 0 && bits_ <= (bit(range_of<TripCause>.last) << 1U) - 1;
    }

private:
    [[nodiscard]] static constexpr std::uint64_t bit(TripCause cause)
    {
        return std::uint64_t{1} << static_cast<unsigned>(cause);
    }
    std::uint64_t bits_{0};
};

static_assert(static_cast<unsigned>(range_of<TripCause>.last) < 63);
static_assert(CauseSet{}.with(TripCause::smoke).has(TripCause::smoke) &&
              !CauseSet{}.with(TripCause::smoke).has(TripCause::heat) &&
              CauseSet{}.with(TripCause::smoke).without(TripCause::smoke).empty());

}  // namespace ks::protocol
