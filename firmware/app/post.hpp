#pragma once

#include "firmware/app/guard_side.hpp"
#include "firmware/app/rest_side.hpp"
#include "firmware/base/crc32c.hpp"

namespace ks::app {

/// A charging post: two contexts over one board. On the target `guard_tick` hangs on the timer
/// interrupt and `rest_turn` is the main loop; on the host the owner calls both, in any
/// interleaving it wants. Board and identity outlive it.
///
/// Losing power is what the destructor is: nothing is said or saved in it.
template <hal::Board Board, std::size_t most_sectors>
class Post {
public:
    Post(Board& board, const Identity& identity, const Build& build, std::uint8_t outlets)
        : guard_side_{board, outlets, spread_of(identity.post)},
          rest_side_{board, guard_side_.guard(), identity, build, outlets}
    {}
    Post(const Post&) = delete;  // The parts point at each other.
    Post& operator=(const Post&) = delete;

    core::MountReport boot(protocol::ResetCause cause) { return rest_side_.boot(cause); }
    void guard_tick() { guard_side_.tick(); }
    void rest_turn() { rest_side_.turn(); }

    [[nodiscard]] const core::Guard& guard() const { return guard_side_.guard(); }
    [[nodiscard]] RestSide<Board, most_sectors>& rest() { return rest_side_; }

private:
    /// Each post's own place in the spread of closings, and always the same one.
    [[nodiscard]] static std::uint32_t spread_of(const protocol::PostId& post)
    {
        return crc32c(bytes_of(post.text())) % 1'000;
    }

    GuardSide<Board> guard_side_;
    RestSide<Board, most_sectors> rest_side_;
};

}  // namespace ks::app
