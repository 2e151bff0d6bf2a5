#pragma once

#include "firmware/core/journal/nor_access.hpp"
#include "firmware/core/vault/post_state.hpp"

namespace ks::core {

enum class VaultSave : std::uint8_t { saved, failed };

/// The post's state in two NOR sectors of its own, written slot after slot, so that the newest
/// whole copy always survives: a slot is only ever programmed when blank, and a sector is erased
/// only while the other one holds the newest copy.
///
/// Saves happen when a session starts or ends and at trips, some hundred a day: at sixteen slots a
/// sector that is under ten erases a day of each, against 100,000 (W25Q64, docs/sources.md).
class Vault {
public:
    static constexpr std::uint32_t sectors = 2;

    /// `first_sector` and the one behind it belong to the vault alone. The chip outlives it.
    Vault(NorAccess nor, std::uint32_t first_sector);

    /// The newest whole copy; nothing on a blank or ruined chip.
    [[nodiscard]] std::optional<PostState> load();

    /// Durable when it says so. On a bad slot the next one is tried, once round both sectors at
    /// most.
    [[nodiscard]] VaultSave save(const PostState& state);

private:
    static constexpr std::uint32_t slot_size = 256;
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
    std::uint32_t newest_sector_{1};
    std::uint32_t sector_{1};
    std::uint32_t next_slot_{0};
    std::uint32_t serial_{0};
};

}  // namespace ks::core
