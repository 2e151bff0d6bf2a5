#pragma once

#include "firmware/core/access/card_list.hpp"
#include "firmware/core/journal/nor_access.hpp"

namespace ks::core {

/// The offline list in two NOR sectors of its own, one copy each, the newer one counts. A sector is
/// erased only while the other holds a whole list. Written card by card, so that nothing of its
/// size ever lies on the stack.
class CardStore {
public:
    static constexpr std::uint32_t sectors = 2;

    CardStore(NorAccess nor, std::uint32_t first_sector);

    /// The newest whole list; an empty one on a blank or ruined chip, which accepts nobody.
    void load(CardList& list);
    enum class Saved : std::uint8_t { yes, no };
    [[nodiscard]] Saved save(const CardList& list);

private:
    static constexpr std::size_t head_size = 28;
    static constexpr std::size_t card_size = 32;
    static_assert(head_size + card_size * protocol::offline_cards_most <= 4'096);

    struct Head {
        std::uint32_t serial;
        std::uint32_t version;
        UnixMillis good_until;
        std::uint16_t count;
    };
    [[nodiscard]] std::uint32_t address(std::uint32_t sector, std::size_t offset) const;
    [[nodiscard]] std::optional<Head> head_of(std::uint32_t sector);
    [[nodiscard]] bool read(std::uint32_t sector, const Head& head, CardList::Kept& into);

    NorAccess nor_;
    std::uint32_t first_sector_;
    std::uint32_t newest_{1};
    std::uint32_t serial_{0};
};

}  // namespace ks::core
