#pragma once

#include "firmware/base/result.hpp"
#include "firmware/core/journal/journal_words.hpp"
#include "firmware/core/journal/layout.hpp"
#include "firmware/core/journal/nor_access.hpp"
#include "firmware/core/journal/sector_index.hpp"
#include "firmware/core/journal/space.hpp"
#include "firmware/core/journal/walk.hpp"

namespace ks::core {

/// The RAM a journal needs for its sectors; the owner keeps it beside the journal.
template <std::size_t most_sectors>
struct JournalIndex {
    static_assert(most_sectors >= least_sectors && most_sectors < 0xFFFF);
    std::array<SectorInfo, most_sectors> sectors;
};

/// A post's store of records: three lanes in one run of NOR sectors (D5). What `append` returned
/// for is there after any power cut, byte for byte, until it was acknowledged or a GAP record
/// that says it is lost became durable first. SPEC.md has the bytes and the proof.
///
/// One context only (the rest). `mount` comes first; flash and index outlive the journal. The
/// journal chains nothing itself: the last 16 bytes of a record are its digest, and of the record
/// before the first one it knows none and answers zeros.
class Journal {
public:
    template <hal::NorFlash Flash, std::size_t most_sectors>
    Journal(Flash& flash, const SectorRange& range, JournalIndex<most_sectors>& index)
        : Journal{NorAccess{flash}, range, std::span{index.sectors}}
    {}

    /// Reads every sector's header and the newest sector of each lane, completes or discards what
    /// a power cut left half done, and counts the boot. Without a writable flash nothing can be
    /// appended, and the report says so.
    MountReport mount();

    /// Higher than any number an earlier mount gave, durable before `mount` returned if the report
    /// says ready.
    [[nodiscard]] std::uint32_t boot_count() const { return checkpoint_.boot; }

    /// The sequence the lane's next record gets; from 1.
    [[nodiscard]] std::uint64_t next_seq(protocol::Lane lane) const { return at(lane).next; }
    /// The first sequence still held; `next_seq` when the lane holds none.
    [[nodiscard]] std::uint64_t oldest(protocol::Lane lane) const { return at(lane).oldest; }
    [[nodiscard]] std::uint64_t acked(protocol::Lane lane) const { return at(lane).acked; }

    /// Digest of the record before `next_seq`; zeros before the first, and after damage to the
    /// newest record's header, which the mount reported as a broken chain.
    [[nodiscard]] protocol::ChainDigest head_digest(protocol::Lane lane) const
    {
        return at(lane).head;
    }
    /// Digest of the record before `oldest`; zeros before the first.
    [[nodiscard]] protocol::ChainDigest digest_before_oldest(protocol::Lane lane) const
    {
        return at(lane).before_oldest;
    }
    [[nodiscard]] Fill fill() const;

    /// Durable and read back when it gives the sequence, which is what `next_seq` was. On any
    /// refusal the lane is as it was.
    Result<std::uint64_t, AppendRefusal> append(protocol::Lane lane, Bytes record);

    /// What must be declared lost before a record of any size is sure to find room in `lane`.
    /// Ask before making the record, since the GAP record may take its sequence; repeat until
    /// there is nothing to declare (twice at most on a healthy chip).
    [[nodiscard]] std::optional<GapToDeclare> gap_needed(protocol::Lane lane);

    /// Appends the GAP record to `gap.lane`; only then, and only if that worked, gives up the
    /// records it speaks of.
    Result<std::uint64_t, AppendRefusal> append_gap(const GapToDeclare& gap, Bytes record);

    /// The unacknowledged records a lane no longer holds, if any: what a GAP record in the lane
    /// declares, or will again.
    [[nodiscard]] std::optional<GapToDeclare> lost(protocol::Lane lane) const;

    /// Gives the record's size. `into` has room for `protocol::record_limit`. Reading in order is
    /// cheap; each step back costs a walk through a sector.
    Result<std::size_t, ReadRefusal> read(protocol::Lane lane, std::uint64_t seq,
                                          std::span<std::byte> into);

    /// Often known even where `read` says damaged, so that the chain verifies across the damage.
    Result<protocol::ChainDigest, ReadRefusal> digest_of(protocol::Lane lane, std::uint64_t seq);

    /// The edge has made everything up to here durable. Remembered at once, made durable now and
    /// then: after a reboot it may be older than the truth, never newer.
    Result<Done, AckRefusal> acknowledge(protocol::Lane lane, std::uint64_t upto);

