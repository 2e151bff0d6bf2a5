#pragma once

#include "firmware/base/instant.hpp"
#include "firmware/hal/relay.hpp"

#include <optional>

namespace ks::sim {

enum class ContactFault : std::uint8_t { none, welded, stuck_open };

/// The contacts of a relay or contactor: they follow the coil after a delay, or do not. A welded
/// contact is closed and a stuck one is open from the moment of the fault, whatever the coil does.
class Contact {
public:
    struct Delays {
        Millis operate;
        Millis release;
    };

    explicit Contact(Delays delays) : delays_{delays} {}

    [[nodiscard]] bool closed() const;
    [[nodiscard]] hal::Relay commanded() const { return commanded_; }
    [[nodiscard]] ContactFault fault() const { return fault_; }

    /// When the armature will next arrive somewhere else, if it is under way.
    [[nodiscard]] std::optional<Instant> moves_at() const { return moves_at_; }

    /// The same command again changes nothing: the coil does not know it was repeated.
    void drive(hal::Relay relay, Instant now);
    void set_fault(ContactFault fault) { fault_ = fault; }
    void advance_to(Instant now);

private:
    Delays delays_;
    hal::Relay commanded_{hal::Relay::open};
    hal::Relay armature_{hal::Relay::open};
    std::optional<Instant> moves_at_;
    ContactFault fault_{ContactFault::none};
};

}  // namespace ks::sim
