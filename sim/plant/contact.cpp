#include "sim/plant/contact.hpp"

namespace ks::sim {

bool Contact::closed() const
{
    switch (fault_) {
    // While it bounces it is apart whenever an odd number of changes is still to come.
    case ContactFault::none: return armature_ == hal::Relay::closed && bounces_left_ % 2 == 0;
    case ContactFault::welded: return true;
    case ContactFault::stuck_open: return false;
    }
    return false;
}

hal::Relay Contact::coil() const
{
    if (supply_ == CoilSupply::lost) return hal::Relay::open;
    switch (coil_fault_) {
    case CoilFault::none: return commanded_;
    case CoilFault::shorted: return hal::Relay::closed;
    case CoilFault::broken: return hal::Relay::open;
    }
    return commanded_;
}

void Contact::drive(hal::Relay relay, Instant now)
{
    const auto before = coil();
    commanded_ = relay;
    if (coil() != before) follow_coil(now);
}

void Contact::lose_supply(Instant now)
{
    const auto before = coil();
    commanded_ = hal::Relay::open;
    supply_ = CoilSupply::lost;
    if (coil() != before) follow_coil(now);
}

void Contact::return_supply(Instant now)
{
    const auto before = coil();
    supply_ = CoilSupply::there;
    if (coil() != before) follow_coil(now);
}

void Contact::set_coil_fault(CoilFault fault, Instant now)
{
    const auto before = coil();
    coil_fault_ = fault;
    if (coil() != before) follow_coil(now);
}

void Contact::follow_coil(Instant now)
{
    bounces_left_ = 0;
    // A coil that is released before its armature arrived never moves the contacts.
    if (coil() == armature_) {
        moves_at_.reset();
        return;
    }
    moves_at_ = now + (coil() == hal::Relay::closed ? delays_.operate : delays_.release);
}

void Contact::arrive(Instant at)
{
    if (bounces_left_ > 0) {
        --bounces_left_;
    } else {
        armature_ = coil();
        if (armature_ == hal::Relay::closed) bounces_left_ = 2U * bounce_.times;
    }
    moves_at_.reset();
    if (bounces_left_ > 0) moves_at_ = at + bounce_.each;
}

void Contact::advance_to(Instant now)
{
    while (moves_at_ && now >= *moves_at_)
        arrive(*moves_at_);
}

}  // namespace ks::sim
