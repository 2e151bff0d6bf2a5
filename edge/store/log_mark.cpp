#include "edge/store/log_mark.hpp"

#include "edge/domain/fleet.hpp"
#include "edge/store/file.hpp"
#include "edge/store/sqlite.hpp"
#include "firmware/base/check.hpp"
#include "firmware/base/crc32c.hpp"
#include "firmware/protocol/ids.hpp"

namespace ks::edge {

namespace {

constexpr std::uint32_t magic = 0x4B534D31;  // "KSM1": another layout gets another number
constexpr std::size_t head_size = 4 + 4 + 8 + 8 + 8 + 8 + 4;
constexpr std::size_t lane_size = 4 + 8 + 16;
constexpr std::size_t post_most = 1 + 32 + protocol::lane_count * lane_size;
constexpr std::size_t crc_size = 4;
/// As many posts as an edge takes in.
constexpr std::size_t posts_most = post_limit;

void put(ByteWriter& out, const PostWater& post)
{
    out.u8(static_cast<std::uint8_t>(post.post.size()));
    out.put(bytes_of(post.post));
    for (const auto& lane : post.lanes) {
        out.u32_le(lane.epoch);
        out.u64_le(lane.next);
        out.put(lane.digest);
    }
}

PostWater take_post(ByteReader& in)
{
    PostWater post;
    post.post = std::string{text_of(in.take(in.u8()))};
    for (auto& lane : post.lanes) {
        lane.epoch = in.u32_le();
        lane.next = in.u64_le();
        const auto digest = in.take(lane.digest.size());
        std::copy(digest.begin(), digest.end(), lane.digest.begin());
    }
    return post;
}

bool sound(const PostWater& post)
{
    if (!protocol::is_id(post.post)) return false;
    for (const auto& lane : post.lanes)
        if (lane.next == 0) return false;
    return true;
}

}  // namespace

std::vector<std::byte> encode(const NumberedWater& numbered)
{
    const auto& water = numbered.water;
    check(water.posts.size() <= posts_most);
    std::vector<std::byte> bytes(head_size + water.posts.size() * post_most + crc_size);
    ByteWriter out{bytes};
    const auto count = static_cast<std::uint32_t>(water.posts.size());
    std::size_t size = head_size + crc_size;
    for (const auto& post : water.posts)
        size += post_most - 32 + post.post.size();
    out.u32_le(magic);
    out.u32_le(static_cast<std::uint32_t>(size));
    out.u64_le(numbered.turn);
    out.u64_le(water.newest);
    out.u64_le(water.next_alarm);
    out.u64_le(water.next_delivery);
    out.u32_le(count);
    for (const auto& post : water.posts)
        put(out, post);
    out.u32_le(crc32c(out.written()));
    check(out.ok() && out.size() == size);
    bytes.resize(size);
    return bytes;
}

std::optional<NumberedWater> decode_water(Bytes bytes)
{
    ByteReader head{bytes};
    if (head.u32_le() != magic) return std::nullopt;
    const std::size_t size = head.u32_le();
    // What an older, longer mark left behind the end is not looked at.
    if (!head.ok() || size < head_size + crc_size || size > bytes.size()) return std::nullopt;
    bytes = bytes.first(size);
    ByteReader tail{bytes.last(crc_size)};
    if (tail.u32_le() != crc32c(bytes.first(size - crc_size))) return std::nullopt;

    ByteReader in{bytes.subspan(8, size - 8 - crc_size)};
    NumberedWater numbered{.turn = in.u64_le(), .water = {}};
    auto& water = numbered.water;
    water.newest = in.u64_le();
    water.next_alarm = in.u64_le();
    water.next_delivery = in.u64_le();
    const std::size_t count = in.u32_le();
    if (!in.ok() || count > posts_most) return std::nullopt;
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        water.posts.push_back(take_post(in));
        if (!in.ok() || !sound(water.posts.back())) return std::nullopt;
    }
    if (!in.at_end()) return std::nullopt;
    return numbered;
}

std::string LogMark::file(std::uint64_t turn) const
{
    return database_ + (turn % 2 == 0 ? ".mark-a" : ".mark-b");
}

std::optional<HighWater> LogMark::read()
{
    std::optional<NumberedWater> newest;
    for (const std::uint64_t slot : {0U, 1U}) {
        const auto bytes = content_of(file(slot));
        auto found = bytes ? decode_water(*bytes) : std::nullopt;
        if (found && (!newest || found->turn > newest->turn)) newest = std::move(found);
    }
    if (!newest) return std::nullopt;
    turn_ = newest->turn;
    return std::move(newest->water);
}

void LogMark::write(const HighWater& water)
{
    write_in_place(file(turn_ + 1), encode({.turn = turn_ + 1, .water = water}));
    ++turn_;
}

}  // namespace ks::edge
