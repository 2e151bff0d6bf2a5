#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/hal/relay.hpp"

#include <optional>

namespace ks::sim {

enum class ContactFault : std::uint8_t { none, welded, stuck_open };

/// The transistor that drives a coil: sound, shorted (the coil is on whatever it is told) or broken
/// (it is never on).
enum class CoilFault : std::uint8_t { none, shorted, broken };

/// A contact that touches and parts again so many times before it rests, each for so long. A sound
/// relay bounces as well, for less than a millisecond; we leave that out.
struct Bounce {
    std::uint8_t times;
    Millis each;
};

/// The contacts of a relay or contactor with their coil: they follow the coil after a delay, or do
/// not. A welded contact is closed and a stuck one is open from the moment of the fault, whatever
/// the coil does.
class Contact {
public:
    struct Delays {
        Millis operate;
        Millis release;
    };

    explicit Contact(Delays delays) : delays_{delays} {}

    [[nodiscard]] bool closed() const;
    [[nodiscard]] hal::Relay commanded() const { return commanded_; }
    /// Read back from the driver's output: what the coil is really given.
    [[nodiscard]] hal::Relay coil() const;
    [[nodiscard]] ContactFault fault() const { return fault_; }

    /// When the armature will next arrive somewhere else, if it is under way.
    [[nodiscard]] std::optional<Instant> moves_at() const { return moves_at_; }

    /// The same command again changes nothing: the coil does not know it was repeated.
    void drive(hal::Relay relay, Instant now);
    /// Without the coils' supply nothing is driven, not even by a shorted transistor.
    void lose_supply(Instant now);
    void return_supply(Instant now);
    void set_fault(ContactFault fault) { fault_ = fault; }
    void set_coil_fault(CoilFault fault, Instant now);
    void set_bounce(Bounce bounce) { bounce_ = bounce; }
    void advance_to(Instant now);

private:
    void follow_coil(Instant now);
    void arrive(Instant at);

    Delays delays_;
    hal::Relay commanded_{hal::Relay::open};
    hal::Relay armature_{hal::Relay::open};
    std::optional<Instant> moves_at_;
    ContactFault fault_{ContactFault::none};
    CoilFault coil_fault_{CoilFault::none};
    enum class CoilSupply : std::uint8_t { lost, there } supply_{CoilSupply::there};
    Bounce bounce_{.times = 0, .each = Millis{0}};
    /// Partings and touchings still to come.
    unsigned bounces_left_{0};
};

}  // namespace ks::sim
