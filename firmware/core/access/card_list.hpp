#pragma once

#include "firmware/protocol/command.hpp"

namespace ks::core {

/// The offline list: which cards the post may accept while it does not hear the edge (S-28: a
/// card's number is a name and no proof, so the list expires, and each card has limits of its own).
///
/// A new list comes in parts, and replaces the old one whole, or not at all.
class CardList {
public:
    using Cards = FixedVector<protocol::OfflineCard, protocol::offline_cards_most>;

    struct Kept {
        std::uint32_t version;
        UnixMillis good_until;
        Cards cards;
        bool operator==(const Kept&) const = default;
    };

    /// `whole`: the list is now the new one, and must be kept. Refused: superseded for a part that
    /// does not follow, replayed for a version that is not newer, out_of_range for one that lies.
    enum class Part : std::uint8_t { taken, whole };
    [[nodiscard]] std::variant<Part, protocol::CommandOutcome> take(const protocol::SetCards& part);

    /// What the flash had.
    void restore(const Kept& kept) { kept_ = kept; }
    [[nodiscard]] const Kept& kept() const { return kept_; }

    /// The card's entry, or why it is none: clock_unknown, card_unknown, card_expired. The clock
    /// must be known to within `error_most`, or an expiry means nothing.
    static constexpr Millis error_most{60 * 60'000};
    struct Clock {
        UnixMillis at;
        Millis error;
    };
    [[nodiscard]] std::variant<protocol::OfflineCard, protocol::CommandOutcome>
    find(protocol::CardToken card, const std::optional<Clock>& clock) const;

private:
    Kept kept_{};
    /// The version that is being received, and its cards so far.
    Kept coming_{};
    std::uint32_t total_{0};
};

}  // namespace ks::core
