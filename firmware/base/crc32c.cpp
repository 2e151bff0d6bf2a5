#include "firmware/base/crc32c.hpp"

#include <array>

namespace ks {

namespace {

constexpr std::uint32_t reflected_polynomial = 0x82F6'3B78;

// Sixteen entries instead of 256: 64 bytes of flash, and the journal is bounded by the NOR chip.
constexpr auto table = [] {
    std::array<std::uint32_t, 16> entries{};
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 4; ++bit)
            value = (value & 1) != 0 ? value >> 1 ^ reflected_polynomial : value >> 1;
        entries[i] = value;
    }
    return entries;
}();

}  // namespace

std::uint32_t crc32c(Bytes bytes, std::uint32_t so_far)
{
    std::uint32_t crc = ~so_far;
    for (const auto byte : bytes) {
        crc ^= std::to_integer<std::uint32_t>(byte);
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

std::uint32_t crc32c(Bytes bytes) { return crc32c(bytes, 0); }

}  // namespace ks
