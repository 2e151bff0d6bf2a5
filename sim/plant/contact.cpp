#include "sim/plant/contact.hpp"

namespace ks::sim {

bool Contact::closed() const
{
    switch (fault_) {
    case ContactFault::none: return armature_ == hal::Relay::closed;
    case ContactFault::welded: return true;
    case ContactFault::stuck_open: return false;
    }
    return false;
}

void Contact::drive(hal::Relay relay, Instant now)
{
    if (relay == commanded_) return;
    commanded_ = relay;
    // A coil that is released before its armature arrived never moves the contacts.
    if (relay == armature_) {
        moves_at_.reset();
        return;
    }
    moves_at_ = now + (relay == hal::Relay::closed ? delays_.operate : delays_.release);
}

void Contact::advance_to(Instant now)
{
    if (!moves_at_ || now < *moves_at_) return;
    armature_ = commanded_;
    moves_at_.reset();
}

}  // namespace ks::sim
