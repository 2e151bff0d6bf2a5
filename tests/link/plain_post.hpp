#pragma once

#include "firmware/core/guard/guard.hpp"
#include "firmware/core/recorder/recorder.hpp"
#include "firmware/link/link.hpp"
#include "sim/chips/nor_flash.hpp"
#include "tests/link/edge_peer.hpp"

#include <memory>

namespace ks::test {

/// A post that decides as the real one does, without the bytes of TLS and of its meters: link,
/// journal, vault, recorder and guard, joined as `app::RestSide` joins them. Thousands of messages
/// a second reach it, which a whole post would not bear.
class PlainPost {
public:
    static constexpr std::uint8_t outlets = 2;

    explicit PlainPost(const core::Approvers& approvers);

    // The world.
    EdgePeer edge;
    /// What flows through each outlet whose relay is closed.
    std::array<Milliamps, outlets> load{};
    [[nodiscard]] Instant now() const { return now_; }
    /// The next programming or erasing of the flash but so many is torn; nothing works after it.
    void let_power_fail(std::uint64_t operations);
    [[nodiscard]] bool powered() const { return flash_.powered(); }

    /// Until all that was said has been heard and all that it brings about is done.
    void turn();
    void pass(Millis time);
    void lose_line();
    void come_up();
    /// The power goes, wherever it is in what it does, and comes back.
    void reboot();

    [[nodiscard]] const core::Guard& guard() const { return *guard_; }
    [[nodiscard]] protocol::OutletState state(protocol::OutletNumber outlet) const
    {
        return states_[outlet - 1U];
    }
    [[nodiscard]] bool up() const { return link_->up(); }
    [[nodiscard]] std::optional<UnixMillis> wall() const;

    // What its link made of the messages.
    std::vector<protocol::Command> accepted;
    /// What became of them, as the edge is told.
    std::vector<protocol::CommandResult> answered;
    std::size_t refused{0};

private:
    void boot();
    void tick();
    void rest();
    void journal_news();
    bool obey(const link::Link::Action& action);
    void carry_out(const protocol::Command& command);
    void deliver();
    [[nodiscard]] core::Moment moment() const;
    [[nodiscard]] link::PostFacts facts() const;

    core::Recorder::Setup setup_;
    sim::NorFlash flash_;
    crypto::SeededRandom random_;
    Instant now_{Millis{1}};
    std::array<hal::OutletInputs, outlets> inputs_{};
    hal::PostInputs post_inputs_{};
    std::uint32_t ticks_{0};
    std::array<protocol::OutletState, outlets> states_{};
    std::array<std::int64_t, outlets> energy_uws_{};

    std::unique_ptr<core::JournalIndex<64>> index_;
    std::unique_ptr<core::Journal> journal_;
    std::unique_ptr<core::Vault> vault_;
    std::unique_ptr<core::CardStore> cards_;
    std::unique_ptr<core::Recorder> recorder_;
    std::unique_ptr<core::Guard> guard_;
    std::unique_ptr<link::Link> link_;
    FixedQueue<core::Wish, 32> wishes_;
    bool opening_{false};
    bool open_{false};
};

}  // namespace ks::test
