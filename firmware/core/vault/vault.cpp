#include "firmware/core/vault/vault.hpp"

#include "firmware/base/crc32c.hpp"

namespace ks::core {

namespace {

constexpr std::uint32_t magic = 0x4B53'5631;  // «KSV1»

}  // namespace

Vault::Vault(NorAccess nor, std::uint32_t first_sector) : nor_{nor}, first_sector_{first_sector}
{
    check(first_sector + sectors <= nor_.geometry().sectors);
    check(slots() > 0);
    next_slot_ = slots();
}

std::optional<PostState> Vault::load()
{
    std::optional<PostState> newest;
    for (std::uint32_t sector = 0; sector < sectors; ++sector) {
        for (std::uint32_t slot = 0; slot < slots(); ++slot) {
            const auto found = read_slot(sector, slot);
            blank_ = blank_ && !found.state && is_blank(sector, slot);
            if (!found.state || (newest && found.serial <= serial_)) continue;
            newest = found.state;
            serial_ = found.serial;
            sector_ = newest_sector_ = sector;
            next_slot_ = slot + 1;
        }
    }
    if (!newest) return std::nullopt;
    // Behind the newest copy may lie a torn one: it is stepped over, never written again.
    while (next_slot_ < slots() && !is_blank(sector_, next_slot_))
        ++next_slot_;
    return newest;
}

VaultSave Vault::save(const PostState& state)
{
    for (std::uint32_t tries = 0; tries < sectors * slots(); ++tries) {
        if (next_slot_ >= slots()) turn_over();
        const auto slot = next_slot_++;
        if (is_blank(sector_, slot) && write_slot(slot, state)) return VaultSave::saved;
    }
    return VaultSave::failed;
}

VaultSave Vault::save_twice(const PostState& state)
{
    if (save(state) == VaultSave::failed) return VaultSave::failed;
    turn_over();
    return save(state);
}

std::uint32_t Vault::address(std::uint32_t sector, std::uint32_t slot) const
{
    check(sector < sectors && slot < slots());
    return (first_sector_ + sector) * nor_.geometry().sector_size + slot * slot_size;
}

bool Vault::is_blank(std::uint32_t sector, std::uint32_t slot)
{
    SlotBytes bytes;
    if (nor_.read(address(sector, slot), bytes) != hal::NorResult::ok) return false;
    for (const auto byte : bytes)
        if (byte != std::byte{0xFF}) return false;
    return true;
}

Vault::Slot Vault::read_slot(std::uint32_t sector, std::uint32_t slot)
{
    SlotBytes bytes;
    if (nor_.read(address(sector, slot), bytes) != hal::NorResult::ok) return {};
    ByteReader reader{bytes};
    const auto mark = reader.u32_be();
    const auto serial = reader.u32_be();
    const auto body = reader.take(reader.u16_be());
    const auto covered = Bytes{bytes}.first(bytes.size() - reader.left());
    const auto crc = reader.u32_be();
    if (!reader.ok() || mark != magic || crc != crc32c(covered)) return {};
    return {.state = decode_post_state(body), .serial = serial};
}

bool Vault::write_slot(std::uint32_t slot, const PostState& state)
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

    // The serial is spent even when the slot turns out bad: a torn copy that reads whole one day
    // must not look as new as the one written after it.
    ++serial_;
    if (nor_.program(address(sector_, slot), bytes) != hal::NorResult::ok) return false;
    newest_sector_ = sector_;
    return true;
}

/// Erases the next sector of the ring and goes on there, never the one with the newest copy, which
/// a run of bad slots may have come round to. An erase that left a cell stuck is no reason to give
/// up: the slots that came out blank are still good.
void Vault::turn_over()
{
    sector_ = (sector_ + 1) % sectors;
    if (sector_ == newest_sector_) sector_ = (sector_ + 1) % sectors;
    next_slot_ = 0;
    static_cast<void>(nor_.erase(address(sector_, 0)));
}

}  // namespace ks::core
