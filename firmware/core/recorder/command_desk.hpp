#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/guard/wish.hpp"

namespace ks::core {

/// Commands that were handed to the guard as wishes and have no answer yet.
class CommandDesk {
public:
    struct Open {
        Ticket ticket;
        protocol::CommandId id;
        protocol::CommandBody body;
        protocol::SessionId session;  // for a start
    };

    /// The guard answers within a tick, so sixteen are never open at once; a seventeenth is
    /// refused.
    [[nodiscard]] bool full() const { return open_.full(); }

    [[nodiscard]] Ticket take(const protocol::CommandId& id, const protocol::CommandBody& body,
                              protocol::SessionId session)
    {
        const auto ticket = ++last_ticket_;
        open_.push_back({.ticket = ticket, .id = id, .body = body, .session = session});
        return ticket;
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
