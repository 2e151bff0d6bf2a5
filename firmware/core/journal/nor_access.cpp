#include "firmware/core/journal/nor_access.hpp"

#include <array>

namespace ks::core {

namespace {

constexpr int read_attempts = 3;  // a bus error is transient as a rule; a dead chip is not
constexpr std::size_t compare_chunk = 64;

}  // namespace

hal::NorResult NorAccess::read(std::uint32_t address, std::span<std::byte> into)
{
    if (into.empty()) return hal::NorResult::ok;
    for (int attempt = 0; attempt < read_attempts; ++attempt)
        if (read_(chip_, address, into) == hal::NorResult::ok) return hal::NorResult::ok;
    return hal::NorResult::failed;
}

hal::NorResult NorAccess::program(std::uint32_t address, Bytes from)
{
    auto at = address;
    for (auto left = from; !left.empty();) {
        const auto to_page_end = geometry_.page_size - at % geometry_.page_size;
        const auto chunk = left.first(std::min<std::size_t>(left.size(), to_page_end));
        if (program_(chip_, at, chunk) != hal::NorResult::ok) return hal::NorResult::failed;
        at += static_cast<std::uint32_t>(chunk.size());
        left = left.subspan(chunk.size());
    }
    return reads_back(address, from) ? hal::NorResult::ok : hal::NorResult::failed;
}

hal::NorResult NorAccess::erase(std::uint32_t sector_address)
{
    if (erase_(chip_, sector_address) != hal::NorResult::ok) return hal::NorResult::failed;
    std::array<std::byte, compare_chunk> ones;
    ones.fill(std::byte{0xFF});
    for (std::uint32_t at = 0; at < geometry_.sector_size; at += compare_chunk) {
        const auto left = std::min<std::size_t>(compare_chunk, geometry_.sector_size - at);
        if (!reads_back(sector_address + at, Bytes{ones}.first(left)))
            return hal::NorResult::failed;
    }
    return hal::NorResult::ok;
}

bool NorAccess::reads_back(std::uint32_t address, Bytes wanted)
{
    std::array<std::byte, compare_chunk> room;
    while (!wanted.empty()) {
        const auto chunk = std::span{room}.first(std::min(wanted.size(), room.size()));
        if (read(address, chunk) != hal::NorResult::ok) return false;
        if (!equal(chunk, wanted.first(chunk.size()))) return false;
        address += static_cast<std::uint32_t>(chunk.size());
        wanted = wanted.subspan(chunk.size());
    }
    return true;
}

}  // namespace ks::core
