#pragma once

#include "firmware/base/bytes.hpp"

#include <concepts>

namespace ks::hal {

enum class NorResult : std::uint8_t { ok, failed };

/// Sizes in bytes; W25Q64: sectors of 4,096, pages of 256, 2,048 sectors.
struct NorGeometry {
    std::uint32_t sector_size;
    std::uint32_t sectors;
    std::uint32_t page_size;
};

/// Serial NOR flash. A program can only turn ones into zeros and stays inside one page; an erase
/// turns one sector to ones. Power may fail inside either: then any subset of the bits concerned
/// has changed. Calls return when the chip is ready again or has failed.
template <class F>
concept NorFlash = requires(F& flash, std::uint32_t address, std::span<std::byte> into, Bytes from)
{
    requires std::same_as<decltype(flash.geometry()), NorGeometry>;
    requires std::same_as<decltype(flash.read(address, into)), NorResult>;
    requires std::same_as<decltype(flash.program(address, from)), NorResult>;
    requires std::same_as<decltype(flash.erase_sector(address)), NorResult>;
};

}  // namespace ks::hal
