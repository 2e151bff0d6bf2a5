#pragma once

#include "firmware/core/bays/bay_settings.hpp"
#include "firmware/core/bays/reminder.hpp"
#include "firmware/protocol/words.hpp"

namespace ks::core {

/// One bay's bike and what the bay's outlet does for it: whose card it is, whether it charges, and
/// how long it has stood there without need.
///
/// An outlet that is locked out charges nobody, which is not the resident's doing: the count of
/// «taken, not charging» then begins when it works again. So does a session that ended by a trip, a
/// power cut or a fault of the post not make an overstay.
class Parking {
public:
    struct Matter {
        BayMatter what;
        std::uint8_t reminder;
        std::optional<Instant> since;
    };

    /// A card tapped shortly before the bay was seen taken is that bike's (our choice: park, plug,
    /// tap takes less).
    static constexpr Millis tap_kept{2 * 60'000};

    /// A bike is there. `since` is nothing when it stood there before anybody watched.
    void arrive(Instant now, std::optional<Instant> since);
    /// Gone, and the bay is told free.
    void leave();
    /// Gone while nobody watched, and another has come.
    void give_way();

    void outlet_is(protocol::OutletState state, Instant now);
    void session_started(protocol::CardToken card, Instant now);
    void session_ended(protocol::EndReason reason, Instant now);
    void tapped(protocol::CardToken card, Instant now);

    /// What is to be said now, once: `told` follows when it has been.
    [[nodiscard]] std::optional<Matter> due(Instant now, const BaySettings& settings);
    void told(BayMatter what, Instant now, const BaySettings& settings);

    [[nodiscard]] protocol::CardToken card() const { return card_; }
    [[nodiscard]] std::optional<Instant> since() const { return since_; }
    /// How long the bike has stood there since its session was over, by then.
    [[nodiscard]] std::optional<Millis> stayed(Instant until) const;

private:
    enum class Phase : std::uint8_t { empty, waiting, charging, finished };

    void enter(Phase phase, Instant now);
    [[nodiscard]] bool locked() const { return outlet_ == protocol::OutletState::locked_out; }

    Phase phase_{Phase::empty};
    protocol::OutletState outlet_{protocol::OutletState::idle};
    std::optional<Instant> since_;
    Instant phase_since_{};
    bool begun_{false};
    /// Something of this phase was told; something of the phase before, which is over, was.
    bool told_{false};
    bool unsettled_{false};
    Reminder reminder_;
    protocol::CardToken card_{0};
    /// Of the session that runs at the outlet, whether or not the bay's sensor sees a bike.
    protocol::CardToken session_card_{0};
    protocol::CardToken tap_{0};
    Instant tap_at_{};
};

}  // namespace ks::core
