#pragma once

#include "edge/domain/log_id.hpp"
#include "firmware/base/instant.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace ks::edge {

/// Notices that somebody else has a post's identity (S-18). The broker keeps one connection of a
/// name and ends the older one, so two of them put each other out for as long as both live (E17),
/// and the one thing that we see of it is a birth with each connection. A line that fails as often
/// looks the same, and nobody charges over it either.
class IdentityWatch {
public:
    static constexpr std::size_t births_most = 3;
    static constexpr Millis within{60'000};

    /// True when this is one too many, and the post is to be held to be contested.
    [[nodiscard]] bool born(PostNo post, Instant now)
    {
        auto& births = births_[post];
        births.at[births.next] = now;
        births.next = (births.next + 1) % births.at.size();
        births.count = std::min(births.count + 1, births.at.size());
        return contested(post, now);
    }

    /// More births than `births_most` lie within the last minute.
    [[nodiscard]] bool contested(PostNo post, Instant now) const
    {
        const auto found = births_.find(post);
        if (found == births_.end() || found->second.count < found->second.at.size()) return false;
        return now - found->second.at[found->second.next] <= within;  // the oldest that we kept
    }

private:
    struct Births {
        std::array<Instant, births_most + 1> at{};
        std::size_t next{0};
        std::size_t count{0};
    };
    std::map<PostNo, Births> births_;
};

}  // namespace ks::edge
