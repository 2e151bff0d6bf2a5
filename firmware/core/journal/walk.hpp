#pragma once

#include "firmware/core/journal/layout.hpp"
#include "firmware/core/journal/nor_access.hpp"

namespace ks::core {

/// Goes through the entries of one sector in the order they were written. What is neither an entry
/// nor blank is stepped over word by word until the next valid header, so that one damaged record
/// costs one record; the number of steps is bounded by the sector's size.
class SectorWalk {
public:
    struct Found {
        EntryHeader header;
        std::uint32_t at;     // offset in the sector
        std::uint32_t after;  // where the next entry may begin
    };
    /// A run of bytes that is neither entry nor blank.
    struct Ruin {
        std::uint32_t begin;
        std::uint32_t end;
    };

    SectorWalk(NorAccess& nor, std::uint32_t sector_address, protocol::Lane lane,
               std::uint32_t from);

    [[nodiscard]] std::optional<Found> next();

    /// What was stepped over so far, and the last of it.
    [[nodiscard]] std::uint32_t ruins() const { return ruins_; }
    [[nodiscard]] std::uint32_t ruined_bytes() const { return ruined_bytes_; }
    [[nodiscard]] const Ruin& last_ruin() const { return last_; }

    /// Where the last thing that is not blank ends.
    [[nodiscard]] std::uint32_t used_end() const { return used_end_; }

private:
    void step_over_ruin();

    NorAccess* nor_;
    std::uint32_t base_;
    std::uint32_t at_;
    std::uint32_t end_;
    std::uint32_t used_end_;
    std::uint32_t ruins_{0};
    std::uint32_t ruined_bytes_{0};
    Ruin last_{};
    protocol::Lane lane_;
    enum class Ground : std::uint8_t { firm, ruined } ground_{Ground::firm};
};

/// Where entries begin and where they must have ended.
[[nodiscard]] constexpr std::uint32_t data_begin() { return stamp_size + header_size; }
[[nodiscard]] constexpr std::uint32_t data_end(std::uint32_t sector_size)
{
    return sector_size - header_size;
}

}  // namespace ks::core
