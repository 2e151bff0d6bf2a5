#pragma once

#include "firmware/protocol/lane.hpp"

#include <optional>
#include <span>

namespace ks::core {

enum class SectorState : std::uint8_t {
    dirty,    // free, to be erased before use
    clean,    // free, erased and stamped
    live,     // holds records of one lane
    retired,  // failed; never used again
};

/// What RAM knows of one sector. Sequences of a chip in its first life span far less than 2³¹.
struct SectorInfo {
    std::uint32_t first_seq;
    std::uint32_t serial;
    std::uint32_t erases : 24;
    std::uint32_t state : 3;
    std::uint32_t lane : 2;
    std::uint32_t worn : 1;  // failed while it held records: retired once they are given up
};
static_assert(sizeof(SectorInfo) == 12, "twelve bytes of RAM per sector are the budget");

/// Which sector holds what. Every question is answered by one pass over the table: at 2,048
/// sectors that is some 20,000 instructions, asked once per sector of records.
class SectorIndex {
public:
    using Sector = std::uint16_t;

    explicit SectorIndex(std::span<SectorInfo> sectors) : sectors_{sectors} {}

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(sectors_.size()); }
    [[nodiscard]] SectorInfo& operator[](Sector sector) { return sectors_[sector]; }
    [[nodiscard]] const SectorInfo& operator[](Sector sector) const { return sectors_[sector]; }

    [[nodiscard]] SectorState state(Sector sector) const
    {
        return static_cast<SectorState>(sectors_[sector].state);
    }
    void set_state(Sector sector, SectorState state);
    void set_erases(Sector sector, std::uint32_t erases);

    [[nodiscard]] std::uint32_t count(SectorState state) const;
    [[nodiscard]] std::uint32_t most_erases() const;

    /// The live sector of a lane with the lowest or highest first sequence; of two with the same
    /// the later opened counts as the higher.
    [[nodiscard]] std::optional<Sector> oldest(protocol::Lane lane) const;
    [[nodiscard]] std::optional<Sector> newest(protocol::Lane lane) const;

    /// The sector of a lane that must hold `seq`, if any does: the last that begins at or before.
    [[nodiscard]] std::optional<Sector> holding(protocol::Lane lane, std::uint32_t seq) const;

    /// The sector of a lane that begins next after the sequence `first_seq`.
    [[nodiscard]] std::optional<Sector> after(protocol::Lane lane, std::uint32_t first_seq) const;

    /// How many live sectors of a lane begin before `seq`.
    [[nodiscard]] std::uint32_t live_before(protocol::Lane lane, std::uint32_t seq) const;

    /// The least worn sector in this state; among equals the first behind `rover`, so that use
    /// goes round the chip.
    [[nodiscard]] std::optional<Sector> least_worn(SectorState state, Sector rover) const;

private:
    [[nodiscard]] bool is_live(Sector sector, protocol::Lane lane) const;

    std::span<SectorInfo> sectors_;
};

}  // namespace ks::core
