#pragma once

#include "firmware/core/journal/nor_access.hpp"
#include "firmware/core/vault/post_state.hpp"

namespace ks::core {

enum class VaultSave : std::uint8_t { saved, failed };

/// The post's state in a ring of NOR sectors of its own, written slot after slot, so that the
/// newest whole copy always survives: a slot is only ever programmed when blank, and a sector is
/// erased only while another one holds the newest copy.
///
/// Saves happen when a session starts or ends and at trips, some hundred a day: at thirty-two slots
/// a round that is under ten erases a day of each sector, against 100,000 (W25Q64,
/// docs/sources.md).
class Vault {
public:
    static constexpr std::uint32_t sectors = 8;
    static_assert(sectors >= 2, "one holds the newest copy while another is erased");

    /// `first_sector` and those behind it belong to the vault alone. The chip outlives it.
    Vault(NorAccess nor, std::uint32_t first_sector);

    /// The newest whole copy; nothing on a blank or ruined chip.
    [[nodiscard]] std::optional<PostState> load();

    /// As `load` found it: nothing was ever written there. A ruined chip is not blank.
    [[nodiscard]] bool blank() const { return blank_; }

    /// Durable when it says so. On a bad slot the next one is tried, once round all sectors at
    /// most.
    [[nodiscard]] VaultSave save(const PostState& state);

    /// Two copies in two sectors, for what no later save repeats soon: new settings. Whatever
    /// damages one of them leaves the other (F-059).
    [[nodiscard]] VaultSave save_twice(const PostState& state);

private:
    static constexpr std::uint32_t slot_size = 1'024;
    static_assert(post_state_limit + 16 <= slot_size);

    using SlotBytes = std::array<std::byte, slot_size>;
    struct Slot {
        std::optional<PostState> state;
        std::uint32_t serial;
    };

    [[nodiscard]] std::uint32_t slots() const { return nor_.geometry().sector_size / slot_size; }
    [[nodiscard]] std::uint32_t address(std::uint32_t sector, std::uint32_t slot) const;
    [[nodiscard]] bool is_blank(std::uint32_t sector, std::uint32_t slot);
    [[nodiscard]] Slot read_slot(std::uint32_t sector, std::uint32_t slot);
    [[nodiscard]] bool write_slot(std::uint32_t slot, const PostState& state);
    void turn_over();

    NorAccess nor_;
    std::uint32_t first_sector_;
    std::uint32_t newest_sector_{sectors - 1};
    std::uint32_t sector_{sectors - 1};
    std::uint32_t next_slot_{0};
    std::uint32_t serial_{0};
    bool blank_{true};
};

}  // namespace ks::core
