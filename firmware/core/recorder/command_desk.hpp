#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/guard/wish.hpp"

namespace ks::core {

/// What was handed to the guard as a wish and has no answer yet: commands, cards, starts that
/// waited.
class CommandDesk {
public:
    struct Open {
        /// All zeros when no command stands behind it.
        protocol::CommandId id;
        protocol::CommandBody body;
        /// The rest is a start's; its session is 0 for everything else.
        protocol::SessionId session{0};
        protocol::StartMeans means{protocol::StartMeans::command};
        protocol::OutletNumber outlet{protocol::whole_post};
        protocol::CardToken card{0};
        Millis time_limit{};
        MilliwattHours energy_limit{};
        Ticket ticket{0};
    };

    /// The guard answers within a tick, so sixteen are never open at once; a seventeenth is
    /// refused.
    [[nodiscard]] bool full() const { return open_.full(); }

    [[nodiscard]] Ticket take(Open open)
    {
        open.ticket = ++last_ticket_;
        open_.push_back(open);
        return open.ticket;
    }

    [[nodiscard]] const Open* find(Ticket ticket) const
    {
        for (const auto& open : open_)
            if (open.ticket == ticket) return &open;
        return nullptr;
    }

    [[nodiscard]] const Open* find_start(protocol::SessionId session) const
    {
        for (const auto& open : open_)
            if (open.session != 0 && open.session == session) return &open;
        return nullptr;
    }

    void close(Ticket ticket)
    {
        for (std::size_t i = 0; i < open_.size(); ++i) {
            if (open_[i].ticket != ticket) continue;
            open_.erase_at(i);
            return;
        }
    }

private:
    FixedVector<Open, 16> open_;
    Ticket last_ticket_{0};
};

}  // namespace ks::core
