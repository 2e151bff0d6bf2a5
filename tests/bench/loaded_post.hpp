#pragma once

#include "firmware/protocol/codec.hpp"
#include "firmware/protocol/topic.hpp"

#include <array>
#include <string>
#include <vector>

namespace ks::bench {

/// A post's records, made and chained before the clock runs, and how far each lane has come. It
/// keeps the posts' side of the bargain: never far ahead of the edge's acknowledgement, and back
/// to where it is asked to go.
class LoadedPost {
public:
    /// Records ahead of the acknowledgement in one lane (our choice: what a post's link allows is
    /// of this order).
    static constexpr std::uint64_t window = 100;

    LoadedPost(const protocol::SiteId& site, const protocol::PostId& id);

    [[nodiscard]] const protocol::PostId& id() const { return id_; }
    [[nodiscard]] std::string_view topic(protocol::Up what) const;
    [[nodiscard]] protocol::MessageBytes birth() const;

    /// A frame of ten outlets that all charge.
    void make_frame();
    /// Never the same outlet and cause twice, so that each is an alarm of its own.
    void make_trip();
    [[nodiscard]] std::uint64_t made(protocol::Lane lane) const { return of(lane).ends.size(); }

    [[nodiscard]] bool may_send(protocol::Lane lane, std::uint64_t ahead) const
    {
        const auto& at = of(lane);
        return at.sent < at.ends.size() && at.sent < at.acknowledged + ahead;
    }
    [[nodiscard]] std::uint64_t sent(protocol::Lane lane) const { return of(lane).sent; }
    /// The lane's next record, which counts as sent.
    [[nodiscard]] Bytes send(protocol::Lane lane);

    [[nodiscard]] std::uint64_t acknowledged(protocol::Lane lane) const
    {
        return of(lane).acknowledged;
    }
    /// A first acknowledgement says that the edge has heard of the birth.
    [[nodiscard]] bool known() const { return known_; }
    void hear(const protocol::Ack& ack);
    /// How many records will be sent a second time.
    std::uint64_t hear(const protocol::RangeRequest& range);

private:
    struct Chain {
        std::vector<std::byte> bytes;
        std::vector<std::size_t> ends;
        protocol::ChainDigest head{};
        std::uint64_t sent{0};
        std::uint64_t acknowledged{0};
    };
    [[nodiscard]] const Chain& of(protocol::Lane lane) const
    {
        return chains_[static_cast<std::size_t>(lane)];
    }
    Chain& of(protocol::Lane lane) { return chains_[static_cast<std::size_t>(lane)]; }
    void make(protocol::Lane lane, const protocol::RecordBody& body);

    protocol::PostId id_;
    std::array<std::string, 4> topics_;
    std::array<Chain, protocol::lane_count> chains_;
    bool known_{false};
};

}  // namespace ks::bench
