#include "sim/world/log_book.hpp"

#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/names.hpp"

#include <algorithm>
#include <utility>

namespace ks::sim {

namespace {

constexpr std::size_t page = 500;

[[noreturn]] void broken(const std::string& what) { throw BrokenChain{what}; }

}  // namespace

std::string told(const LaneOf& of)
{
    return of.post + ' ' + std::string{protocol::name_of(of.lane)};
}

void TruthBook::durable(const LaneOf& lane, std::uint64_t seq,
                        const std::optional<protocol::ChainDigest>& digest)
{
    auto& known = lanes_[lane];
    if (seq != known.size() + 1)
        broken(told(lane) + ": record " + std::to_string(seq) + " became durable after record " +
               std::to_string(known.size()));
    known.push_back(digest);
}

std::uint64_t TruthBook::upto(const LaneOf& lane) const
{
    const auto known = lanes_.find(lane);
    return known == lanes_.end() ? 0 : known->second.size();
}

std::optional<protocol::ChainDigest> TruthBook::digest(const LaneOf& lane, std::uint64_t seq) const
{
    const auto known = lanes_.find(lane);
    if (known == lanes_.end() || seq < 1 || seq > known->second.size()) return std::nullopt;
    return known->second[seq - 1];
}

void LogBook::open(const std::string& path)
{
    reader_.emplace(path);
    const auto before = std::exchange(lanes_, {});
    read_.clear();
    names_.clear();
    gaps_.clear();
    rows_ = 0;
    read_on();
    for (const auto& [lane, upto] : before)
        if (this->upto(lane) < upto)
            broken(told(lane) + ": the log had all up to " + std::to_string(upto) +
                   " and opened again with " + std::to_string(this->upto(lane)));
}

void LogBook::read_on()
{
    using Table = edge::Reader::Table;
    if (!reader_) return;
    for (const auto table : {Table::evidence, Table::frames}) {
        for (;;) {
            const auto rows = reader_->chain(table, read_[table], page);
            for (const auto& row : rows)
                take(row);
            if (rows.size() < page) break;
        }
    }
}

void LogBook::take(const edge::ChainedRow& row)
{
    const LaneOf lane{.post = name_of(row.key.post), .lane = row.key.lane};
    const auto words = told(lane) + ' ' + std::to_string(row.key.seq) + ": ";
    const bool frame = row.key.lane == protocol::Lane::tele;
    read_[frame ? edge::Reader::Table::frames : edge::Reader::Table::evidence] = row.id;
    ++rows_;
    if (row.key.epoch != 1) broken(words + "the log counts a second epoch of a journal that lives");
    auto& upto = lanes_[lane];
    if (row.key.seq <= upto) broken(words + "a second time in the log");
    if (row.key.seq > upto + 1) step_over(lane, row.key);
    if (row.standing != edge::Standing::chained) broken(words + "in the log as broken");
    const auto truth = truth_->digest(lane, row.key.seq);
    if (!truth) broken(words + "in the log, and its post never made it durable");
    if (*truth != protocol::digest_of(row.bytes))
        broken(words + "in the log with other bytes than its post made durable");
    upto = row.key.seq;
}

void LogBook::step_over(const LaneOf& lane, const edge::RecordKey& key)
{
    auto& upto = lanes_[lane];
    const auto rows = reader_->gaps(key.post);
    for (const auto& gap : rows) {
        if (gap.lane != key.lane || gap.from > upto + 1 || gap.to <= upto) continue;
        upto = gap.to;
        gaps_.push_back(gap);
    }
    if (upto + 1 < key.seq)
        broken(told(lane) + ": the log goes from " + std::to_string(upto) + " to " +
               std::to_string(key.seq) + " and lists no gap");
}

std::uint64_t LogBook::upto(const LaneOf& lane) const
{
    const auto known = lanes_.find(lane);
    return known == lanes_.end() ? 0 : known->second;
}

std::string LogBook::name_of(edge::PostNo no)
{
    if (!names_.contains(no))
        for (const auto& post : reader_->restore().posts)
            names_[post.no] = post.id;
    const auto known = names_.find(no);
    if (known == names_.end()) broken("post " + std::to_string(no) + " has records and no name");
    return known->second;
}

}  // namespace ks::sim
