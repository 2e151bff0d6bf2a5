#pragma once

#include "firmware/base/fixed_vector.hpp"
#include "firmware/core/guard/wish.hpp"

namespace ks::core {

/// Starts that may come later by themselves: those that did not fit the budget, and one resume for
/// each session that a loss of mains cut short. Each was journalled, with its expiry, before it
/// came here (I-04); a reset forgets them all.
class WaitingStarts {
public:
    /// Between two tries of one start (our choice: a budget changes with sessions, not with ticks).
    static constexpr Millis again{5'000};

    struct Waiting {
        WishStart wish;
        protocol::CardToken card;
        /// All zeros when no command stands behind it.
        protocol::CommandId command;
        Instant expires;
        Instant next_try;
    };

    [[nodiscard]] bool full() const { return waiting_.full(); }
    [[nodiscard]] bool has(protocol::OutletNumber outlet) const
    {
        for (const auto& one : waiting_)
            if (one.wish.outlet == outlet) return true;
        return false;
    }
    void keep(const Waiting& one) { waiting_.push_back(one); }

    /// The oldest whose turn it is to be tried; its next try is set.
    [[nodiscard]] const Waiting* due(Instant now)
    {
        for (auto& one : waiting_) {
            if (now < one.next_try) continue;
            one.next_try = now + again;
            return &one;
        }
        return nullptr;
    }
    [[nodiscard]] std::optional<Waiting> take_expired(Instant now)
    {
        for (std::size_t i = 0; i < waiting_.size(); ++i)
            if (now >= waiting_[i].expires) return take_at(i);
        return std::nullopt;
    }
    [[nodiscard]] std::optional<Waiting> take(protocol::SessionId session)
    {
        for (std::size_t i = 0; i < waiting_.size(); ++i)
            if (waiting_[i].wish.session == session) return take_at(i);
        return std::nullopt;
    }
    /// Of this outlet, or of any with `whole_post`.
    [[nodiscard]] std::optional<Waiting> take_of(protocol::OutletNumber outlet)
    {
        for (std::size_t i = 0; i < waiting_.size(); ++i)
            if (outlet == protocol::whole_post || waiting_[i].wish.outlet == outlet)
                return take_at(i);
        return std::nullopt;
    }

private:
    [[nodiscard]] Waiting take_at(std::size_t i)
    {
        const auto one = waiting_[i];
        waiting_.erase_at(i);
        return one;
    }

    FixedVector<Waiting, protocol::outlet_limit> waiting_;
};

}  // namespace ks::core
