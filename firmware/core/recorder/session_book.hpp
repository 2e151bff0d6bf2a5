#pragma once

#include "firmware/core/guard/news.hpp"

namespace ks::core {

/// One running session as the rest sees it: who started it, and the step of its curve now being
/// gathered.
struct RunningSession {
    protocol::SessionId session;
    protocol::StartMeans means;
    protocol::CardToken card;
    protocol::CommandId command;
    Millis time_limit;
    MilliwattHours energy_limit;
    /// The larger of the last two readings that showed any: one of them may have seen the mains
    /// fail.
    Milliwatts drew;
};

/// The sessions of all outlets, in RAM; the vault remembers which were open.
class SessionBook {
public:
    /// A step of the curve (our choice: a minute, as the field's finest running report is five).
    static constexpr Millis step{60'000};

    void open(protocol::OutletNumber outlet, const RunningSession& session);
    void close(protocol::OutletNumber outlet);

    /// The running session of that outlet, if there is one.
    [[nodiscard]] const RunningSession* at(protocol::OutletNumber outlet) const
    {
        check(outlet >= 1 && outlet <= entries_.size());
        const auto& entry = entries_[outlet - 1U];
        return entry ? &entry->session : nullptr;
    }
    /// Some outlet charges for that card.
    [[nodiscard]] bool charges(protocol::CardToken card) const
    {
        for (const auto& entry : entries_)
            if (entry && entry->session.card == card) return true;
        return false;
    }

    /// Folds the readings of one outlet into its step, and gives the step when it is whole.
    [[nodiscard]] std::optional<protocol::SessionProgressed> observe(protocol::OutletNumber outlet,
                                                                     const Readings& readings);

private:
    /// The step being gathered: its span, its extremes, and power times time for the mean.
    struct Step {
        Millis over;
        Milliwatts lowest;
        Milliwatts highest;
        std::int64_t milliwatt_millis;
    };
    struct Entry {
        RunningSession session;
        /// Of the last reading that showed any.
        Milliwatts power;
        Step step;
    };

    std::array<std::optional<Entry>, protocol::outlet_limit> entries_{};
};

}  // namespace ks::core