    /// At most one erase, for idle times, so that an append finds a sector erased beforehand.
    Tidied tidy();

private:
    using Sector = SectorIndex::Sector;
    struct Cursor {
        Sector sector;
        std::uint32_t serial;
        std::uint32_t offset;
        std::uint32_t seq;    // the next one from `offset` on; 0 when the cursor points nowhere
        std::uint32_t until;  // first sequence of the sector behind
    };
    struct LaneState {
        std::uint32_t next{1};
        std::uint32_t oldest{1};
        std::uint32_t acked{0};
        std::uint32_t marked{0};    // of `acked`, what is durable
        std::uint32_t declared{0};  // the last sequence that a gap found at mount declares lost
        protocol::ChainDigest head{};
        protocol::ChainDigest before_oldest{};
        std::optional<Sector> newest;
        std::uint32_t write_at{0};
        Cursor cursor{};
    };

    Journal(NorAccess nor, const SectorRange& range, std::span<SectorInfo> index);

    // mount.cpp
    void scan(Sector sector, MountReport& report);
    [[nodiscard]] SectorState judge(Sector sector, MountReport& report);
    [[nodiscard]] SectorState adopt(Sector sector, const SectorHeader& header);
    void settle(protocol::Lane lane);
    [[nodiscard]] MountState count_boot();

    // recover.cpp
    void adopt(protocol::Lane lane, MountReport& report);
    void release_twins(Sector sector);
    [[nodiscard]] std::optional<SectorHeader> mend_header(Sector sector);
    void replay(protocol::Lane lane, MountReport& report);
    void learn(Sector sector, const SectorWalk::Found& mark, MountReport& report);
    [[nodiscard]] std::uint32_t declared_by(Sector sector, const SectorWalk::Found& gap);
    void carry_out_gap(protocol::Lane lane);
    [[nodiscard]] bool was_record(Sector sector, const SectorWalk::Ruin& ruin);

    // sectors.cpp
    [[nodiscard]] std::uint32_t address(Sector sector) const;
    [[nodiscard]] std::optional<SectorHeader> header_of(Sector sector);
    [[nodiscard]] bool write_header(Sector sector, const SectorHeader& header);
    [[nodiscard]] bool prepare(Sector sector);
    [[nodiscard]] bool open_sector(protocol::Lane lane);
    [[nodiscard]] bool mark_dead(Sector sector);
    void release(Sector sector);
    void retire(Sector sector);
    void distrust(Sector sector);
    void refresh_oldest(protocol::Lane lane);
    [[nodiscard]] std::optional<Sector> oldest_reclaimable() const;
    void replenish();
    [[nodiscard]] Room room() const;
    void take_stock();
    [[nodiscard]] std::uint32_t reclaimable(protocol::Lane lane) const;

    // append.cpp
    [[nodiscard]] std::optional<std::uint32_t> place(protocol::Lane lane, std::size_t body) const;
    [[nodiscard]] bool write_entry(protocol::Lane lane, EntryHeader header, Bytes body);
    [[nodiscard]] bool write_mark(protocol::Lane lane);
    [[nodiscard]] std::optional<AppendRefusal> make_room(protocol::Lane lane, std::size_t body,
                                                         EntryKind kind);
    Result<std::uint64_t, AppendRefusal> append_entry(protocol::Lane lane, EntryKind kind,
                                                      Bytes body,
                                                      const protocol::ChainDigest& digest);
    void seal(protocol::Lane lane);
    void distrust_newest(protocol::Lane lane);

    // gaps.cpp
    void resolve_marks();
    [[nodiscard]] std::optional<Sector> victim(protocol::Lane lane) const;
    [[nodiscard]] std::optional<GapToDeclare> gap_of(protocol::Lane lane);

    // read.cpp
    Result<SectorWalk::Found, ReadRefusal> locate(protocol::Lane lane, std::uint64_t seq,
                                                  Cursor& cursor);

    [[nodiscard]] LaneState& at(protocol::Lane lane)
    {
        return lanes_[static_cast<std::size_t>(lane)];
    }
    [[nodiscard]] const LaneState& at(protocol::Lane lane) const
    {
        return lanes_[static_cast<std::size_t>(lane)];
    }
    [[nodiscard]] LaneMark& mark(protocol::Lane lane)
    {
        return checkpoint_.lanes[static_cast<std::size_t>(lane)];
    }

    NorAccess nor_;
    std::uint32_t base_;  // address of the first sector
    SectorIndex index_;
    Reserves reserves_;
    std::array<LaneState, protocol::lane_count> lanes_{};
    Checkpoint checkpoint_{};
    std::uint32_t serial_{0};
    Sector rover_{0};
    std::uint32_t lost_erases_{0};     // what a sector without a stamp is taken to have suffered
    std::uint32_t doubtful_marks_{0};  // at most so many marks became unreadable
    enum class Spares : std::uint8_t { whole, used_up } spares_{Spares::whole};
    enum class Readiness : std::uint8_t { unmounted, refused, ready } readiness_;
};

static_assert(sizeof(Journal) + sizeof(JournalIndex<2'048>) <= 32 * 1'024,
              "a journal over a W25Q64 fits its RAM budget");

}  // namespace ks::core
