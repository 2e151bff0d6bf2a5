#include "firmware/core/journal/walk.hpp"

namespace ks::core {

SectorWalk::SectorWalk(NorAccess& nor, std::uint32_t sector_address, protocol::Lane lane,
                       std::uint32_t from)
    : nor_{&nor},
      base_{sector_address},
      at_{from},
      end_{data_end(nor.geometry().sector_size)},
      used_end_{from},
      lane_{lane}
{
    check(from >= data_begin() && from % entry_alignment == 0);
}

std::optional<SectorWalk::Found> SectorWalk::next()
{
    EntryHeaderBytes bytes;
    const auto page = nor_->geometry().page_size;
    while (at_ + entry_header_size <= end_) {
        // No header lies across two pages.
        if (at_ % page + entry_header_size > page) {
            at_ = (at_ / page + 1) * page;
            continue;
        }
        if (nor_->read(base_ + at_, bytes) != hal::NorResult::ok) break;

        if (is_blank(bytes)) {
            // Blank ground is left by the page. Within a ruin it may be part of a damaged record,
            // with whole ones behind it.
            at_ = ground_ == Ground::ruined ? at_ + entry_alignment : (at_ / page + 1) * page;
            continue;
        }
        if (is_scrap(bytes)) {
            used_end_ = at_ + entry_header_size;
            at_ = (at_ / page + 1) * page;
            continue;
        }
        const auto header = decode_entry(base_ + at_, bytes);
        if (!header || header->lane != lane_ || at_ + entry_header_size + header->length > end_) {
            step_over_ruin();
            continue;
        }
        const auto at = at_;
        at_ = aligned(at + entry_header_size + header->length);
        used_end_ = at_;
        ground_ = Ground::firm;
        return Found{.header = *header, .at = at, .after = at_};
    }
    at_ = end_;
    return std::nullopt;
}

void SectorWalk::step_over_ruin()
{
    if (ground_ == Ground::firm) {
        ground_ = Ground::ruined;
        last_.begin = at_;
        ++ruins_;
    }
    at_ += entry_alignment;
    ruined_bytes_ += entry_alignment;
    last_.end = at_;
    used_end_ = at_;
}

}  // namespace ks::core
