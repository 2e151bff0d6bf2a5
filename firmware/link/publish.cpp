#include "firmware/link/link.hpp"

namespace ks::link {

using protocol::Lane;
using protocol::Up;

// The order is promise 2: a birth, since without knowing where the lanes stand the edge can take in
// nothing, and there is at most one a second; then alarms, which alone may take the last slot.
bool Link::publish_next(Instant now)
{
    if (lanes_.silent(now)) {
        // The birth makes the edge say how far it has come, should only its words have been lost.
        lanes_.send_again(now);
        birth_due_ = true;
        unheard_ = true;
    }
    if (client_.free_slots() == 0) return false;
    if (publish_birth(now) || publish_record(Lane::alarm, now)) return true;
    if (client_.free_slots() <= reserved_for_alarms) return false;
    return publish_nonce(now) || publish_record(Lane::event, now) ||
           publish_record(Lane::tele, now);
}

bool Link::publish_birth(Instant now)
{
    if (!birth_due_ || (born_at_ && now - *born_at_ < birth_interval)) return false;
    if (client_.free_slots() <= reserved_for_alarms) return false;
    birth_due_ = false;
    born_at_ = now;
    clock_.sent(now);
    const auto birth = encode(protocol::Birth{.boot = facts_.boot,
                                              .mono = now,
                                              .outlets = facts_.outlets,
                                              .firmware = facts_.firmware,
                                              .settings = facts_.settings,
                                              .settings_version = facts_.settings_version,
                                              .lanes = lanes_.states()});
    publish(Up::birth, birth.view());
    return true;
}

bool Link::publish_nonce(Instant now)
{
    if (!nonce_due_ || (nonce_at_ && now - *nonce_at_ < nonce_interval)) return false;
    nonce_due_ = false;
    // A source that has failed gives no nonce, and then nothing can be started (S-05).
    if (!random_->seeded()) {
        nonces_.forget();
        return false;
    }
    nonce_at_ = now;
    clock_.sent(now);
    const auto offer = encode(protocol::NonceOffer{
        .boot = facts_.boot, .mono = now, .nonce = nonces_.renew(*random_, now)});
    publish(Up::nonce, offer.view());
    return true;
}

bool Link::publish_record(Lane lane, Instant now)
{
    std::array<std::byte, protocol::record_limit> bytes;
    const auto record = lanes_.next(lane, bytes);
    if (lanes_.found_hole()) {
        lanes_.told_hole();
        birth_due_ = true;
        // The record is taken up again by the next turn.
        if (publish_birth(now)) return true;
    }
    if (!record) return false;
    publish(protocol::up_of(lane), Bytes{bytes}.first(record->size));
    lanes_.sent(*record, now);
    return true;
}

void Link::publish(Up what, Bytes payload)
{
    const auto topic =
        topic_of(protocol::UpTopic{.site = setup_.site, .post = setup_.post, .what = what});
    const auto handle = client_.publish(topic.text(), payload, mqtt::Qos::at_least_once);
    check(handle.ok());  // connected, with a free slot, within the limits
}

Instant Link::wake_at(Instant by_client) const
{
    auto at = by_client;
    if (phase_ != Phase::up) return at;
    if (const auto silent = lanes_.silent_at()) at = std::min(at, *silent);
    if (client_.free_slots() <= reserved_for_alarms) return at;  // an answer will wake us
    if (birth_due_ && born_at_) at = std::min(at, *born_at_ + birth_interval);
    if (nonce_due_ && nonce_at_) at = std::min(at, *nonce_at_ + nonce_interval);
    return at;
}

}  // namespace ks::link
