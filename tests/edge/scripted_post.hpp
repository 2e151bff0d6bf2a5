#pragma once

#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/topic.hpp"

#include <array>
#include <string>
#include <vector>

namespace ks::test {

/// A post as the wire shows it: it numbers, chains and remembers its records like the real one, and
/// tells any of them again. What it does wrong, a test makes it do.
class ScriptedPost {
public:
    explicit ScriptedPost(std::string_view id) : id_{*protocol::PostId::from(id)} { forget(); }

    [[nodiscard]] const protocol::PostId& id() const { return id_; }

    using Encoded = std::vector<std::byte>;
    /// Makes the lane's next record and keeps it.
    Encoded make(protocol::Lane lane, const protocol::RecordBody& body)
    {
        const protocol::Record record{.head = {.lane = lane,
                                               .seq = records(lane).size() + 1,
                                               .boot = boot,
                                               .mono = mono,
                                               .wall = wall},
                                      .body = body};
        const auto bytes = protocol::encode(record, head(lane));
        records(lane).push_back({bytes.view().begin(), bytes.view().end()});
        head(lane) = protocol::digest_of(bytes.view());
        mono = mono + Millis{10};
        return records(lane).back();
    }
    [[nodiscard]] const Encoded& kept(protocol::Lane lane, std::uint64_t seq) const
    {
        return records_[static_cast<std::size_t>(lane)].at(seq - 1);
    }
    [[nodiscard]] std::uint64_t next(protocol::Lane lane) const
    {
        return records_[static_cast<std::size_t>(lane)].size() + 1;
    }
    /// A birth that no longer offers what is older than `oldest`.
    [[nodiscard]] protocol::Birth birth(std::uint64_t oldest_event) const
    {
        protocol::Birth birth{.boot = boot,
                              .mono = mono,
                              .outlets = 10,
                              .firmware = {},
                              .settings = {},
                              .settings_version = 1,
                              .lanes = {}};
        for (const auto lane : protocol::all_lanes) {
            const auto oldest = lane == protocol::Lane::event ? oldest_event : 1;
            birth.lanes[static_cast<std::size_t>(lane)] = {
                .oldest = oldest, .next = next(lane), .before = before(lane, oldest)};
        }
        return birth;
    }
    [[nodiscard]] protocol::ChainDigest before(protocol::Lane lane, std::uint64_t seq) const
    {
        return seq == 1 ? protocol::genesis(id_, lane) : protocol::digest_of(kept(lane, seq - 1));
    }
    /// Its journal is gone: a new board under the old name.
    void forget()
    {
        for (const auto lane : protocol::all_lanes) {
            records(lane).clear();
            head(lane) = protocol::genesis(id_, lane);
        }
    }
    [[nodiscard]] std::string topic(std::string_view site, protocol::Up what) const
    {
        return std::string{
            protocol::topic_of(
                protocol::UpTopic{.site = *protocol::SiteId::from(site), .post = id_, .what = what})
                .text()};
    }

    std::uint32_t boot{1};
    Instant mono{Millis{1'000}};
    std::optional<protocol::WallTime> wall;

private:
    std::vector<Encoded>& records(protocol::Lane lane)
    {
        return records_[static_cast<std::size_t>(lane)];
    }
    protocol::ChainDigest& head(protocol::Lane lane)
    {
        return heads_[static_cast<std::size_t>(lane)];
    }

    protocol::PostId id_;
    std::array<std::vector<Encoded>, protocol::lane_count> records_;
    std::array<protocol::ChainDigest, protocol::lane_count> heads_{};
};

/// The least that happens at a post.
inline constexpr protocol::OutletChanged plugged{
    .outlet = 3, .from = protocol::OutletState::idle, .to = protocol::OutletState::closing};

inline protocol::Tripped overcurrent_on(protocol::OutletNumber outlet)
{
    return {.outlet = outlet,
            .cause = protocol::TripCause::hard_overcurrent,
            .session = 7,
            .measured = 12'400,
            .limit = 10'000,
            .held_for = Millis{20},
            .count = 1};
}

inline protocol::Telemetry quiet_frame(std::size_t outlets)
{
    protocol::Telemetry frame{.mains = Millivolts{230'000}, .outlets = {}};
    for (std::size_t i = 0; i < outlets; ++i)
        frame.outlets.push_back({.state = protocol::OutletState::idle,
                                 .current = {},
                                 .power = {},
                                 .energy = {},
                                 .contact = {}});
    return frame;
}

}  // namespace ks::test
