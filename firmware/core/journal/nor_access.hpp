#pragma once

#include "firmware/hal/nor_flash.hpp"

namespace ks::core {

/// A flash chip with its type taken out, so that the journal is compiled once, and with doubt
/// added: nothing counts as programmed or erased until it was read back. The chip outlives it.
class NorAccess {
public:
    template <hal::NorFlash Flash>
    explicit NorAccess(Flash& flash)
        : chip_{&flash},
          geometry_{flash.geometry()},
          read_{[](void* chip, std::uint32_t address, std::span<std::byte> into) {
              return static_cast<Flash*>(chip)->read(address, into);
          }},
          program_{[](void* chip, std::uint32_t address, Bytes from) {
              return static_cast<Flash*>(chip)->program(address, from);
          }},
          erase_{[](void* chip, std::uint32_t address) {
              return static_cast<Flash*>(chip)->erase_sector(address);
          }}
    {}

    [[nodiscard]] const hal::NorGeometry& geometry() const { return geometry_; }

    [[nodiscard]] hal::NorResult read(std::uint32_t address, std::span<std::byte> into);

    /// Across pages if need be; ok only when every byte reads back as asked.
    [[nodiscard]] hal::NorResult program(std::uint32_t address, Bytes from);

    /// Ok only when every byte reads back as ones.
    [[nodiscard]] hal::NorResult erase(std::uint32_t sector_address);

private:
    [[nodiscard]] bool reads_back(std::uint32_t address, Bytes wanted);

    void* chip_;
    hal::NorGeometry geometry_;
    hal::NorResult (*read_)(void*, std::uint32_t, std::span<std::byte>);
    hal::NorResult (*program_)(void*, std::uint32_t, Bytes);
    hal::NorResult (*erase_)(void*, std::uint32_t);
};

}  // namespace ks::core
