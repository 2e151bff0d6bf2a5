#include "firmware/core/journal/sector_index.hpp"

#include "firmware/base/check.hpp"

#include <algorithm>

namespace ks::core {

namespace {

constexpr std::uint32_t most_erases_kept = (1U << 24U) - 1;

}  // namespace

void SectorIndex::set_state(Sector sector, SectorState state)
{
    check(sector < sectors_.size());
    sectors_[sector].state = static_cast<std::uint32_t>(state) & 7U;
}

void SectorIndex::set_erases(Sector sector, std::uint32_t erases)
{
    check(sector < sectors_.size());
    sectors_[sector].erases = std::min(erases, most_erases_kept) & most_erases_kept;
}

bool SectorIndex::is_live(Sector sector, protocol::Lane lane) const
{
    return state(sector) == SectorState::live &&
           sectors_[sector].lane == static_cast<std::uint32_t>(lane);
}

std::uint32_t SectorIndex::count(SectorState wanted) const
{
    std::uint32_t found = 0;
    for (Sector i = 0; i < sectors_.size(); ++i)
        if (state(i) == wanted) ++found;
    return found;
}

std::uint32_t SectorIndex::most_erases() const
{
    std::uint32_t most = 0;
    for (const auto& sector : sectors_)
        most = std::max<std::uint32_t>(most, sector.erases);
    return most;
}

std::optional<SectorIndex::Sector> SectorIndex::oldest(protocol::Lane lane) const
{
    return after(lane, 0);
}

std::optional<SectorIndex::Sector> SectorIndex::newest(protocol::Lane lane) const
{
    return holding(lane, 0xFFFF'FFFF);
}

std::optional<SectorIndex::Sector> SectorIndex::holding(protocol::Lane lane,
                                                        std::uint32_t seq) const
{
    std::optional<Sector> best;
    for (Sector i = 0; i < sectors_.size(); ++i) {
        if (!is_live(i, lane) || sectors_[i].first_seq > seq) continue;
        if (best) {
            const auto& so_far = sectors_[*best];
            if (sectors_[i].first_seq < so_far.first_seq) continue;
            if (sectors_[i].first_seq == so_far.first_seq && sectors_[i].serial < so_far.serial)
                continue;
        }
        best = i;
    }
    return best;
}

std::optional<SectorIndex::Sector> SectorIndex::after(protocol::Lane lane,
                                                      std::uint32_t first_seq) const
{
    std::optional<Sector> best;
    for (Sector i = 0; i < sectors_.size(); ++i) {
        if (!is_live(i, lane) || sectors_[i].first_seq <= first_seq) continue;
        if (!best || sectors_[i].first_seq < sectors_[*best].first_seq) best = i;
    }
    return best;
}

std::uint32_t SectorIndex::live_before(protocol::Lane lane, std::uint32_t seq) const
{
    std::uint32_t found = 0;
    for (Sector i = 0; i < sectors_.size(); ++i)
        if (is_live(i, lane) && sectors_[i].first_seq < seq) ++found;
    return found;
}

std::optional<SectorIndex::Sector> SectorIndex::least_worn(SectorState wanted, Sector rover) const
{
    std::optional<Sector> best;
    for (std::size_t step = 1; step <= sectors_.size(); ++step) {
        const auto i = static_cast<Sector>((rover + step) % sectors_.size());
        if (state(i) == wanted && (!best || sectors_[i].erases < sectors_[*best].erases)) best = i;
    }
    return best;
}

}  // namespace ks::core
