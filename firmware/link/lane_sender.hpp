#pragma once

#include "firmware/core/journal/journal.hpp"
#include "firmware/protocol/ids.hpp"
#include "firmware/protocol/message.hpp"

namespace ks::link {

/// Which record goes next. Each lane is sent in order from the first record that the edge has not
/// confirmed, at most `ahead_limit` beyond it, and again from there when the edge stays silent or
/// asks (go-back-n). What the broker acknowledges counts for nothing (D5).
class LaneSender {
public:
    using Lane = protocol::Lane;

    /// Our choice: at a round trip of a second this drains 128 records a second, ten times what
    /// a post makes at its busiest; a broker that keeps nothing loses us no more than these.
    static constexpr std::uint64_t ahead_limit = 128;
    /// F-087: a broker may take all and pass on nothing.
    static constexpr Millis silence_first{30'000};
    /// The wait doubles while nobody answers: on a plan paid by the byte, patience is cheaper.
    static constexpr Millis silence_longest{480'000};

    /// A question that is repeated sooner finds its answer on the way: going back each time would
    /// keep a slow line busy with the beginning.
    static constexpr Millis asked_again_after{5'000};

    LaneSender(core::Journal& journal, const protocol::PostId& post);

    /// A new connection: everything unconfirmed is to be sent again.
    void restart(Instant now);

    struct Outgoing {
        Lane lane;
        std::uint64_t seq;
        std::size_t size;
    };
    /// The lane's next record, in `into` (room for `record_limit`); nothing when all of it was
    /// sent or enough of it is unconfirmed. The same again until `sent`.
    [[nodiscard]] std::optional<Outgoing> next(Lane lane, std::span<std::byte> into);
    void sent(const Outgoing& record, Instant now);

    enum class Acked : std::uint8_t {
        advanced,
        nothing_new,
        beyond_sent,  // of what never left: refused, nothing changed
    };
    [[nodiscard]] Acked acknowledge(Lane lane, std::uint64_t upto, Instant now);

    enum class Asked : std::uint8_t {
        sending,
        not_held,  // any more, or never written: a birth tells what there is
    };
    [[nodiscard]] Asked ask(const protocol::RangeRequest& range, Instant now);

    /// Of some lane something was sent, nothing came back, and it is time to send it again.
    [[nodiscard]] bool silent(Instant now) const;
    /// The lanes that are silent.
    void send_again(Instant now);
    /// When `silent` will be true if nothing happens; nothing when all is confirmed.
    [[nodiscard]] std::optional<Instant> silent_at() const;

    /// A lane went on behind records that the post no longer has; the edge must hear of it.
    [[nodiscard]] bool found_hole() const { return found_hole_; }
    void told_hole() { found_hole_ = false; }

    /// What a birth says of the lanes.
    [[nodiscard]] std::array<protocol::LaneState, protocol::lane_count> states();

    [[nodiscard]] std::uint64_t confirmed(Lane lane) const { return at(lane).confirmed; }

private:
    struct Stand {
        std::uint64_t confirmed{0};  // by the edge; goes back when the edge says it lacks records
        std::uint64_t cursor{1};     // the next to send
        std::uint64_t sent_end{1};   // nothing from here on ever left the post
        std::uint64_t floor{1};      // the record before it is damaged, and the edge waits for it
        std::uint64_t asked_from{0};
        Instant asked_at;
        /// Each lane waits for itself: when a broker dropped an alarm in silence, telemetry that
        /// gets on says nothing about it.
        Instant progress_at;
        Millis patience{silence_first};

        [[nodiscard]] bool outstanding() const { return cursor > confirmed + 1; }
        [[nodiscard]] Instant silent_at() const { return progress_at + patience; }
    };

    [[nodiscard]] Stand& at(Lane lane) { return lanes_[static_cast<std::size_t>(lane)]; }
    [[nodiscard]] const Stand& at(Lane lane) const
    {
        return lanes_[static_cast<std::size_t>(lane)];
    }
    [[nodiscard]] std::uint64_t oldest(Lane lane) const
    {
        return std::max(journal_->oldest(lane), at(lane).floor);
    }
    void step_over(Stand& stand, std::uint64_t to);

    core::Journal* journal_;
    protocol::PostId post_;
    std::array<Stand, protocol::lane_count> lanes_{};
    bool found_hole_{false};
};

}  // namespace ks::link
