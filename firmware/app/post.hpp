#pragma once

#include "firmware/app/guard_side.hpp"
#include "firmware/app/rest_side.hpp"
#include "firmware/base/crc32c.hpp"

namespace ks::app {

/// A charging post: two contexts over one board. On the target `guard_tick` hangs on the timer
/// interrupt and `rest_turn` is the main loop; on the host the owner calls both, in any
/// interleaving it wants. Board and identity outlive it; what is mounted around it is copied.
///
/// Losing power is what the destructor is: nothing is said or saved in it.
template <hal::Board Board, std::size_t most_sectors>
class Post {
public:
    Post(Board& board, const Identity& identity, const Fittings& fittings, const Build& build,
         std::uint8_t outlets)
        : guard_side_{board, outlets, spread_of(identity.post)},
          rest_side_{board,  guard_side_.guard(), guard_side_.word(), identity, fittings, build,
                     outlets}
    {}
    Post(const Post&) = delete;  // The parts point at each other.
    Post& operator=(const Post&) = delete;

    core::MountReport boot(protocol::ResetCause cause) { return rest_side_.boot(cause); }
    void guard_tick() { guard_side_.tick(); }
    void rest_turn() { rest_side_.turn(); }

    [[nodiscard]] const core::Guard& guard() const { return guard_side_.guard(); }
    /// What the guard decides with, for a board whose self-test is to march over it.
    [[nodiscard]] std::span<std::byte> safety_memory()
    {
        return std::as_writable_bytes(std::span{&guard_side_, 1});
    }
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
