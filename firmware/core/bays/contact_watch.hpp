#pragma once

#include "firmware/core/bays/bay_settings.hpp"

namespace ks::core {

enum class WatchState : std::uint8_t {
    unheard,  // since boot
    quiet,
    active,
    lost,  // silent or faulty: nobody watches
};

/// Why a detector is lost.
enum class Loss : std::uint8_t { silent, faulty };

/// One detector that is quiet or not: zone, barrier, smoke, heat. It becomes active when it has
/// been so for its hold, and quiet only after a longer one, so that a flapping contact is one
/// matter and not a hundred.
class ContactWatch {
public:
    struct Holds {
        Millis active;
        Millis quiet;
        Millis silent_after;
    };

    void hear(const hal::SensorReading& reading, const Holds& holds);
    /// Lets time pass: silence is judged here. One that is never heard at all is lost too.
    void pass(Instant now, const Holds& holds);

    [[nodiscard]] WatchState state() const { return state_; }
    /// Of one that is lost: how it was lost.
    [[nodiscard]] Loss loss() const { return loss_; }
    /// Since when it has been active, as far as anybody watched.
    [[nodiscard]] std::optional<Instant> since() const { return since_; }

private:
    void become(WatchState state);
    void lose(Loss how);

    WatchState state_{WatchState::unheard};
    Loss loss_{Loss::silent};
    hal::Finding candidate_{hal::Finding::faulty};
    Instant candidate_since_{};
    /// Of the last reading; of the first look before there was any.
    std::optional<Instant> heard_at_;
    std::optional<Instant> since_;
};

}  // namespace ks::core
