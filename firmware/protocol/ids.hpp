#pragma once

#include "firmware/base/fixed_bytes.hpp"

#include <optional>
#include <string_view>

namespace ks::protocol {

/// True for 8 to 32 characters of `A-Z 0-9 -`. Nothing in that alphabet means anything to a topic
/// filter, a path or a shell (S-17).
[[nodiscard]] constexpr bool is_id(std::string_view text)
{
    if (text.size() < 8 || text.size() > 32) return false;
    for (const char c : text)
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
    return true;
}

static_assert(is_id("POST-0001") && !is_id("POST-1") && !is_id("POST/0001") && !is_id("POST+0001"));

/// The name of a site, a post or the edge. Only valid ones exist.
template <class Kind>
class Id {
public:
    [[nodiscard]] static std::optional<Id> from(std::string_view text)
    {
        if (!is_id(text)) return std::nullopt;
        Id id;
        id.text_ = FixedBytes<32>{bytes_of(text)};
        return id;
    }

    [[nodiscard]] std::string_view text() const { return text_.text(); }
    bool operator==(const Id&) const = default;

private:
    Id() = default;
    FixedBytes<32> text_;
};

namespace kind {
struct Site;
struct Post;
}  // namespace kind

using SiteId = Id<kind::Site>;
using PostId = Id<kind::Post>;

/// Outlets are numbered from 1, as printed on the post; 0 speaks of the whole post.
using OutletNumber = std::uint8_t;
inline constexpr OutletNumber whole_post = 0;

/// Three meter buses with four addresses each (BL0942 data sheet V1.10) end at twelve.
inline constexpr std::size_t outlet_limit = 12;

/// One session of one post: boot count in the upper half, a counter within the boot in the lower,
/// so that it never repeats and needs no flash of its own. 0 means none.
using SessionId = std::uint64_t;

/// What the reader makes of a card: opaque, never the card's own number. 0 means none.
using CardToken = std::uint64_t;

/// Bays are numbered from 1, as painted on the floor.
using BayNumber = std::uint8_t;
inline constexpr std::size_t bay_limit = 16;

/// A zone, barrier, detector or bay by its number, each kind from 1; 0 is the post itself.
using PlaceNumber = std::uint8_t;
inline constexpr std::size_t place_limit = 16;
static_assert(place_limit >= bay_limit);

/// What the post makes of a bike's tag under a key of its own: opaque. 0 means none.
using TagToken = std::uint64_t;

using CommandId = std::array<std::byte, 16>;
using Nonce = std::array<std::byte, 16>;

}  // namespace ks::protocol
