#pragma once

#include "firmware/base/crc32c.hpp"
#include "firmware/core/vault/post_state.hpp"
#include "firmware/hal/nor_flash.hpp"

namespace ks::core {

enum class VaultSave : std::uint8_t { saved, failed };

/// The post's state in two NOR sectors of its own, written slot after slot, so that the newest
/// whole copy always survives: a slot is only ever programmed when blank, and a sector is erased
/// only while the other one holds the newest copy.
///
/// Saves happen when a session starts or ends and at trips, some hundred a day: at sixteen slots a
/// sector that is under ten erases a day of each, against 100,000 (W25Q64 data sheet, endurance).
template <hal::NorFlash Flash>
class Vault {
public:
    static constexpr std::uint32_t sectors = 2;

    /// `first_sector` and the one behind it belong to the vault alone.
    Vault(Flash& flash, std::uint32_t first_sector)
        : flash_{&flash},
          sector_size_{flash.geometry().sector_size},
          base_{first_sector * flash.geometry().sector_size}
    {
        check(first_sector + sectors <= flash.geometry().sectors);
        check(sector_size_ >= slot_size && flash.geometry().page_size >= slot_size);
    }

    /// The newest whole copy; nothing on a blank or ruined chip.
    [[nodiscard]] std::optional<PostState> load()
    {
        std::optional<PostState> newest;
        for (std::uint32_t sector = 0; sector < sectors; ++sector) {
            for (std::uint32_t slot = 0; slot < slots(); ++slot) {
                const auto found = read_slot(sector, slot);
                if (!found.state || (newest && found.serial <= serial_)) continue;
                newest = found.state;
                serial_ = found.serial;
                sector_ = newest_sector_ = sector;
                next_slot_ = slot + 1;
            }
        }
        // Behind the newest copy may lie a torn one: it is stepped over, never written again.
        while (newest && next_slot_ < slots() && !is_blank(sector_, next_slot_))
            ++next_slot_;
        if (!newest) next_slot_ = slots();
        return newest;
    }

    /// Durable when it says so: read back and compared. On a bad slot the next one is tried, once
    /// round both sectors at most.
    [[nodiscard]] VaultSave save(const PostState& state)
    {
        for (std::uint32_t tries = 0; tries <= 2 * slots(); ++tries) {
            if (next_slot_ >= slots() && !turn_over()) continue;
            const auto slot = next_slot_++;
            if (write_slot(slot, state)) return VaultSave::saved;
        }
        return VaultSave::failed;
    }

private:
    static constexpr std::uint32_t slot_size = 256;
    static constexpr std::uint32_t magic = 0x4B53'5631;  // «KSV1»

    struct Slot {
        std::optional<PostState> state;
        std::uint32_t serial;
    };
    using SlotBytes = std::array<std::byte, slot_size>;
    static_assert(post_state_limit + 16 <= slot_size);

    [[nodiscard]] std::uint32_t slots() const { return sector_size_ / slot_size; }
    [[nodiscard]] std::uint32_t address(std::uint32_t sector, std::uint32_t slot) const
    {
        return base_ + sector * sector_size_ + slot * slot_size;
    }

    [[nodiscard]] bool is_blank(std::uint32_t sector, std::uint32_t slot)
    {
        SlotBytes bytes;
        if (flash_->read(address(sector, slot), bytes) != hal::NorResult::ok) return false;
        for (const auto byte : bytes)
            if (byte != std::byte{0xFF}) return false;
        return true;
    }

    [[nodiscard]] Slot read_slot(std::uint32_t sector, std::uint32_t slot)
    {
        SlotBytes bytes;
        if (flash_->read(address(sector, slot), bytes) != hal::NorResult::ok) return {};
        ByteReader reader{bytes};
        if (reader.u32_be() != magic) return {};
        const auto serial = reader.u32_be();
        const auto body = reader.take(reader.u16_be());
        const auto whole = Bytes{bytes}.first(bytes.size() - reader.left());
        if (!reader.ok() || reader.u32_be() != crc32c(whole) || !reader.ok()) return {};
        return {.state = decode_post_state(body), .serial = serial};
    }

    [[nodiscard]] bool write_slot(std::uint32_t slot, const PostState& state)
    {
        SlotBytes bytes;
        bytes.fill(std::byte{0xFF});
        ByteWriter writer{bytes};
        const auto body = encode(state);
        writer.u32_be(magic);
        writer.u32_be(serial_ + 1);
        writer.u16_be(static_cast<std::uint16_t>(body.size()));
        writer.put(body.view());
        writer.u32_be(crc32c(writer.written()));
        check(writer.ok());

        if (flash_->program(address(sector_, slot), bytes) != hal::NorResult::ok) return false;
        const auto back = read_slot(sector_, slot);
        if (!back.state || back.serial != serial_ + 1 || *back.state != state) return false;
        ++serial_;
        newest_sector_ = sector_;
        return true;
    }

    /// Erases the sector that does not hold the newest copy and goes on there. After a run of bad
    /// slots that may be the one just written, never the one with the copy.
    [[nodiscard]] bool turn_over()
    {
        const auto other = 1 - newest_sector_;
        if (flash_->erase_sector(address(other, 0)) != hal::NorResult::ok) return false;
        sector_ = other;
        next_slot_ = 0;
        return true;
    }

    Flash* flash_;
    std::uint32_t sector_size_;
    std::uint32_t base_;
    std::uint32_t newest_sector_{1};
    std::uint32_t sector_{1};
    std::uint32_t next_slot_{0};
    std::uint32_t serial_{0};
};

}  // namespace ks::core
