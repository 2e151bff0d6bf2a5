#pragma once

#include "firmware/core/journal/journal.hpp"
#include "sim/chips/nor_flash.hpp"

#include <cstring>
#include <map>
#include <string>
#include <vector>

// A journal over a simulated chip, and an independent notion of what it must hold.
namespace ks::test {

using protocol::ChainDigest;
using protocol::Lane;
using Record = std::vector<std::byte>;

inline constexpr hal::NorGeometry small_chip{.sector_size = 1'024, .sectors = 12, .page_size = 128};

/// A record of `size` bytes that no other (lane, seq, salt) has.
[[nodiscard]] inline Record record_of(Lane lane, std::uint64_t seq, std::uint64_t salt,
                                      std::size_t size)
{
    std::mt19937_64 random{seq * 4'096 + salt * 4 + static_cast<std::uint64_t>(lane) + 1};
    Record record(size);
    for (auto& byte : record)
        byte = static_cast<std::byte>(random());
    record[0] = std::byte{'R'};
    return record;
}

[[nodiscard]] inline ChainDigest digest_of(const Record& record)
{
    ChainDigest digest{};
    std::copy(record.end() - static_cast<std::ptrdiff_t>(digest.size()), record.end(),
              digest.begin());
    return digest;
}

/// A gap record of about the protocol's size.
[[nodiscard]] inline Record gap_record(const core::GapToDeclare& gap, std::uint64_t seq)
{
    Record record = record_of(gap.lane, seq, 999, 110);
    ByteWriter writer{record};
    writer.u8('G');
    writer.u64_be(gap.from);
    writer.u64_be(gap.to);
    writer.put(gap.before);
    writer.put(gap.last);
    check(writer.ok());
    return record;
}

[[nodiscard]] inline std::optional<core::GapToDeclare> gap_in(Lane lane, const Record& record)
{
    ByteReader reader{record};
    if (reader.u8() != 'G') return std::nullopt;
    core::GapToDeclare gap{.lane = lane, .from = 0, .to = 0, .before = {}, .last = {}};
    gap.from = reader.u64_be();
    gap.to = reader.u64_be();
    for (auto* digest : {&gap.before, &gap.last}) {
        const auto bytes = reader.take(digest->size());
        std::copy(bytes.begin(), bytes.end(), digest->begin());
    }
    return gap;
}

/// One boot's journal over a chip that outlives it.
struct Boot {
    explicit Boot(sim::NorFlash& flash)
        : Boot{flash, core::SectorRange{.first = 0, .count = flash.geometry().sectors}}
    {}
    Boot(sim::NorFlash& flash, const core::SectorRange& range)
        : journal{flash, range, index}, report{journal.mount()}
    {}

    [[nodiscard]] std::optional<Record> read(Lane lane, std::uint64_t seq)
    {
        std::array<std::byte, protocol::record_limit> room;
        const auto size = journal.read(lane, seq, room);
        if (!size) return std::nullopt;
        return Record{room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*size)};
    }

    core::JournalIndex<64> index{};
    core::Journal journal;
    core::MountReport report;
};

/// What has happened to a chip, kept outside of it, over any number of boots.
class Truth {
public:
    /// Appends as a post does: declares what has to go, then writes. Nothing when refused.
    std::optional<core::AppendRefusal> append(core::Journal& journal, Lane lane, std::size_t size)
    {
        for (int round = 0; round < most_gaps; ++round) {
            const auto gap = journal.gap_needed(lane);
            if (!gap) break;
            const auto declared = gap_record(*gap, journal.next_seq(gap->lane));
            under_way_ = UnderWay{gap->lane, journal.next_seq(gap->lane), declared};
            const auto refused = settle(journal.append_gap(*gap, declared));
            if (refused) return refused;
        }
        const auto seq = journal.next_seq(lane);
        const auto record = record_of(lane, seq, ++salt_, size);
        under_way_ = UnderWay{lane, seq, record};
        return settle(journal.append(lane, record));
    }

    void acknowledge(core::Journal& journal, Lane lane, std::uint64_t upto)
    {
        auto& acked = acked_[index(lane)];
        acked = std::max(acked, upto);
        static_cast<void>(journal.acknowledge(lane, upto));
    }

    /// The first thing that is wrong with a freshly mounted journal; empty when all is well. An
    /// append that was under way may be there, whole, or not.
    [[nodiscard]] std::string judge(Boot& boot);

    [[nodiscard]] std::uint64_t last(Lane lane) const
    {
        const auto& records = records_[index(lane)];
        return records.empty() ? 0 : records.rbegin()->first;
    }
    [[nodiscard]] const Record& record(Lane lane, std::uint64_t seq) const
    {
        return records_[index(lane)].at(seq);
    }
    [[nodiscard]] std::uint64_t acked(Lane lane) const { return acked_[index(lane)]; }

private:
    static constexpr int most_gaps = 8;

    struct UnderWay {
        Lane lane;
        std::uint64_t seq;
        Record record;
    };

    [[nodiscard]] static std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

    template <class Appended>
    std::optional<core::AppendRefusal> settle(const Appended& appended)
    {
        if (!appended) return appended.reason();
        check(*appended == under_way_->seq);
        records_[index(under_way_->lane)][*appended] = under_way_->record;
        under_way_.reset();
        return std::nullopt;
    }

    [[nodiscard]] std::string judge(Boot& boot, Lane lane);
    [[nodiscard]] std::string judge_losses(Boot& boot, Lane lane) const;
    [[nodiscard]] ChainDigest digest(Lane lane, std::uint64_t seq) const
    {
        return seq == 0 ? ChainDigest{} : digest_of(record(lane, seq));
    }

    std::array<std::map<std::uint64_t, Record>, protocol::lane_count> records_;
    std::array<std::uint64_t, protocol::lane_count> acked_{};
    std::optional<UnderWay> under_way_;
    std::uint32_t boot_{0};
    std::uint64_t salt_{0};
};

inline std::string Truth::judge(Boot& boot)
{
    if (boot.report.state != core::MountState::ready) return "not ready";
    if (boot.journal.boot_count() <= boot_) return "boot count repeated";
    boot_ = boot.journal.boot_count();
    for (const auto lane : protocol::all_lanes) {
        const auto wrong = judge(boot, lane);
        if (!wrong.empty()) return wrong + " in lane " + std::to_string(index(lane));
    }
    under_way_.reset();
    return {};
}

inline std::string Truth::judge(Boot& boot, Lane lane)
{
    auto& journal = boot.journal;
    if (under_way_ && under_way_->lane == lane && journal.next_seq(lane) == under_way_->seq + 1)
        records_[index(lane)][under_way_->seq] = under_way_->record;
    if (journal.next_seq(lane) != last(lane) + 1)
        return "next is " + std::to_string(journal.next_seq(lane)) + " after " +
               std::to_string(last(lane));
    if (journal.acked(lane) > acked(lane)) return "acknowledged what nobody did";
    if (journal.head_digest(lane) != digest(lane, last(lane))) return "wrong head digest";
    if (journal.digest_before_oldest(lane) != digest(lane, journal.oldest(lane) - 1))
        return "wrong digest before the oldest";
    for (auto seq = journal.oldest(lane); seq <= last(lane); ++seq)
        if (boot.read(lane, seq) != record(lane, seq)) return "record " + std::to_string(seq);
    return judge_losses(boot, lane);
}

inline std::string Truth::judge_losses(Boot& boot, Lane lane) const
{
    auto& journal = boot.journal;
    auto missing = acked(lane) + 1;
    if (missing >= journal.oldest(lane)) return {};
    if (lane == Lane::alarm) return "an alarm was given up";
    for (auto seq = journal.oldest(lane); seq <= last(lane); ++seq) {
        const auto gap = gap_in(lane, record(lane, seq));
        if (!gap) continue;
        if (gap->before != digest(lane, gap->from - 1)) return "gap with a wrong digest before";
        if (gap->last != digest(lane, gap->to)) return "gap with a wrong last digest";
        if (gap->from <= missing) missing = std::max(missing, gap->to + 1);
    }
    if (missing < journal.oldest(lane)) return "undeclared loss of " + std::to_string(missing);
    return {};
}

}  // namespace ks::test
